"""What a quantization gives: the smaller file, and what it costs in accuracy."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edukit.core.files import human_size
from edukit.core.formatting import score, times
from edukit.core.html import answer, shown_alone, tag, tiles
from edukit.core.i18n import t
from edukit.tasks import DEFAULT, FiguredResult, find_task


@dataclass(frozen=True)
class Quantization(FiguredResult):
    """A quantized model; stands wherever a path may stand.

    Args:
        path: The INT8 file.
        size_bytes: Its size.
        size_before_bytes: Size of the FP32 file.
        reduce_range: Whether weights use 7 of their 8 bits, so that sums stay exact on processors without VNNI.
        method: How the ranges of the activations were chosen.
        calibrated_on: On how many pictures.
        count: How many other pictures of the calibration set the figures below come from; they are no test pictures.
        figures: The task's deciding figure of the FP32 and of the INT8 model (``…_before``, ``…_after``), and ``agreement``, the share of pictures
            that get the same answer from both.
        seconds: What the quantization took.
        reused: Whether the file was there already, made from the same model in the same way.
        task: What the model does.
    """

    path: Path
    size_bytes: int
    size_before_bytes: int
    reduce_range: bool
    method: str
    calibrated_on: int
    count: int
    figures: Mapping[str, float]
    seconds: float
    reused: bool = False
    task: str = DEFAULT

    @property
    def change(self) -> tuple[str, str]:
        """The deciding figure before and after, as people read it."""
        task = find_task(self.task)
        before, after = (task.cell(self.figures[f"{task.best.name}_{when}"], self.count) for when in ("before", "after"))
        return before, after

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        sizes = f"{human_size(self.size_before_bytes)} → {human_size(self.size_bytes)}"
        return f"{self.path.name}: {sizes}. {self._figures()}"

    def _repr_html_(self) -> str:
        smaller = t("compression.smaller", times=times(self.size_before_bytes / max(1, self.size_bytes)), file=self.path.name)
        sizes = [("ONNX", human_size(self.size_before_bytes), "", self.size_before_bytes, "onnx"),
                 ("ONNX INT8", human_size(self.size_bytes), self.path.name, self.size_bytes, "int8")]  # fmt: skip
        bits = t("compression.bits_reduced" if self.reduce_range else "compression.bits_full")
        return shown_alone(answer(smaller), tiles(sizes), tag("p", self._figures()), tag("small", bits))

    def _figures(self) -> str:
        before, after = self.change
        agreement = score(self.figures["agreement"], self.count)
        return find_task(self.task).say("quantized", count=self.count, before=before, after=after, agreement=agreement)
