"""Verbs that need several floors: what a file is. ``core/verbs.py`` says where all others live."""
from edukit.verbs.file_info import FileInfo, info

__all__ = ["FileInfo", "info"]
