"""Models over tables of track features: genre, popularity, tracks alike, with honest folds."""
