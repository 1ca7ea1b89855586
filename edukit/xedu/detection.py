"""MMDetection: answered with a sentence until edukit has detectors."""
from __future__ import annotations

from typing import Any

from edukit.core.errors import WrongTask
from edukit.core.i18n import t


class MMDetection:
    """Refuses with ``WrongTask``: detectors come later."""

    def __init__(self, backbone: str = "SSD_Lite", *_: Any, **__: Any) -> None:
        raise WrongTask(path=backbone, found=t("xedu.detection"), wanted=t("xedu.classification"))
