"""The kit of the explorables: sliders, a picture that can be dragged, bars, a live plot, challenges and a verdict.

An explorable is a module ``edukit/widgets/explorables/<kind>.py`` with one subclass of ``Explorable`` that says what it has and answers a state. The page asks
about the latest state only, a few times a second. Its words are the texts ``<kind>.title``, ``<kind>.<slider>``, ``<kind>.<challenge>`` and so on, in
``edukit/core/texts/<kind>.json``. ``explorables/move.py`` is the example.
"""
from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import count, takewhile
from typing import Any, ClassVar

import traitlets

from edukit.core.errors import BadArgument
from edukit.core.i18n import t, texts
from edukit.core.images import encode_png
from edukit.core.preprocess import UInt8Image
from edukit.widgets.front import front_end
from edukit.widgets.view import Page
from edukit.widgets.work import Work, work

COMMON = ("reset", "challenges", "done")                      # words that all explorables share
OWN = ("title", "canvas", "hint", "how", "choices", "plot")   # words of each; those that it lacks are not shown


@dataclass(frozen=True)
class Slider:
    """One number that can be moved.

    Args:
        name: Its key in a state, and of its text; where the values 0, 1, 2 … have names, these are the texts ``<kind>.<name>_0`` and so on.
        low, high, start, step: Its range.
        unit: Behind the number.
    """

    name: str
    low: float
    high: float
    start: float
    step: float = 1
    unit: str = ""


@dataclass(frozen=True)
class Plot:
    """The axes of the live plot: ``(lowest, highest, unit)`` of x and y."""

    x: tuple[float, float, str]
    y: tuple[float, float, str]

    @property
    def ticks(self) -> list[float]:
        """The named places of x, both ends among them: quarters, or fifths where these are rounder."""
        low, high, _ = self.x
        parts = ([round(low + (high - low) * i / count, 9) for i in range(count + 1)] for count in (4, 5))
        return min(parts, key=lambda places: max(len(f"{place:g}") for place in places))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the page shows for one state.

    Args:
        verdict: One sentence with its number.
        right: Whether it is good news; None where there is no right and wrong.
        picture: RGB, uint8 [H, W, 3]; None leaves the stage as it is.
        body: HTML below the verdict, such as bars; everything from outside is escaped.
        mark: A point ``(x, y, good)`` for the live plot; one x has one point.
        solved: Of challenges whether this state solves them.
        records: Sentences behind challenges.
    """

    verdict: str
    right: bool | None = None
    picture: UInt8Image | None = None
    body: str = ""
    mark: tuple[float, float, bool] | None = None
    solved: Mapping[str, bool] = field(default_factory=dict)
    records: Mapping[str, str] = field(default_factory=dict)


class Explorable(Page):
    """Something to drag that shows its idea at once. Subclasses set what stands below, and answer.

    Attributes:
        kind: Its name in lessons and in the page.
        sliders, challenges, plot: What it has; a challenge's text is ``<kind>.<challenge>``.
        drag: The two sliders that the picture moves when it is dragged or the arrow keys are pressed on it; dragging across all of it is the whole range.
        choices: ``{"uri", "name"}`` of the pictures to choose from; ``prepare`` fills them in.
        memory: What a subclass keeps between answers; empty again for another choice.
    """

    kind: ClassVar[str]
    sliders: ClassVar[tuple[Slider, ...]]
    challenges: ClassVar[tuple[str, ...]] = ()
    plot: ClassVar[Plot | None] = None
    drag: ClassVar[tuple[str, ...]] = ()

    _esm = front_end("explorable.js")
    shape = traitlets.Dict().tag(sync=True)
    choices = traitlets.List().tag(sync=True)
    first = traitlets.Int(0).tag(sync=True)
    pill = traitlets.Unicode().tag(sync=True)

    def __init__(self, the_work: Work | None = None) -> None:
        super().__init__(shape=self._shape())
        self.work = the_work or work()
        self.memory: dict[str, Any] = {}
        self._choice, self._reached, self._marks = -1, set[str](), dict[float, tuple[float, bool]]()
        self._lock = threading.Lock()
        with self.guarded():
            self.prepare()

    def prepare(self) -> None:
        """Fills in ``choices``, ``first`` and ``pill``."""

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """What is shown while the sliders stand so and ``choices[choice]`` is chosen. Quick: the page waits for it."""
        raise NotImplementedError

    def only(self, state: Mapping[str, float], name: str) -> bool:
        """Whether no other slider than ``name`` was moved from its start."""
        return all(state[slider.name] == slider.start for slider in self.sliders if slider.name != name)

    def look(self, state: Mapping[str, Any], choice: int = 0) -> tuple[dict[str, Any], list[bytes]]:
        """The page's message for a state, and its picture as PNG.

        Raises:
            BadArgument: The page sent something else than it offers.
        """
        values = {slider.name: _number(slider, state.get(slider.name)) for slider in self.sliders}
        if type(choice) is not int or not 0 <= choice < max(1, len(self.choices)):
            raise BadArgument(name="choice", value=str(choice)[:40], wanted=f"0…{len(self.choices) - 1}")
        with self._lock:
            if choice != self._choice:
                self._choice, self.memory, self._marks = choice, {}, {}
            answer = self.answer(values, self._choice)
            if answer.mark:
                self._marks[answer.mark[0]] = answer.mark[1:]
            if (solved := {name for name, done in answer.solved.items() if done}) - self._reached:
                self._reached |= solved
                if self._reached == set(self.challenges):
                    self.work.finish(self.kind)
        told = {"verdict": answer.verdict, "right": answer.right, "body": answer.body, "reached": sorted(self._reached), "records": dict(answer.records)}
        pictures = [] if answer.picture is None else [encode_png(answer.picture)]
        return told | {"marks": [(x, *mark) for x, mark in sorted(self._marks.items())]}, pictures

    def hear(self, content: Mapping[str, Any], buffers: list[bytes]) -> None:
        """The page asks about a state; it waits for the answer before it asks again."""
        told, pictures = self.look(content["state"], content.get("choice", 0))
        self.send({"number": content["number"], **told}, pictures)
        self.clear_error()

    def _shape(self) -> dict[str, Any]:
        words = {name: t(f"widgets.explore.{name}") for name in COMMON}
        words |= {name: t(f"{self.kind}.{name}") for name in OWN if f"{self.kind}.{name}" in texts()}
        sliders = [asdict(slider) | {"label": t(f"{self.kind}.{slider.name}"), "names": _names(f"{self.kind}.{slider.name}")} for slider in self.sliders]
        challenges = [{"name": name, "text": t(f"{self.kind}.{name}")} for name in self.challenges]
        plot = self.plot and asdict(self.plot) | {"ticks": self.plot.ticks}
        return {"kind": self.kind, "words": words, "sliders": sliders, "challenges": challenges, "drag": self.drag, "plot": plot}


def _names(key: str) -> list[str]:
    """What its values 0, 1, 2 … are called, where they are no amounts; empty for most."""
    return [t(name) for name in takewhile(texts().__contains__, (f"{key}_{value}" for value in count()))]


def _number(slider: Slider, value: Any) -> float:
    if type(value) not in (int, float) or not slider.low <= value <= slider.high:
        raise BadArgument(name=slider.name, value=str(value)[:40], wanted=f"{slider.low:g}…{slider.high:g}")
    return float(value)
