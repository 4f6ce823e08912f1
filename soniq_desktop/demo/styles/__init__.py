"""Scores by style. Each function takes a random generator and returns a `Piece`; `programme` names them."""
