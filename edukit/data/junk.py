"""What systems and programs leave behind in folders: never a class, never a picture."""
from __future__ import annotations

_NAMES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "__pycache__", "$recycle.bin", "system volume information", "lost+found", "@eadir", "icon\r"}


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is left over by a system: hidden ones, ``Thumbs.db``, ``__MACOSX`` and their like.

    Example:
        >>> is_junk(".ipynb_checkpoints"), is_junk("cat.jpg")
        (True, False)
    """
    return name.startswith((".", "~$")) or name.lower() in _NAMES
