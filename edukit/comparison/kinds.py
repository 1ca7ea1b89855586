"""What a kind of model is called and how it looks, everywhere the same: in plots, tables, pages and lessons."""
from __future__ import annotations

from typing import NamedTuple


class ModelStyle(NamedTuple):
    """Name, colour (safe for colour-blind eyes: Okabe and Ito 2008), matplotlib marker, and name in the stylesheet of a kind of model."""

    label: str
    colour: str
    marker: str
    token: str = ""

    @property
    def sign(self) -> str:
        """The marker as a letter, for tables."""
        return {"o": "●", "s": "■", "^": "▲", "D": "◆", "P": "✚"}[self.marker]

    @property
    def paint(self) -> str:
        """The colour as CSS: on a page of ours the theme's, which is lighter on dark paper."""
        return f"var(--ek-{self.token}, {self.colour})" if self.token else self.colour


_LOOKS = {
    "PyTorch": ("#d55e00", "o", "torch"),
    "ONNX": ("#0072b2", "s", "onnx"),
    "ONNX INT8": ("#007a59", "^", "int8"),
    "OpenVINO": ("#a8497f", "D", "vino"),
    "ncnn": ("#8f6500", "P", "ncnn"),
}


def model_style(runtime: str, precision: str = "fp32") -> ModelStyle:
    """The name and look of models of one runtime (``"PyTorch"``, ``"ONNX Runtime"``, …) and numerical precision.

    Example:
        >>> model_style("ONNX Runtime", "int8").label
        'ONNX INT8'
    """
    kind = "ONNX" if runtime == "ONNX Runtime" else runtime
    label = kind if precision == "fp32" else f"{kind} {precision.upper()}"
    return ModelStyle(label, *_LOOKS.get(label, _LOOKS.get(kind, ("#5b6475", "o"))))
