"""Verbs that need several floors: what a file is, and heads trained without PyTorch. ``core/verbs.py`` says where all others live."""
from edukit.verbs.file_info import FileInfo, info
from edukit.verbs.heads import HeadCheckpoint, HeadResult, checkpoint_head, train_head

__all__ = ["FileInfo", "HeadCheckpoint", "HeadResult", "checkpoint_head", "info", "train_head"]
