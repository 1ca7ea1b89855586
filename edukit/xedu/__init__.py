"""The names of XEdu, MMEdu, BaseNN, BaseDeploy and BaseDT over edukit's verbs: an old script runs once its import lines are changed (``edukit xedu FILE``).

Example:
    >>> from edukit.xedu import MMClassification as cls
    >>> cls("LeNet").num_classes
    -1
"""
from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "MMClassification": "classification", "MMDetection": "checkpoints", "pth_info": "checkpoints", "nn": "basenn", "Workflow": "workflow",
    "BaseDeploy": "workflow", "ImageData": "basedt", "ModelData": "basedt", "imshow_det_bboxes": "basedt",
}  # fmt: skip
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name == "MMBase":  # its models are pickles, which run whatever their author wrote
        from edukit.core.errors import UnsafeCheckpoint
        from edukit.core.i18n import t

        raise UnsafeCheckpoint(path="MMBase (.pkl)", reason=t("xedu.pickled"))
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
