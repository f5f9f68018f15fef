"""`python -m edalint`."""

from edalint.cli import main

if __name__ == "__main__":
    main()
