"""Move, turn, shrink or dim a picture and watch the answer of a real INT8 model change. Needs no training: a sample model answers."""
from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from edukit.core.formatting import percent
from edukit.core.html import bars, picture_uri
from edukit.core.i18n import language, t
from edukit.core.images import read_image
from edukit.core.preprocess import UInt8Image
from edukit.data import load_dataset
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider
from edukit.widgets.predictors import sample_predictor

DATASET = "emoji"
TELLING = ("tokyo_tower", "dolphin", "laughing", "banana", "test_tube", "train")  # validation pictures: some are known at every turn, some only upright
SIDE = 224  # pixels of the stage


class MovePicture(Explorable):
    """One picture, five sliders, and the answer at every move."""

    kind = "move"
    sliders = (Slider("turn", -180, 180, 0, unit="°"), Slider("size", 10, 160, 80, unit="%"), Slider("dim", 0, 95, 0, unit="%"),
               Slider("x", -50, 50, 0, unit="%"), Slider("y", -50, 50, 0, unit="%"))  # fmt: skip
    challenges = ("turn_until", "how_small", "how_dark")
    drag = ("x", "y")
    plot = Plot(x=(-180, 180, "°"), y=(0, 100, "%"))

    def prepare(self) -> None:
        """One validation picture of each class: the model did not learn from it."""
        dataset = load_dataset(DATASET)
        self.classes, self.names = dataset.classes, [dataset.shown(label, language()) for label in dataset.classes]
        telling_last = sorted(dataset.validation, key=lambda sample: sample.path.stem in TELLING)
        self.paths = [{sample.label: sample.path for sample in telling_last}[label] for label in dataset.classes]
        self.first = next((i for i, path in enumerate(self.paths) if path.stem == TELLING[0]), 0)
        self.choices = [{"uri": picture_uri(path), "name": name} for path, name in zip(self.paths, self.names)]
        self.pill = t("move.pill", classes=len(dataset.classes))

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Draws the picture, asks the model, and sees which challenges are solved."""
        picture = draw(self.paths[choice], state)
        predictor = sample_predictor(DATASET, self.classes, self.work)
        scores = [float(score) for score in predictor.predict_answers([picture])[0]]
        top, sure, size = int(np.argmax(scores)), scores[choice], state["size"]
        right = top == choice
        if right and size < 60 and self.only(state, "size"):
            self.memory["smallest"] = min(size, self.memory.get("smallest", size))
        solved = {"turn_until": not right and state["turn"] != 0, "how_small": "smallest" in self.memory,
                  "how_dark": sure < 0.5 and state["dim"] > 0 and self.only(state, "dim")}  # fmt: skip
        said = t("move.still" if right else "move.fooled", said=self.names[top], sure=percent(scores[top], 0), truth=self.names[choice])
        named = [f"{name} ★" if i == choice else name for i, name in enumerate(self.names)]
        return Answer(
            verdict=said, right=right, picture=picture, body=bars(named, scores, best=top),
            mark=(state["turn"], 100 * sure, right) if self.only(state, "turn") else None, solved=solved,
            records={"how_small": t("move.record", size=f"{self.memory['smallest']:.0f}")} if "smallest" in self.memory else {},
        )  # fmt: skip


read_once = cache(read_image)


def draw(path: Path, state: Mapping[str, float]) -> UInt8Image:
    """The picture turned, resized, moved and dimmed on a white square, RGB [224, 224, 3]."""
    import cv2

    scale = state["size"] / 100 * SIDE / max(read_once(path).shape[:2])
    image = cv2.resize(read_once(path), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -state["turn"], 1)
    matrix[:, 2] += (SIDE * (0.5 + state["x"] / 100) - width / 2, SIDE * (0.5 + state["y"] / 100) - height / 2)
    canvas = cv2.warpAffine(image, matrix, (SIDE, SIDE), borderValue=(255, 255, 255))
    return np.asarray(canvas * (1 - state["dim"] / 100), np.uint8)
