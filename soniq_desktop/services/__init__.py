"""QObjects and QThreads between the window and the layers below: signals out, commands in."""
