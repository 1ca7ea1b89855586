"""Views of the lessons: they start jobs, read what jobs leave on disk, and never import torch."""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edukit.widgets.check_view import CheckView
    from edukit.widgets.compare_view import CompareView
    from edukit.widgets.convert_view import ConvertView
    from edukit.widgets.data_view import DataView
    from edukit.widgets.guess import Guess
    from edukit.widgets.move_picture import MovePicture
    from edukit.widgets.quiz import Quiz
    from edukit.widgets.steps import Steps
    from edukit.widgets.train_view import TrainView
    from edukit.widgets.try_view import TryView

_HOMES = {
    "CheckView": "check_view", "CompareView": "compare_view", "ConvertView": "convert_view", "DataView": "data_view", "Guess": "guess",
    "MovePicture": "move_picture", "Quiz": "quiz", "Steps": "steps", "TrainView": "train_view", "TryView": "try_view",
}

__all__ = ["CheckView", "CompareView", "ConvertView", "DataView", "Guess", "MovePicture", "Quiz", "Steps", "TrainView", "TryView"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    try:
        return getattr(importlib.import_module(f"edukit.widgets.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name not in ("ipywidgets", "anywidget", "traitlets"):
            raise
        from edukit.core.packages import missing

        raise missing(error.name) from error
