"""The verbs that a lesson types: each takes names, paths or results and hands the floors what they want."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edukit.core.errors import BadArgument
from edukit.core.i18n import t
from edukit.verbs.file_info import FileInfo, info
from edukit.verbs.inputs import DataLike, ModelLike, look_at_model, look_at_pictures, model_path, predictor_of, split_of
from edukit.verbs.lesson import Lesson, open_lesson

if TYPE_CHECKING:
    from edukit.comparison import Comparison
    from edukit.compression import Quantization
    from edukit.conversion import Conversion
    from edukit.core.card import ModelCard
    from edukit.core.events import OnEvent, ShouldStop
    from edukit.data import Dataset, DatasetReport, SampleSet
    from edukit.evaluation import Evaluation
    from edukit.models import Backbone
    from edukit.runtime import Prediction, Predictor
    from edukit.training import TrainResult

__all__ = [
    "FileInfo", "Lesson", "backbones", "check_dataset", "compare", "convert", "evaluate", "info", "load_dataset", "load_model",
    "open_lesson", "predict", "quantize", "sample_model", "sample_sets", "train",
]  # fmt: skip


def load_dataset(source: str | os.PathLike[str] | Dataset, *, random_seed: int = 0, skip_bad: bool = False) -> Dataset:
    """Reads a dataset: a sample set's name, an ImageNet-format folder, or plain class folders.

    Args:
        source: A name such as ``"emoji"``, or a folder.
        random_seed: Of the split in memory, for class folders without splits.
        skip_bad: Leave out what cannot be used instead of refusing.

    Raises:
        DatasetMissing, DatasetNotAFolder, DatasetEmpty, OneClass, SplitMissing, BadDataset

    Example:
        >>> load_dataset("emoji").classes  # doctest: +SKIP
    """
    from edukit.data import load_dataset as load

    return load(source, random_seed=random_seed, skip_bad=skip_bad)


def check_dataset(
    source: str | os.PathLike[str] | Dataset, *, on_event: OnEvent | None = None, should_stop: ShouldStop | None = None
) -> DatasetReport:
    """Looks at every picture of a dataset and reports what is wrong; changes nothing.

    Raises:
        DatasetMissing, DatasetNotAFolder, DatasetEmpty: There is nothing to check.
    """
    from edukit.data import check_dataset as check

    return check(source, on_event=on_event, should_stop=should_stop)


def sample_sets() -> tuple[SampleSet, ...]:
    """The datasets that come with edukit."""
    from edukit.data import sample_sets as known

    return known()


def sample_model(name: str = "emoji") -> Path | None:
    """The small ready-made model that comes with a sample set, or None if it has none."""
    from edukit.data import sample_model as shipped

    return shipped(name)


def backbones() -> tuple[Backbone, ...]:
    """The networks that can be trained; each has ``.name``."""
    from edukit.models import backbones as known

    return known()


def train(dataset: str | os.PathLike[str] | Dataset, backbone: str = "MobileNet", *, epochs: int = 10, **options: Any) -> TrainResult:
    """Trains a classifier and keeps the best and the latest checkpoint.

    Args:
        dataset: A dataset, a folder or a sample set's name.
        backbone: One of ``backbones()``.
        epochs: How often every training picture is seen.
        options: Everything else that ``edukit.training.train`` takes: ``out``, ``lr``, ``batch_size``, ``image_size``, ``pretrained``, …

    Raises:
        UnknownBackbone, BadArgument, BadDataset, OutputExists and others: before any work.

    Example:
        >>> train("emoji", backbone="LeNet", epochs=3).best  # doctest: +SKIP
    """
    from edukit.training import train as run

    if options.get("checkpoint") is not None:
        options["checkpoint"] = model_path(options["checkpoint"], "checkpoint")
    return run(dataset, backbone, epochs=epochs, **options)


def evaluate(
    model: ModelLike,
    data: DataLike,
    *,
    split: str = "test",
    batch_size: int = 16,
    skip_bad: bool = False,
    random_seed: int = 0,
    threads: int | None = None,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Evaluation:
    """Measures a model's accuracy: top-1, top-5, per class, confusion.

    Args:
        model: A model file, a result that has one, or a loaded model.
        data: A split, a dataset, a folder or a sample set's name.
        split: Which split, unless ``data`` is one.
        batch_size: How many pictures are computed at once.
        skip_bad: Go on without bad pictures.
        random_seed: Of the split in memory, for class folders without splits.
        threads: Of the runtime; by default its own choice.
        on_event, should_stop: As for every verb.
    """
    from edukit.evaluation import evaluate as measure

    look_at_model(model)
    pictures = split_of(data, split, skip_bad=skip_bad, random_seed=random_seed, on_event=on_event, should_stop=should_stop)
    predictor = predictor_of(model, threads=threads)
    return measure(predictor, pictures, batch_size=batch_size, on_event=on_event, should_stop=should_stop)


def convert(
    checkpoint: ModelLike,
    out: str | os.PathLike[str] | None = None,
    *,
    data: DataLike | None = None,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
    **options: Any,
) -> Conversion:
    """Writes a checkpoint as one ONNX file and proves that it gives the same answers.

    Args:
        checkpoint: A .pth file, or a training result.
        out: The .onnx file; by default beside the checkpoint.
        data: What the two are compared on; by default the dataset that the card names, else seeded random inputs.
        on_event, should_stop: As for every verb.
        options: Everything else that ``edukit.conversion.convert`` takes: ``opset_version``, ``dynamic``, ``overwrite``, …

    Raises:
        ParityFailed: The answers differ; nothing was written.
    """
    from edukit.conversion import convert as run

    look_at_model(checkpoint, "checkpoint")
    pictures = None if data is None else split_of(data, "test", on_event=on_event, should_stop=should_stop)
    target = None if out is None else Path(out)
    return run(model_path(checkpoint, "checkpoint"), target, data=pictures, on_event=on_event, should_stop=should_stop, **options)


def quantize(
    model: ModelLike,
    out: str | os.PathLike[str] | None = None,
    *,
    calibration: DataLike,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
    **options: Any,
) -> Quantization:
    """Turns an FP32 ONNX model into an INT8 one, a quarter of the size.

    Args:
        model: An .onnx file, or a conversion.
        out: The new file; by default beside the model.
        calibration: Pictures that show the range of values: training pictures, never test pictures.
        on_event, should_stop: As for every verb.
        options: Everything else that ``edukit.compression.quantize`` takes.
    """
    from edukit.compression import quantize as run

    look_at_model(model)
    pictures = split_of(calibration, "train", name="calibration", on_event=on_event, should_stop=should_stop)
    return run(model_path(model), None if out is None else Path(out), calibration=pictures, on_event=on_event, should_stop=should_stop, **options)


def compare(
    models: Sequence[ModelLike], data: DataLike | None = None, *, on_event: OnEvent | None = None, should_stop: ShouldStop | None = None, **options: Any
) -> Comparison:
    """Measures models side by side: accuracy, size, speed, and whether they give the same answers as the first.

    Args:
        models: Model files or results, the original first.
        data: The pictures; a dataset gives its test split. May be missing if only speed is measured.
        on_event, should_stop: As for every verb.
        options: Everything else that ``edukit.comparison.compare`` takes: ``threads``, ``accuracy_only``, ``speed_only``, …
    """
    from edukit.comparison import compare as run

    if data is None and not options.get("speed_only"):
        raise BadArgument(name="data", value=None, wanted=t("verbs.wanted_pictures"))
    for model in models:
        look_at_model(model, "models")
    pictures = None if data is None else split_of(data, "test", on_event=on_event, should_stop=should_stop)
    return run([model_path(model) for model in models], pictures, on_event=on_event, should_stop=should_stop, **options)


def load_model(path: ModelLike, *, card: ModelCard | None = None, threads: int | None = None) -> Predictor:
    """Loads a model file, .pth or .onnx; PyTorch is imported only for .pth.

    Args:
        path: The file, or a result that has one.
        card: For a file from elsewhere, which bears none.
        threads: Of the runtime; by default its own choice.

    Example:
        >>> load_model("emoji.onnx").predict("cat.jpg").label  # doctest: +SKIP
    """
    from edukit.models.loading import load_model as load

    return load(model_path(path, "path"), card=card, threads=threads)


def predict(model: ModelLike, images: Any, *, top: int = 3, threads: int | None = None) -> list[Prediction]:
    """The likeliest labels of each picture.

    Args:
        model: A model file, a result that has one, or a loaded model.
        images: One picture or a list: paths, bytes, or RGB arrays.
        top: How many labels.
        threads: Of the runtime; by default its own choice.
    """
    pictures = list(images) if isinstance(images, (list, tuple)) else [images]
    look_at_model(model)
    loaded = callable(getattr(model, "predict_scores", None))
    # A bad picture should be answered at once, not after the seconds that PyTorch takes to import.
    look_at_pictures(pictures, decode=not loaded and model_path(model).suffix.lower() != ".onnx")
    return predictor_of(model, threads=threads).predict(pictures, top=top)
