"""`python -m edalint`: the command, with nothing imported from the working folder, which Python puts before everything installed.

What Python itself imports before this line is beyond it (a `contextlib.py` there, or a folder `edalint`): where others wrote, run `edalint`
or `python -P -m edalint`. Neither here nor in the package's `__init__` anything is imported that Python has not; `__future__` is such a thing.
"""

import os
import sys


def _forget_working_folder() -> None:
    """Take the working folder off the path, unless this package lies in it or `PYTHONPATH` has put it there."""
    try:
        here = os.getcwd()  # noqa: PTH109 - pathlib's own imports would come from there
    except OSError:  # it has been deleted: nothing comes from there, and the command says so
        return
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    if sys.path[:1] == [here] and ours != here and not getattr(sys.flags, "safe_path", False):
        del sys.path[0]


if __name__ == "__main__":
    _forget_working_folder()
    from edalint.cli import main

    main()
