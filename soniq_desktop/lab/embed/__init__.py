"""Embedders to compare: every song of a folder as a vector, by mel statistics, by the app's own networks, by
published foundation models, by the words that are sung.

`specs` names them, `run.embed` does the work, `worker` is its child; `hearing`, `pictures` and `words` load
them.
"""
