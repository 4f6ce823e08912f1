"""The genre of a track: the classifier on the stored embedding, its uncertainty, what the user teaches it.

`head` and everything but `gradcam` and `listener` is numpy alone, and cheap enough for the window's process.
"""
