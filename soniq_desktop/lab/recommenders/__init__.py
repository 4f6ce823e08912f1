"""Recommenders that are compared: popularity, random, content KNN, a shallow network, BERT4Rec."""
