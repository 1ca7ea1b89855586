"""Verbs that need several floors: what a file is, and opening a lesson. ``core/verbs.py`` says where all others live."""
from edukit.verbs.file_info import FileInfo, info
from edukit.verbs.lesson import Lesson, open_lesson

__all__ = ["FileInfo", "Lesson", "info", "open_lesson"]
