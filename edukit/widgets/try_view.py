"""Step 5: one's own picture, answered by the converted model alone; PyTorch is not needed any more."""
from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edukit.core.errors import EdukitError, UnknownChoice
from edukit.core.html import array_uri, empty, esc, tag, thumb, warnings
from edukit.core.i18n import t
from edukit.core.images import decode_image, thumbnail
from edukit.core.preprocess import UInt8Image
from edukit.data import load_dataset, sample_model
from edukit.data.statistics import picture_departure
from edukit.runtime import Predictor
from edukit.tasks import BasePrediction
from edukit.widgets.artefacts import INT8, ONNX, Run
from edukit.widgets.lesson_view import LessonView
from edukit.widgets.predictors import loaded
from edukit.widgets.settings import Option, setting, values_of
from edukit.widgets.transfers import picture_words

SAMPLES = 12


class TryView(LessonView):
    """Drop a picture, or click a sample: what the model answers, how sure it is, and what it really sees.

    Example:
        >>> TryView().kind
        'try'
    """

    step, accept = "try", "image/*"
    _answer, _answered_by, _sampled_from = "", Path(), ""
    _samples: Sequence[Path] = ()
    _lock = threading.Lock()

    def begin(self) -> None:
        """Also offers camera and drawing pad."""
        words = {name: t(f"widgets.try.{name}") for name in ("consent_text", "consent_people", "camera", "shot")}
        self.upload = {**self.upload, "words": picture_words() | words}
        self.refresh()

    @property
    def models(self) -> dict[str, Path]:
        """The models that there are: those of the run in use first, the smallest first; the one that ships with edukit if there is none yet."""
        runs = sorted(self.work.runs, key=lambda run: run != self.work.run)
        found = {f"{run.name}/{path.name}": path for run in runs for path in reversed(run.converted)}
        if runs and not runs[0].converted:  # an earlier model must not answer in the place of one that is not converted yet
            found = {}
        other = self.work.find("int8")
        if other and other.origin != "own":
            return found or {other.origin: other.path}
        shipped = sample_model("emoji")
        return found or ({"sample": shipped} if shipped else {})

    def refresh(self) -> None:
        """Shows the models to choose from, the sample pictures, and the last answer."""
        models = self.models
        options = tuple(Option(name, self._label(name, path), self._hint(name, path)) for name, path in models.items())
        if not options:
            self.use((), {})
            self.body = empty(t("widgets.try.none", train=self.work.where("train"), convert=self.work.where("convert")))
            return
        settings = (setting("widgets.try.model", options=options),)
        self.use(settings, values_of(settings, {**self.work.recall("try"), **self.values}))
        self.pills = [{"text": t("widgets.try.pill", model=self._label(self.values["model"], self.model))}]
        self.code = f"model = ek.load_model({typed(self.model)!r})\nmodel.predict(\"my-picture.jpg\", top=5)"
        if self._answered_by != self.model:  # another model was trained, converted or chosen since
            self._answer = ""
        source = "emoji" if "sample" in models else self.work.dataset
        if self._sampled_from != source:
            self._sampled_from, self._samples = source, samples_of(source, SAMPLES)
        samples = f"<div>{tag('small', t('widgets.try.samples'))}{sample_row(self._samples)}</div>"
        self.body = (self._answer or empty(t("widgets.try.waiting"))) + samples

    def _label(self, name: str, path: Path) -> str:
        if name in ("base", "sample"):
            other = self.work.find("int8")
            return other.origin_text if other and name == "base" else t("widgets.try.model_sample")
        kind = {ONNX: t("widgets.try.model_onnx"), INT8: t("widgets.try.model_int8")}.get(path.name, path.name)
        return kind if len(self.work.runs) == 1 else f"{kind} · {Run(path.parent).label}"

    def _hint(self, name: str, path: Path) -> str:
        if name == "sample":
            return t("widgets.try.hint_sample_converted" if self.work.trained else "widgets.try.hint_sample")
        return {ONNX: t("widgets.try.hint_onnx"), INT8: t("widgets.try.hint_int8")}.get(path.name, "")

    @property
    def model(self) -> Path:
        """The chosen model file."""
        name = self.values.get("model")
        if name not in self.models:
            raise UnknownChoice.among("model", name, self.models)
        return self.models[name]

    def changed(self, name: str) -> None:
        """Another model answers the same question."""
        self.work.remember("try", {"model": self.values["model"]})
        self.refresh()

    def pressed(self, name: str, value: Any) -> None:
        """A sample picture was clicked."""
        picture = self._samples[int(value)]
        self.received(picture.name, picture.read_bytes())

    def received(self, name: str, data: bytes) -> None:
        """Predicts one picture; a file that is none is answered in place."""
        try:
            image = decode_image(data, name=name)
        except EdukitError:
            self._answer = self.status = ""
            self.refresh()
            raise
        with self._lock:
            predictor = loaded(self.model)
            began = time.perf_counter()
            result = predictor.predict(image, top=5)
            took = 1000 * (time.perf_counter() - began)
        self._answer, self._answered_by = answer_html(image, predictor, result, took), predictor.path
        self.status = t("widgets.try.said", name=result.title)
        self.refresh()
        self.work.finish("try")

    def _work_changed(self, change: Any) -> None:
        if change["name"] == "dataset":
            self._answer = ""
        super()._work_changed(change)


