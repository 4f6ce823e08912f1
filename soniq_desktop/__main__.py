"""`python -m soniq_desktop`, and the script that PyInstaller freezes."""

import multiprocessing
import sys

if __name__ == "__main__":  # spawned workers import this module again and must stop here
    multiprocessing.freeze_support()
    from soniq_desktop.cli import main

    sys.exit(main())
