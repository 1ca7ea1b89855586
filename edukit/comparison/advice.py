"""What ``explain_speed`` found, and the paragraph that says it."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edukit.comparison.speed_results import SpeedGrid, warnings_of
from edukit.core import html
from edukit.core.formatting import milliseconds, percent, sentences, times
from edukit.core.i18n import t
from edukit.core.results import Result


@dataclass(frozen=True)
class SpeedFinding(Result):
    """One possible reason, as it was measured.

    Args:
        kind: ``"outside"`` (reading and preparing the picture), ``"between"`` (between operators), ``"quantizing"`` (Q and DQ of their own), ``"layout"``,
            ``"int8"`` (8-bit arithmetic), ``"sizes"`` (free sizes), ``"threads"``.
        holds: Whether the measurement says that it is one.
        measured: The figures.
    """

    kind: str
    holds: bool
    measured: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        values = self.measured
        shown = {name: _shown(name, value) for name, value in values.items()}
        key = f"speed.why.{self.kind}"
        if self.kind == "int8" and values.get("instructions"):
            key += "_there"
        return t(key, **shown) if self.holds else t("speed.why.not", kind=self.kind)


@dataclass(frozen=True, kw_only=True)
class SpeedAdvice(Result):
    """Why a form is no faster, and which one to take.

    Args:
        speeds: All that was measured.
        slow: The name of the ONNX model that gains least; ``shape`` and ``batch`` tell where.
        findings: Each reason that was looked at.
        lost: How much of the deciding figure each file loses, by its path; empty where there were no pictures.
        most_lost: How much may be lost.
        recommended: The path of the form to take; empty for none.
    """

    speeds: SpeedGrid
    slow: str = ""
    shape: int = 0
    batch: int = 0
    findings: tuple[SpeedFinding, ...] = ()
    lost: Mapping[str, float] = field(default_factory=dict)
    most_lost: float = 0.0
    recommended: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, with the paragraph in the language in use."""
        return super().to_dict() | {"paragraph": str(self)}

    def __str__(self) -> str:
        return sentences(self._headline(), *self._reasons(), self._recommendation(), *warnings_of(self.speeds.cells))

    def html(self) -> str:
        """The paragraph."""
        return html.answer(self._headline(), sentences(*self._reasons(), self._recommendation())) + html.warnings(warnings_of(self.speeds.cells))

    def _repr_html_(self) -> str:
        return html.shown_alone(self.html())

    def _headline(self) -> str:
        cell = next((cell for cell in self.speeds.measured if (cell.model, cell.shape, cell.batch) == (self.slow, self.shape, self.batch)), None)
        first = self.speeds.models[0] if self.speeds.cells else ""
        if cell is None or cell.ratio is None or cell.interval is None:
            return t("speed.why.nothing")
        low, high = cell.interval
        key = "same" if low <= 1 <= high else "faster" if low > 1 else "slower"
        ratio = cell.ratio if key == "faster" else 1 / cell.ratio
        return t(f"speed.why.{key}", model=self.slow, first=first, times=times(ratio), low=times(low), high=times(high), side=cell.shape, batch=cell.batch)

    def _reasons(self) -> list[str]:
        found = [str(finding) for finding in self.findings if finding.holds]
        return found or ([t("speed.why.none")] if self.findings else [])

    def _recommendation(self) -> str:
        if not self.lost:
            return t("speed.take.unknown")
        cell = next((cell for cell in self.speeds.measured if str(cell.path) == self.recommended and cell.whole_interval), None)
        if cell is None:
            return t("speed.take.none", most=percent(self.most_lost))
        low, high = cell.whole_interval or (0.0, 0.0)
        lost = max(0.0, self.lost[self.recommended])
        ratio = {"times": times(cell.whole_ratio or 0.0), "low": times(low), "high": times(high)}
        return t("speed.take.this", model=cell.model, lost=percent(lost), most=percent(self.most_lost), **ratio)


def _shown(name: str, value: Any) -> str:
    if name == "share":
        return percent(value, 0)
    if name.endswith("_ms"):
        return milliseconds(value)
    if name in ("ratio", "low", "high", "gain"):
        return times(value)
    return f"{value:.0f}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
