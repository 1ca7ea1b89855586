"""What a quantization gives: the smaller file, and what it costs in accuracy."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edukit.core.files import human_size
from edukit.core.html import facts_table
from edukit.core.i18n import t
from edukit.core.results import Result


@dataclass(frozen=True)
class Quantization(Result):
    """A quantized model; stands wherever a path may stand.

    Args:
        path: The INT8 file.
        size_bytes: Its size.
        size_before_bytes: Size of the FP32 file.
        reduce_range: Whether weights use 7 of their 8 bits, so that sums stay exact on processors without VNNI.
        method: How the ranges of the activations were chosen.
        calibrated_on: On how many pictures.
        count: How many other pictures of the calibration set the figures below come from; they are no test pictures.
        top1_before, top1_after: Share of right labels of the FP32 and of the INT8 model.
        agreement: Share of pictures that get the same label from both.
        seconds: What the quantization took.
        reused: Whether the file was there already, made from the same model in the same way.
    """

    path: Path
    size_bytes: int
    size_before_bytes: int
    reduce_range: bool
    method: str
    calibrated_on: int
    count: int
    top1_before: float
    top1_after: float
    agreement: float
    seconds: float
    reused: bool = False

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        figures = {"before": f"{self.top1_before:.1%}", "after": f"{self.top1_after:.1%}", "agreement": f"{self.agreement:.1%}", "count": self.count}
        sizes = f"{human_size(self.size_before_bytes)} → {human_size(self.size_bytes)}"
        return f"{self.path.name}: {sizes}. {t('compression.figures', **figures)}"

    def _repr_html_(self) -> str:
        rows = {
            t("compression.file"): self.path.name,
            t("compression.size"): f"{human_size(self.size_before_bytes)} → {human_size(self.size_bytes)}",
            t("compression.top1"): f"{self.top1_before:.1%} → {self.top1_after:.1%}",
            t("compression.agreement"): t("compression.of_pictures", share=f"{self.agreement:.1%}", count=self.count),
            t("compression.bits"): t("compression.bits_reduced" if self.reduce_range else "compression.bits_full"),
        }
        return facts_table(rows.items())
