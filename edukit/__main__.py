"""``python -m edukit``: the command line, also where no ``edukit`` program was installed."""
import sys

from edukit.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
