"""The learning rate on a bowl: a ball on a loss curve takes steps against the slope. Too small a rate crawls, too large a one jumps out."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from edukit.core.html import array_uri, esc
from edukit.core.i18n import t
from edukit.core.preprocess import UInt8Image
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider

EDGE, HIGHEST, SIDE = 2.4, 6.0, 512  # the stage: weights from -EDGE to EDGE, losses from 0 to HIGHEST, pixels
AT_BOTTOM, FLAT, NEVER = 0.01, 0.05, 99  # so little over the lowest loss is at the bottom; so small a slope moves nothing; more steps than there are
CURVE, PATH, BALL = (120, 113, 108), (0, 114, 178), (213, 94, 0)  # RGB


class Valley(NamedTuple):
    """A loss curve: loss and slope at a weight, and the lowest loss."""

    name: str
    loss: Callable[[float], float]
    slope: Callable[[float], float]
    lowest: float = 0.0


VALLEYS = (Valley("wide", lambda w: 0.5 * w * w, lambda w: w), Valley("steep", lambda w: 1.5 * w * w, lambda w: 3 * w),
           Valley("two", lambda w: 0.5 * (w * w - 1.44) ** 2 + 0.4 * w + 0.8, lambda w: 2 * w * (w * w - 1.44) + 0.4, lowest=0.3068))  # fmt: skip


class Bowl(Explorable):
    """One weight, its loss, and the steps of a training."""

    kind, challenges, drag, plot = "bowl", ("slow", "fast", "quick", "deeper"), ("start",), Plot(x=(0, 2.5, ""), y=(0, HIGHEST, ""))
    sliders = (Slider("rate", 0.01, 2.5, 0.05, 0.01), Slider("steps", 0, 30, 10), Slider("start", -2, 2, 1.8, 0.1))

    def prepare(self) -> None:
        """Three curves to roll on."""
        self.choices = [{"uri": array_uri(draw(valley, [1.8])), "name": t(f"bowl.{valley.name}")} for valley in VALLEYS]

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Lets the ball take its steps and says how it went."""
        valley, rate, path = VALLEYS[choice], state["rate"], rolled(VALLEYS[choice], state["start"], state["rate"], int(state["steps"]))
        losses, out = [valley.loss(weight) for weight in path], abs(path[-1]) > EDGE
        there = not out and losses[-1] - valley.lowest < AT_BOTTOM
        steps = next(i for i, loss in enumerate(losses) if loss - valley.lowest < AT_BOTTOM) if there else len(path) - 1
        how = "out" if out else "rest" if not steps else "there" if there else "swing" if path[-1] * path[-2] < 0 else "crawl"
        how = "stuck" if how == "crawl" and abs(valley.slope(path[-1])) < FLAT else how
        fewest = self.memory["fewest"] = min(self.memory.get("fewest", NEVER), steps if there and choice == 0 and abs(state["start"]) >= 1 else NEVER)
        solved = {"slow": choice == 0 and steps >= 20 and losses[-1] > losses[0] / 4 and how == "crawl", "fast": out,
                  "quick": fewest <= 3, "deeper": there and valley.name == "two" and state["start"] >= 1}  # fmt: skip
        return Answer(
            verdict=t(f"bowl.said_{how}", steps=steps, first=f"{losses[0]:.2f}", loss=f"{losses[-1]:.2f}"), right=True if there else False if out else None,
            picture=draw(valley, path), body=f"<p><small>{esc(t('bowl.losses', losses=' → '.join(f'{loss:.2f}' for loss in losses)))}</small></p>",
            mark=(rate, HIGHEST if out else min(losses[-1], HIGHEST), there) if self.only(state, "rate") else None,
            solved=solved, records={"quick": t("bowl.record", steps=fewest)} if fewest < NEVER else {},
        )  # fmt: skip


def rolled(valley: Valley, start: float, rate: float, steps: int) -> list[float]:
    """The weights that gradient descent visits, the start first; it ends where the ball leaves the stage."""
    path = [start]
    while len(path) <= steps and abs(path[-1]) <= EDGE:
        path.append(path[-1] - rate * valley.slope(path[-1]))
    return path


def draw(valley: Valley, path: Sequence[float]) -> UInt8Image:
    """The curve, the visited places joined by lines, and the ball, RGB [512, 512, 3]."""
    import cv2
    def pixels(weights: Sequence[float]) -> list[tuple[int, int]]:
        return [(round((w / EDGE + 1) / 2 * SIDE), round(SIDE * (0.94 - 0.88 * min(valley.loss(w), 7) / HIGHEST))) for w in np.clip(weights, -2.45, 2.45)]

    canvas, places = np.full((SIDE, SIDE, 3), 255, np.uint8), pixels(path)
    for line, paint, thick in ((pixels(np.linspace(-2.45, 2.45, 200).tolist()), CURVE, 5), (places, PATH, 2)):
        cv2.polylines(canvas, [np.array(line)], False, paint, thick, cv2.LINE_AA)
    for place in places:
        cv2.circle(canvas, place, 7, PATH, -1, cv2.LINE_AA)
    return np.asarray(cv2.circle(canvas, places[-1], 17, BALL, -1, cv2.LINE_AA), np.uint8)
