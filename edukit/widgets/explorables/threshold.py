"""A threshold over two histograms: from which score on does the model say yes? What it misses, what it raises false alarm for, and why accuracy can deceive."""
from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from edukit.core.formatting import percent
from edukit.core.html import array_uri, table
from edukit.core.i18n import t
from edukit.core.preprocess import UInt8Image
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider

BINS, SIDE, STEEP = 20, 512, 1.1  # bars, pixels of the stage, how fast a score goes from unsure to sure
YES, NO, GREY, INK = (0, 114, 178), (213, 94, 0), (120, 113, 108), (30, 30, 30)  # RGB
STORIES = {"even": (100, 100), "alarm": (20, 180), "rare": (4, 196)}  # pictures that are it, and that are not
Counts = namedtuple("Counts", "found missed alarms left")  # of what is it, then of what is not


class Threshold(Explorable):
    """Two hundred scores, a threshold, and the four numbers that follow."""

    kind, challenges, drag, plot = "threshold", ("balanced", "none_missed", "no_alarm", "deceived"), ("threshold",), Plot(x=(0, 100, "%"), y=(0, 100, "%"))
    sliders = (Slider("threshold", 0, 100, 60, unit="%"), Slider("skill", 0, 4, 2, 0.5))

    def prepare(self) -> None:
        """Three stories: as many as not, few, and very few."""
        self.choices = [{"uri": array_uri(draw(name, 2, 0.5)), "name": t(f"threshold.{name}")} for name in STORIES]

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Counts what the threshold finds, misses and mistakes."""
        story, level, skill = list(STORIES)[choice], state["threshold"] / 100, state["skill"]
        now, best = counted(story, skill, level), max(f1(counted(story, skill, step / 100)) for step in range(101))
        precision = now.found / (now.found + now.alarms) if now.found + now.alarms else None
        recall, right = now.found / (now.found + now.missed), (now.found + now.left) / sum(now)
        solved = {"balanced": story == "even" and f1(now) >= best, "no_alarm": story == "even" and not now.alarms and recall > 0.2,
                  "none_missed": story == "alarm" and not now.missed and now.alarms < 100, "deceived": not now.found and right >= 0.98}  # fmt: skip
        figures = {"precision": percent(precision, 0), "recall": percent(recall, 0), "right": percent(right, 0)}
        rows = [(t("threshold.is"), now.found, now.missed), (t("threshold.is_not"), now.alarms, now.left)]
        return Answer(
            verdict=t("threshold.said", story=t(f"threshold.named_{story}"), found=now.found, of=now.found + now.missed, alarms=now.alarms, **figures),
            picture=draw(story, skill, level), body=table(["", t("threshold.says_yes"), t("threshold.says_no")], rows),
            mark=(state["threshold"], 100 * f1(now), f1(now) >= best) if self.only(state, "threshold") else None, solved=solved if skill == 2 else {},
        )  # fmt: skip


@cache
def scores(story: str, skill: float) -> list[NDArray[np.float64]]:
    """The scores of what is it and of what is not: two bell curves ``skill`` apart, squeezed between 0 and 1; the same each time."""
    return [np.array([1 / (1 + np.exp(-STEEP * NormalDist(middle, 1).inv_cdf((place + 0.5) / count))) for place in range(count)])
            for count, middle in zip(STORIES[story], (skill / 2, -skill / 2))]  # fmt: skip


def counted(story: str, skill: float, level: float) -> Counts:
    """What a threshold does."""
    found, alarms = (int((part >= level).sum()) for part in scores(story, skill))
    return Counts(found, STORIES[story][0] - found, alarms, STORIES[story][1] - alarms)


def f1(counts: Counts) -> float:
    """The harmonic mean of precision and recall."""
    return float(2 * counts.found / (2 * counts.found + counts.missed + counts.alarms))


def draw(story: str, skill: float, level: float) -> UInt8Image:
    """Upwards the scores of what is it, downwards of what is not; wrong answers are pale. RGB [512, 512, 3]."""
    import cv2
    canvas, heights = np.full((SIDE, SIDE, 3), 255, np.uint8), [np.histogram(part, BINS, (0, 1))[0] for part in scores(story, skill)]
    for way, paint, bars in zip((-1, 1), (YES, NO), heights):
        for place in np.flatnonzero(bars):
            wrong, end = ((place + 0.5) / BINS >= level) != (way == -1), SIDE // 2 + way * round(0.46 * SIDE * bars[place] / np.max(heights))
            colour = [round(255 - (0.35 if wrong else 1) * (255 - part)) for part in paint]
            cv2.rectangle(canvas, (round(place * SIDE / BINS) + 2, SIDE // 2), (round((place + 1) * SIDE / BINS) - 2, end), colour, -1)
    cv2.line(canvas, (0, SIDE // 2), (SIDE, SIDE // 2), GREY, 2)
    return np.asarray(cv2.line(canvas, (round(level * SIDE), 0), (round(level * SIDE), SIDE), INK, 5), np.uint8)
