"""What training does to the pictures that it learns from, on one's own: each part alone, epoch by epoch, and which labels it would break."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from edukit.core.html import array_uri, esc, table, tag
from edukit.core.i18n import language, t
from edukit.core.images import read_image, thumbnail
from edukit.core.preprocess import UInt8Image
from edukit.data import Dataset, load_dataset, sample_model
from edukit.runtime import Predictor
from edukit.tasks import find_task
from edukit.training.pictures import Variation, draw_variation, ranges, vary
from edukit.widgets.lesson_view import LessonView, code_on
from edukit.widgets.predictors import loaded
from edukit.widgets.settings import Setting, setting, values_of

SIDE = 112                # of a shown picture, in pixels
EPOCHS = 7                # of which each shows another variation
ASKED = 24                # validation pictures that the model is asked about
STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)


class AugmentView(LessonView):
    """The variations that training shows, each part of them, and what the model in use says about them.

    Example:
        >>> AugmentView().kind
        'augment'
    """

    step, area = "augment", ""
    _place, _asked = 0, ""

    def refresh(self) -> None:
        """Shows one picture of the chosen class, varied."""
        self.actions = [{"name": "ask", "label": t("augment.ask"), "primary": True}, {"name": "another", "label": t("augment.another")}]
        dataset = load_dataset(self.work.dataset)
        self.use(settings := _settings(dataset), values_of(settings, {**self.work.recall("augment"), **self.values}))
        strength, label = float(self.values["strength"]), str(self.values["label"])
        self.pills = [{"text": t("widgets.data.pill", name=dataset.name, classes=len(dataset.classes))}]
        self.code = code_on(self.work.dataset, f"ek.train(dataset, augment_strength={strength:g})")
        mine = [(index, sample.path) for index, sample in enumerate(dataset.train) if sample.label == label]
        index, path = mine[self._place % len(mine)]
        image, mirrors = thumbnail(read_image(path), SIDE), _mirrors(dataset)
        drawn = [draw_variation(np.random.default_rng((0, epoch, index)), mirror=mirrors, strength=strength) for epoch in range(1, EPOCHS + 1)]
        epochs = [(image, t("augment.original")), *((vary(image, how)[0], t("augment.epoch", number=number)) for number, how in enumerate(drawn, 1))]
        each = [(vary(image, how)[0], name) for name, how in parts(strength)]
        shown = dataset.shown(label, language())
        mirror = t("augment.mirrored", label=shown) if mirrors else t("augment.no_mirror")
        told = tag("p", t("augment.epochs")) + _figures(epochs) + tag("p", t("augment.each")) + _figures(each)
        self.body = told + tag("p", mirror, "ek-box" if mirrors else "ek-box warn") + self._asked

    def changed(self, name: str) -> None:
        """Another class or strength: what the model said belongs to the old one."""
        self.work.remember("augment", dict(self.values))
        self._asked = self._asked if name == "label" else ""
        self.refresh()

    def pressed(self, name: str, value: Any) -> None:
        """Another picture of the class, or the model is asked."""
        if name == "another":
            self._place += 1
        elif name == "ask":
            self.busy = True
            try:
                self._asked = self._ask(load_dataset(self.work.dataset), float(self.values["strength"]))
            finally:
                self.busy = False
        self.refresh()

    def _ask(self, dataset: Dataset, strength: float) -> str:
        """What the model in use answers where each part of the variation is at its strongest."""
        model = self._model(dataset)
        if model is None:
            return tag("p", t("augment.no_model", train=self.work.where("train"), convert=self.work.where("convert")), "ek-box")
        samples = dataset.validation.samples
        some = samples[:: max(1, len(samples) // ASKED)][:ASKED]  # of all classes: a split lists them class by class
        images: list[Any] = [read_image(sample.path) for sample in some]
        known = [(sample.label, image) for sample, image, said in zip(some, images, model.predict(images)) if said.label == sample.label]
        rows, mirrors = [], _mirrors(dataset)
        for name, how in parts(strength):
            answers = [(label, said.label) for (label, _), said in zip(known, model.predict([vary(image, how)[0] for _, image in known]))]
            wrong = Counter(pair for pair in answers if pair[0] != pair[1])
            (was, now), _ = wrong.most_common(1)[0] if wrong else (("", ""), 0)
            most = f"{dataset.shown(was, language())} → {dataset.shown(now, language())}" if wrong else t("augment.none_changed")
            rows.append((name if mirrors or not how.mirror else t("augment.left_out", name=name), f"{sum(wrong.values())} / {len(known)}", most))
        head = [t("augment.what"), t("augment.changed"), t("augment.most")]
        return tag("p", t("augment.asked", count=len(known))) + table(head, rows) + tag("p", t("augment.reading"))

    def _model(self, dataset: Dataset) -> Predictor | None:
        """The model in use if it knows these classes, else the one that ships with the set."""
        paths = [self.work.int8, self.work.onnx, sample_model(dataset.name)]
        return next((model for path in paths if path and set((model := loaded(path)).card.classes) == set(dataset.classes)), None)

    def _work_changed(self, change: object) -> None:
        self._asked, self._place = "", 0
        super()._work_changed(change)


def parts(strength: float) -> list[tuple[str, Variation]]:
    """Each part of the variation alone, at both ends of what training draws, with its name for people.

    Example:
        >>> [how.angle for _, how in parts(1.0) if how.angle]
        [-10.0, 10.0]
    """
    found = [(t("augment.mirror"), Variation(mirror=True))]
    for name, ends in ranges(strength).items():
        for end in dict.fromkeys(ends):
            value = f"{end:+.0f}" if name in ("angle", "light") else f"{end:+.0%}" if name == "move" else f"×{end:.2f}"
            found.append((t(f"augment.{name}", value=value), Variation(**{name: (end, end) if name == "move" else end})))  # type: ignore[arg-type]
    return [(name, how) for name, how in found if how != Variation()]


def _settings(dataset: Dataset) -> tuple[Setting, ...]:
    classes = {label: dataset.shown(label, language()) for label in dataset.classes}
    strengths = {value: f"{value:g}" for value in STRENGTHS}
    return setting("augment.label", options=classes), setting("augment.strength", "range", strengths, default=1.0)


def _mirrors(dataset: Dataset) -> bool:
    return find_task(dataset.task).may_mirror(dataset.classes)


def _figures(pictures: Iterable[tuple[UInt8Image, str]]) -> str:
    drawn = [f"<div><img src='{array_uri(image)}' alt='{esc(said)}'></div><figcaption>{tag('span', said)}</figcaption>" for image, said in pictures]
    return f"<div class='ek-shots'>{''.join(f'<figure>{one}</figure>' for one in drawn)}</div>"
