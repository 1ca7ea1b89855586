"""Sets edukit up in a virtual environment of its own, with nothing but Python: ``python -m edukit.install``.

Only the standard library and edukit's own texts are imported here, for nothing else is installed yet.
"""
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the first thing that a student with an old Python must read
    sys.exit(
        f"edukit 需要 Python 3.11 或更新版本，这里是 {sys.version.split()[0]}。\n"
        f"edukit needs Python 3.11 or newer; this is {sys.version.split()[0]}."
    )