def samples_of(dataset: str, count: int) -> list[Path]:
    """Test pictures of all classes to try a model on; validation pictures where there are none."""
    pictures = load_dataset(dataset)
    test = pictures.test or pictures.validation
    return [test[i].path for i in range(0, len(test), max(1, len(test) // count))][:count]


def sample_row(paths: Sequence[Path]) -> str:
    """Small pictures that can be clicked."""
    buttons = (
        f"<button type='button' class='ek-pick' data-do='sample' data-value='{number}' aria-label='{esc(t('widgets.try.sample', number=number + 1))}'>"
        f"{thumb(path, kind='ek-thumb')}</button>"
        for number, path in enumerate(paths)
    )
    return f"<div class='ek-row'>{''.join(buttons)}</div>"


def answer_html(image: UInt8Image, predictor: Predictor, result: BasePrediction, took_ms: float) -> str:
    """The picture, what the network sees of it, and its answer drawn."""
    height, width = predictor.card.preprocess.size
    figures = both(image, predictor, t("widgets.try.seen", width=width, height=height))
    said = f"<p class='ek-answer'><b>{esc(result.sentence)}</b> <small>{esc(t('widgets.try.took', ms=f'{took_ms:.0f}'))}</small></p>"
    return f"{said}{warnings(picture_departure(predictor.card, image))}<div class='ek-seen'>{figures}{result.html()}</div>"


def both(image: UInt8Image, predictor: Predictor, caption: str) -> str:
    """The picture and, where there is a ``caption``, above it what the network sees of the picture, as figures."""
    drawn = ((thumbnail(image, 300), t("widgets.try.yours")), *([(seen(image, predictor), caption)] if caption else []))
    return "".join(f"<figure><img src='{array_uri(one)}' alt=''><figcaption>{esc(told)}</figcaption></figure>" for one, told in drawn)


def seen(image: UInt8Image, predictor: Predictor) -> UInt8Image:
    """The network's input turned back into a picture."""
    import numpy as np

    preprocess = predictor.card.preprocess
    planes = preprocess(image)[0].transpose(1, 2, 0)
    back = planes * np.asarray(preprocess.std, np.float32) + np.asarray(preprocess.mean, np.float32)
    return np.repeat(np.clip(back, 0, 255).astype(np.uint8), 3 // back.shape[2], axis=2)


def typed(path: Path) -> str:
    """A path as one would type it: short, and right in whatever folder the code runs."""
    return f"~/{path.relative_to(Path.home()).as_posix()}" if path.is_relative_to(Path.home()) else str(path)
