"""One picture prepared in two ways, squashed and cropped, and what a network that MMEdu wrote says of each."""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edukit.core.formatting import percent
from edukit.core.html import array_uri, bars, esc
from edukit.core.i18n import language, t
from edukit.core.preprocess import UInt8Image
from edukit.core.resources import resource
from edukit.data import load_dataset
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider
from edukit.widgets.predictors import loaded

DATASET, HIGH, GAP, HALF, WIDE = "shapes", 120, 12, 192, 150  # the picture's height and the parts of the stage, in pixels; a wide picture, in percent


class Squash(Explorable):
    """A shape in a picture of any width; below it the two inputs that can be made of it."""

    kind, challenges, drag, plot = "squash", ("fooled", "lost", "both"), ("place",), Plot(x=(50, 300, "%"), y=(0, 100, "%"))
    sliders = (Slider("width", 50, 300, 100, 5, "%"), Slider("place", -100, 100, 0, 5, "%"), Slider("size", 20, 45, 35, unit="%"))

    def prepare(self) -> None:
        """The shapes that the old model knows."""
        dataset = load_dataset(DATASET)
        self.names = [dataset.shown(label, language()) for label in dataset.classes]
        self.model = loaded(resource("datasets", DATASET, "model", f"{DATASET}.onnx"))
        shown = [draw(label, {"width": 100, "place": 0, "size": 35}) for label in dataset.classes]
        self.choices = [{"uri": array_uri(image), "name": name} for image, name in zip(shown, self.names)]
        self.pill = t("squash.pill")

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Prepares the picture in both ways and asks the model about both."""
        image = draw(self.model.card.classes[choice], state)
        rows = [[float(score) for score in row] for row in self.model.predict_answers([image, middle(image)])]
        found, shorter, ways = [int(np.argmax(row)) for row in rows], min(image.shape[:2]), ("squashed", "cropped")
        right, wide, alone = found[0] == choice, state["width"] >= WIDE, self.only(state, "width")
        outside = abs(state["place"]) / 100 * (image.shape[1] / 2 - state["size"] / 100 * shorter) > shorter / 2
        solved = {"fooled": alone and wide and not right, "lost": wide and outside, "both": wide and right and found[1] == choice}
        said = {way: f"{self.names[best]} {percent(row[best], 0)}" for way, best, row in zip(ways, found, rows)}
        named = [f"{name} ★" if i == choice else name for i, name in enumerate(self.names)]
        return Answer(
            verdict=t("squash.outside" if outside else "squash.said", **said), right=right, picture=self._stage(image),
            body="".join(f"<p><b>{esc(t(f'squash.{way}'))}</b></p>{bars(named, row, best=best)}" for way, best, row in zip(ways, found, rows)),
            mark=(state["width"], 100 * rows[0][choice], right) if alone else None, solved=solved,
        )  # fmt: skip

    def _stage(self, image: UInt8Image) -> UInt8Image:
        """The picture, and below it both inputs as the model sees them: grey, 32 × 32."""
        stage = np.full((2 * HALF + GAP, 2 * HALF + GAP, 3), 255, np.uint8)
        stage[(top := (HALF - HIGH) // 2) : top + HIGH, (left := (stage.shape[1] - image.shape[1]) // 2) : left + image.shape[1]] = image
        for x, one in ((0, image), (HALF + GAP, middle(image))):
            stage[HALF + GAP :, x : x + HALF] = self.model.card.preprocess.fit_image(one).repeat(HALF // 32, 0).repeat(HALF // 32, 1)
        return stage


def middle(image: UInt8Image) -> UInt8Image:
    """The square in the middle."""
    height, width = image.shape[:2]
    top, left = max(0, (height - width) // 2), max(0, (width - height) // 2)
    return image[top : height - top, left : width - left]


def draw(label: str, state: Mapping[str, float]) -> UInt8Image:
    """A dark shape on light noise, as in the old model's training pictures, RGB [120, 60 to 360, 3]."""
    import cv2

    width = round(HIGH * state["width"] / 100)
    canvas = cv2.resize(np.random.default_rng(0).integers(100, 256, (8, 8, 3)).astype(np.float32), (width, HIGH), interpolation=cv2.INTER_LINEAR)
    radius = round(state["size"] / 100 * min(width, HIGH))
    x, y = round(width / 2 + state["place"] / 100 * (width / 2 - radius)), HIGH // 2
    foot = [(x + radius, y + radius), (x - radius, y + radius)]
    corners = {"circle": cv2.ellipse2Poly((x, y), (radius, radius), 0, 0, 360, 5), "square": [(x - radius, y - radius), (x + radius, y - radius), *foot],
               "triangle": [(x, y - radius), *foot]}  # fmt: skip
    cv2.fillPoly(canvas, [np.array(corners[label])], (30, 40, 90), cv2.LINE_AA)
    return np.asarray(canvas, np.uint8)
