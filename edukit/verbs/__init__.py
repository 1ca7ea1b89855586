"""Verbs that need several floors: what a file is, the report on a run, and heads trained without PyTorch. ``core/verbs.py`` says where all others live."""
from edukit.verbs.adding_card import add_card
from edukit.verbs.file_info import FileInfo, info
from edukit.verbs.heads import HeadCheckpoint, HeadResult, checkpoint_head, train_head
from edukit.verbs.report import ReportResult, report
from edukit.verbs.speed_plots import SpeedPlots, plot_speed

__all__ = [
    "FileInfo", "HeadCheckpoint", "HeadResult", "ReportResult", "SpeedPlots", "add_card", "checkpoint_head", "info", "plot_speed", "report", "train_head",
]  # fmt: skip
