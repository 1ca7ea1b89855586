"""Pictures of the exam that are in the textbook too, and backgrounds that give the answer away: a figure that lies, and the honest one beside it."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from edukit.core.formatting import percent
from edukit.core.html import array_uri, bars
from edukit.core.i18n import t
from edukit.core.preprocess import UInt8Image
from edukit.data.variants import next_frame, on_pattern, saved_again
from edukit.training.sample_heads import Places, SampleHeads
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider
from edukit.widgets.mosaic import mosaic, small

KINDS: dict[str, Callable[[Path, int], UInt8Image]] = {"again": lambda path, _: saved_again(path), "frame": next_frame, "pattern": on_pattern}
CELL = 72  # pixels of a small picture
HONEST, NEVER = 0.05, 999  # how far a figure may be from the honest one; more pictures than there are


class Leak(Explorable):
    """Move pictures of the exam into the textbook, or let the background give the class away, and read two figures."""

    kind, challenges, plot = "leak", ("perfect", "few", "shortcut", "honest"), Plot(x=(0, 100, "%"), y=(0, 100, "%"))
    sliders = (Slider("share", 0, 100, 0, 5, "%"), Slider("learnt", 3, 20, 10))

    def prepare(self) -> None:
        """The sample pictures; the ways to cheat are the choices."""
        self.heads, chance = SampleHeads(), np.random.default_rng(0)
        self.order, self.moved, self.luck = self.heads.order(0), chance.permutation(len(self.heads.exam)), chance.random(1000)
        shown = [made(self.heads.dataset.validation[0].path, 1) for made in KINDS.values()]
        self.choices = [{"uri": array_uri(image), "name": t(f"leak.kind_{name}")} for name, image in zip(KINDS, shown)]
        self.pill = t("leak.pill", count=len(self.moved))

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Solves the head with and without the cheat and asks both the same exam."""
        name, share, learnt = list(KINDS)[choice], state["share"], int(state["learnt"])
        pattern, rows, count = name == "pattern", self.rows(learnt), round(share / 100 * len(self.moved))
        told, honest = self.patterned(rows, share) if pattern else self.copied(rows, self.moved[:count], name)
        lie, fewest = told - honest, self.memory.get("fewest", NEVER)
        if not pattern and lie >= 0.1 and count < fewest:
            fewest = self.memory["fewest"] = count
        solved = {"perfect": told >= 0.97 and not pattern and learnt <= 5, "few": fewest <= 8, "shortcut": pattern and told >= 0.9 and honest < 0.4,
                  "honest": pattern and share >= 10 and abs(lie) <= HONEST}  # fmt: skip
        said = {"told": percent(told, 0), "honest": percent(honest, 0), "points": round(100 * lie)}
        return Answer(
            verdict=t("leak.lies" if lie > HONEST else "leak.true", **said), right=lie <= HONEST, picture=self.draw(count, pattern=pattern),
            body=bars([t("leak.told"), t("leak.honest_bar")], [told, honest]), mark=(share, 100 * told, lie <= HONEST),
            solved=solved, records={"few": t("leak.record", count=fewest)} if fewest < NEVER else {},
        )  # fmt: skip

    def rows(self, learnt: int) -> Places:
        """The textbook: so many training pictures of each class."""
        return np.concatenate([mine[:learnt] for mine in self.order])

    def copied(self, rows: Places, moved: Places, name: str) -> tuple[float, float]:
        """The accuracy with the ``moved`` exam pictures in the textbook, and with none of them."""
        features, targets = self.heads.features, self.heads.targets[rows]
        both = np.concatenate([features["train"][rows], features[f"validation_{name}"][moved]])
        told = self.heads.known(both, np.concatenate([targets, self.heads.exam[moved]])).mean()
        return float(told), float(self.heads.known(features["train"][rows], targets).mean())

    def patterned(self, rows: Places, share: float) -> tuple[float, float]:
        """Accuracies on the classes' own backgrounds and on others; ``share`` of the textbook had its class's own, the rest any."""
        own = (self.luck[: len(rows)] < share / 100)[:, None]
        learnt = np.where(own, self.heads.features["train_own"][rows], self.heads.features["train_any"][rows])
        told, honest = (self.heads.known(learnt, self.heads.targets[rows], f"validation_{where}").mean() for where in ("own", "other"))
        return float(told), float(honest)

    def draw(self, count: int, *, pattern: bool) -> UInt8Image:
        """The exam's pictures; those that are in the textbook too in a red frame, or all on the backgrounds of their classes."""
        shown = [(self.heads.dataset.validation[int(number)].path, int(self.heads.exam[number])) for number in self.moved]
        tiles = [small(path, CELL - 12, on_pattern, label) if pattern else small(path, CELL - 12) for path, label in shown]
        return mosaic([(place, tile, not pattern and place < count) for place, tile in enumerate(tiles)], side=7, cell=CELL)
