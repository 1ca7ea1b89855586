"""The explorable: move, turn, shrink or dim a picture and watch the answer change. Needs no training: a sample model answers."""
from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from edukit.core.errors import ClassesDiffer, FileMissing
from edukit.core.html import picture_uri
from edukit.core.i18n import language, t
from edukit.core.images import decode_image
from edukit.widgets.try_view import loaded
from edukit.widgets.view import Page, front_end
from edukit.widgets.work import Work, work

if TYPE_CHECKING:
    from edukit.runtime import Predictor

DATASET = "emoji"
TELLING = ("ant", "axe", "bank", "bullettrain_side", "burrito", "sob")  # test pictures: some are known at every turn, some only upright
FIRST = "bank"
WORDS = (
    "title", "canvas", "hint", "turn", "size", "x", "y", "dim", "reset", "still", "fooled", "tasks", "task_turn", "task_size", "task_dim", "record",
    "trace", "pictures", "how",
)  # fmt: skip
FILLED_IN_PAGE = {name: f"{{{name}}}" for name in ("said", "sure", "truth", "size")}


class MovePicture(Page):
    """One picture, five sliders, and the answer of a real INT8 model a few times a second.

    Example:
        >>> view = MovePicture()  # as the last line of a cell it is shown
    """

    _esm = front_end("move.js")
    words = traitlets.Dict().tag(sync=True)
    pictures = traitlets.List().tag(sync=True)
    names = traitlets.List().tag(sync=True)
    pill = traitlets.Unicode().tag(sync=True)
    first = traitlets.Int(0).tag(sync=True)

    def __init__(self, the_work: Work | None = None) -> None:
        super().__init__(words={name: t(f"widgets.move.{name}", **FILLED_IN_PAGE) for name in WORDS})
        self.work = the_work or work()
        self._lock = threading.Lock()
        self._classes: tuple[str, ...] = ()
        with self.guarded():
            self._choose_pictures()

    @property
    def model(self) -> Path | None:
        """The sample model; the student's own where none is shipped."""
        from edukit.data import sample_model

        return sample_model(DATASET) or self.work.int8 or self.work.onnx

    def look(self, png: bytes) -> list[float]:
        """The probability of every class for one drawn picture."""
        with self._lock:
            return [round(float(score), 4) for score in self._predictor().predict_answers([decode_image(png)])[0]]

    def hear(self, content: Mapping[str, Any], buffers: list[bytes]) -> None:
        """The page asks about what it has drawn; it waits for the answer before it asks again."""
        self.send({"number": content["number"], "scores": self.look(buffers[0])})
        self.clear_error()

    def _predictor(self) -> Predictor:
        path = self.model
        if path is None:
            raise FileMissing(path=f"{DATASET}-int8.onnx")
        predictor = loaded(path, path.stat().st_mtime_ns)
        if predictor.card.classes != self._classes:  # a model of the student's own may know other things
            raise ClassesDiffer.between(path, predictor.card.classes, DATASET, self._classes)
        return predictor

    def _choose_pictures(self) -> None:
        """One test picture of each class: the model never saw it."""
        from edukit.data import load_dataset

        dataset = load_dataset(DATASET)
        self._classes = dataset.classes
        self.names = [dataset.shown(label, language()) for label in dataset.classes]
        self.pill = t("widgets.move.pill", classes=len(dataset.classes))
        telling_last = sorted(dataset.test, key=lambda sample: sample.path.stem in TELLING)
        chosen = {sample.label: sample.path for sample in telling_last}
        named = enumerate(zip(dataset.classes, self.names))
        self.pictures = [{"uri": picture_uri(chosen[label], 224), "name": name, "index": i} for i, (label, name) in named]
        self.first = next((i for i, label in enumerate(dataset.classes) if chosen[label].stem == FIRST), 0)
