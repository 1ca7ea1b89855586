"""Results that carry a task's own figures beside what is the same for every task."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from edukit.core import html
from edukit.core.packages import imported
from edukit.core.results import Result


class FiguredResult(Result):
    """A result whose field ``figures`` holds what a task measured: it can be read like fields, and stands beside them in the plain values."""

    figures: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name != "figures" and not name.startswith("__") and name in self.figures:
            return self.figures[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, the figures among them."""
        values: dict[str, Any] = {}
        for name, value in super().to_dict().items():
            values |= value if name == "figures" else {name: value}
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of ``to_dict``: what is no field is a figure."""
        own = {one.name for one in fields(cls)}  # type: ignore[arg-type]  # a dataclass
        figures = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name not in own}
        return super().from_dict({**values, "figures": figures})


@dataclass(frozen=True)
class BasePrediction(Result):
    """What a model says about one picture, of whatever task; its text (``str``) is what the command line shows.

    Args:
        image: The picture's path; empty for a picture that came as an array or as bytes.
    """

    image: str

    @property
    def title(self) -> str:
        """The answer in a word or two."""
        return str(self)

    @property
    def sentence(self) -> str:
        """The answer as the network would say it."""
        return str(self)

    def html(self) -> str:
        """The answer drawn, to stand beside the picture."""
        return html.tag("p", str(self))

    def _repr_html_(self) -> str:
        return html.shown_alone(self.html())


@dataclass(frozen=True, kw_only=True)
class Evaluation(FiguredResult):
    """How good a model is on one split; a task with more to say than figures has its own kind.

    Args:
        count: How many pictures.
        figures: What the task measured.
        warnings: Sentences to be read beside the figures.
        model: The model file.
        dataset, split: What it was measured on.
        task: What the model does.
        trained_on: The dataset that it learnt from, where its card says so.
    """

    count: int
    figures: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    model: str = ""
    dataset: str = ""
    split: str = ""
    task: str = ""
    trained_on: str = ""

    def to_frame(self) -> Any:
        """The figures as a pandas table of one row.

        Raises:
            PackageMissing: Without pandas.
        """
        return imported("pandas").DataFrame([dict(self.figures)])

    def __str__(self) -> str:
        from edukit.tasks import find_task

        task = find_task(self.task)
        return task.say("evaluated", count=self.count, value=task.best.text(self.figures.get(task.best.name)))

    def summary(self) -> str:
        """The figures in one line, as the command line tells them."""
        return str(self)

    def table(self, shown: Callable[[str], str] = str) -> tuple[list[str], list[list[str]]]:
        """Heads and rows of a table with more than the summary, labels by their names for people; empty where there is no more."""
        return [], []

    def _repr_html_(self) -> str:
        heads, rows = self.table()
        return html.shown_alone(html.answer(str(self)), html.warnings(self.warnings), html.table(heads, rows) if rows else "")
