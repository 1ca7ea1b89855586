"""edukit: from pictures to a model that runs anywhere.

Every name below is loaded when it is first used, so that ``import edukit`` is quick on a small board and a lesson's page never waits for PyTorch.

Example:
    >>> import edukit as ek
    >>> dataset = ek.load_dataset("emoji")
    >>> ek.load_model("emoji-int8.onnx").predict(dataset.test[0].path).label
    'animal'
"""
from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edukit.core.import_hook import around_import
from edukit.core.subprocess_env import silence
from edukit.core.verbs import VERBS

if TYPE_CHECKING:  # editors complete from here; __getattr__ loads the same names
    from edukit.chain import demo
    from edukit.comparison import compare, compare_accuracy, compare_speed, explain_speed
    from edukit.compression import quantize
    from edukit.conversion import convert, inspect_graph, write_sample_code
    from edukit.core.card import ModelCard
    from edukit.core.errors import EdukitError
    from edukit.core.i18n import set_language
    from edukit.core.preprocess import Preprocess
    from edukit.data import DatasetBuilder, check_dataset, export_dataset, fetch_dataset, load_dataset, sample_model, sample_sets, split_dataset
    from edukit.evaluation import evaluate
    from edukit.models import backbones, load_model, predict
    from edukit.training import find_rate, learn_batch, train
    from edukit.verbs import add_card, checkpoint_head, info, plot_speed, report, train_head
    from edukit.widgets.lesson import open_lesson
    from edukit.xedu.rewriting import rewrite_imports

silence()  # before any library that would call home is imported


def _import_torchvision(execute: Callable[[], None], origin: str) -> None:
    operators = import_module("edukit.models.operators")
    filled = operators.define_operators(Path(origin).parent)
    execute()
    if filled:
        operators.use_operators()


around_import("torchvision", _import_torchvision)

__version__ = "0.1.0"

__all__ = [
    "DatasetBuilder", "EdukitError", "ModelCard", "Preprocess", "add_card", "backbones", "check_dataset", "checkpoint_head", "compare",
    "compare_accuracy", "compare_speed", "convert", "demo", "evaluate", "explain_speed", "export_dataset", "fetch_dataset", "find_rate", "info",
    "inspect_graph", "learn_batch", "load_dataset", "load_model", "open_lesson", "plot_speed", "predict", "quantize", "report", "rewrite_imports",
    "sample_model", "sample_sets", "set_language", "split_dataset", "train", "train_head", "write_sample_code",
]  # fmt: skip

_HOMES = {verb.attribute: verb.module for verb in VERBS} | {
    "DatasetBuilder": "edukit.data",
    "EdukitError": "edukit.core.errors",
    "ModelCard": "edukit.core.card",
    "Preprocess": "edukit.core.preprocess",
    "backbones": "edukit.models",
    "load_dataset": "edukit.data",
    "load_model": "edukit.models",
    "open_lesson": "edukit.widgets.lesson",
    "sample_model": "edukit.data",
    "sample_sets": "edukit.data",
    "set_language": "edukit.core.i18n",
}
_PACKAGES = ("comparison", "compression", "conversion", "core", "data", "evaluation", "jobs", "models", "plots", "runtime", "training", "widgets")


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"edukit.{name}")
    if name not in __all__:
        raise AttributeError(f"module 'edukit' has no attribute '{name}'")
    value = getattr(import_module(_HOMES[name]), name)
    if any(name == verb.attribute for verb in VERBS):  # a cell or a prompt shows how it goes on
        value = _live(value)
    globals()[name] = value
    return value


def _live(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with its progress shown in a notebook's cell, for what is no verb and lies below the command line."""
    shown: Callable[..., Any] = import_module("edukit.cli.live").live(function)
    return shown


def __dir__() -> list[str]:
    return sorted([*__all__, *_PACKAGES, "__version__"])
