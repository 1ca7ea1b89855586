"""Views of the lessons: they start jobs, read what jobs leave on disk, and never import torch."""
from __future__ import annotations

import importlib
import pkgutil
from typing import Any

VIEWS = {  # kind, as lessons and pages call it, to module and class
    "augment": ("augment_view", "AugmentView"),
    "card": ("card_view", "CardView"), "check": ("check_view", "CheckView"), "collect": ("collect", "Collect"),
    "compare": ("compare_view", "CompareView"), "comparison": ("comparison_view", "ComparisonView"),
    "convert": ("convert_view", "ConvertView"), "converter": ("converter_view", "ConverterView"),
    "data": ("data_view", "DataView"), "evaluate": ("evaluate_view", "EvaluateView"), "graph": ("graph_view", "GraphView"), "guess": ("guess", "Guess"),
    "health": ("health_view", "HealthView"), "home": ("home_view", "HomeView"), "quiz": ("quiz", "Quiz"), "recall": ("guess", "Recall"),
    "runs": ("runs_view", "RunsView"), "speed": ("speed_view", "SpeedView"),
    "steps": ("steps", "Steps"), "studio": ("studio", "Studio"), "sweep": ("sweep_view", "SweepView"),
    "train": ("train_view", "TrainView"), "try": ("try_view", "TryView"),
}  # fmt: skip
_HOMES = {name: module for module, name in VIEWS.values()}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(_module(_HOMES[name]), name)


def view_class(kind: str) -> Any:
    """The class of a view: one of ``VIEWS``, or the explorable in ``explorables/<kind>.py``.

    Raises:
        UnknownChoice: There is no such view.
        PackageMissing: The packages that draw views are not installed.

    Example:
        >>> view_class("quiz").__name__
        'Quiz'
    """
    if kind in VIEWS:
        module, name = VIEWS[kind]
        return getattr(_module(module), name)
    if kind not in explorable_kinds():
        from edukit.core.errors import UnknownChoice

        raise UnknownChoice.among("kind", kind, [*VIEWS, *explorable_kinds()])
    module = _module(f"explorables.{kind}")
    return next(found for found in vars(module).values() if getattr(found, "kind", None) == kind)


def explorable_kinds() -> list[str]:
    """The kinds of all explorables: the modules of their folder."""
    from edukit.widgets import explorables as folder

    return sorted(module.name for module in pkgutil.iter_modules(folder.__path__))


def _module(name: str) -> Any:
    try:
        return importlib.import_module(f"edukit.widgets.{name}")
    except ModuleNotFoundError as error:
        if error.name not in ("ipywidgets", "anywidget", "traitlets"):
            raise
        from edukit.core.packages import missing

        raise missing(error.name) from error
