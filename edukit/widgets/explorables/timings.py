"""Two heaps of noisy timings: what their mean, median and minimum say of two models, how many runs that takes, and why models take turns."""
from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from edukit.core.formatting import percent
from edukit.core.html import array_uri, bars
from edukit.core.i18n import t
from edukit.core.preprocess import UInt8Image
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider

Times = NDArray[np.float64]  # milliseconds [repeat, model, run]
SUMMARIES: dict[str, Callable[..., Times]] = {"least": np.min, "median": np.median, "mean": np.mean}
PLACES = ("calm", "video", "hot")
TRUE_MS, WIDE_MS, CLOSE, REPEATS = 8.0, 18.0, 0.02, 200  # of the first model; right end of the picture; a ratio so near is a hit; how often all is repeated
JITTER, BUSY, DELAY, HEAT, WARM = 0.03, 0.3, 0.6, 0.25, 60  # spread; share of disturbed runs and by how much, on average; slower when hot; runs until then
SIDE, COLOURS, NEVER = 512, ((0, 114, 178), (0, 122, 89)), 101  # pixels; RGB of the two models; more runs than there are


class Timings(Explorable):
    """One measurement of two models, and how often such a measurement comes near the truth."""

    kind, challenges, drag, plot = "timings", ("ghost", "few", "robust", "turns"), ("runs", "gap"), Plot(x=(0, 100, ""), y=(0, 100, "%"))
    sliders = (Slider("runs", 1, 100, 10), Slider("summary", 0, 2, 2), Slider("gap", 0, 30, 0, 5, "%"), Slider("turn", 0, 1, 0), Slider("again", 1, 20, 1))

    def prepare(self) -> None:
        """Three computers on which is measured."""
        heaps = [draw(timed(place, 60, 0.3, in_turn=False, seed=1, repeats=1)[0], (0, 0))[::4, ::4] for place in PLACES]
        self.choices, self.pill = [{"uri": array_uri(heap), "name": t(f"timings.{place}")} for heap, place in zip(heaps, PLACES)], t("timings.pill")

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Measures once, and 200 times more for the bars."""
        runs, gap, place, name = int(state["runs"]), state["gap"] / 100, PLACES[choice], list(SUMMARIES)[int(state["summary"])]
        once, many = (timed(place, runs, gap, in_turn=state["turn"] > 0, seed=seed, repeats=many) for seed, many in ((int(state["again"]), 1), (0, REPEATS)))
        first, second = (float(value) for value in SUMMARIES[name](once[0], axis=-1))
        wrong = first / second * (1 - gap) - 1
        hits = {one: float(near(summary(many, axis=-1), gap).mean()) for one, summary in SUMMARIES.items()}
        fewest = self.memory["fewest"] = min(runs if place == "calm" and hits[name] >= 0.95 else NEVER, self.memory.get("fewest", NEVER))
        solved = {"ghost": not gap and abs(wrong) >= 0.05, "few": fewest <= 8,
                  "robust": place == "video" and hits[name] >= 0.9, "turns": place == "hot" and runs >= 20 and hits[name] >= 0.9}  # fmt: skip
        said = {"place": t(f"timings.{place}"), "summary": t(f"timings.{name}"), "runs": runs, "hits": percent(hits[name], 0), "first": f"{first:.2f}"}
        said |= {"second": f"{second:.2f}", "told": f"{first / second:.2f}", "truth": f"{1 / (1 - gap):.2f}"}
        return Answer(
            verdict=t("timings.said", **said), right=abs(wrong) <= CLOSE, picture=draw(once[0], (first, second)),
            body=bars([t(f"timings.{one}") for one in hits], list(hits.values()), best=int(state["summary"])),
            mark=(runs, 100 * hits[name], hits[name] >= 0.9) if self.only(state, "runs") else None, solved=solved,
            records={"few": t("timings.record", runs=fewest)} if fewest < NEVER else {},
        )  # fmt: skip


def timed(place: str, runs: int, gap: float, *, in_turn: bool, seed: int, repeats: int) -> Times:
    """Timings as they come: a true time, a little jitter, and what the computer adds."""
    chance = np.random.default_rng((seed, runs))
    times = np.array([TRUE_MS, TRUE_MS * (1 - gap)])[:, None] * (1 + JITTER * np.abs(chance.standard_normal((repeats, 2, runs))))
    if place == "video":
        times += TRUE_MS * DELAY * (chance.random(times.shape) < BUSY) * chance.exponential(size=times.shape)
    order = np.arange(2 * runs).reshape((2, runs), order="F" if in_turn else "C")
    return np.asarray(times * (1 + HEAT * np.minimum(order / WARM, 1)) if place == "hot" else times)


def near(values: Times, gap: float) -> NDArray[np.bool_]:
    """Where the ratio of both models is as good as the true one."""
    return np.asarray(np.abs(values[..., 0] / values[..., 1] * (1 - gap) - 1) <= CLOSE)


def draw(times: Times, values: tuple[float, float]) -> UInt8Image:
    """A heap of dots for each model, its summary as a line; from 5 to 18 milliseconds, RGB [512, 512, 3]."""
    import cv2

    canvas = np.full((SIDE, SIDE, 3), 255, np.uint8)
    for mine, value, colour, floor in zip(times, values, COLOURS, (SIDE // 2 - 12, SIDE - 12)):
        columns = ((np.clip(mine, 5, WIDE_MS - 0.2) - 5) / (WIDE_MS - 5) * SIDE // 10).astype(int)
        for place, column in enumerate(columns):
            cv2.circle(canvas, (int(column) * 10 + 5, floor - 9 * int((columns[:place] == column).sum())), 4, colour, -1, cv2.LINE_AA)
        across = round((value - 5) / (WIDE_MS - 5) * SIDE)
        cv2.line(canvas, (across, floor - 225), (across, floor + 10), (213, 94, 0), 3)
    return np.asarray(cv2.line(canvas, (0, SIDE // 2), (SIDE, SIDE // 2), (200, 200, 200), 1))
