"""The verbs that a lesson types and that need more than one floor: names, paths and results become what a floor takes.

Those that a floor offers as a lesson types them (``load_dataset``, ``train``, …) are reached there; ``edukit`` itself knows where each lives.
"""
from __future__ import annotations

import os
from collections.abc import Sequence
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
    from edukit.evaluation import Evaluation
    from edukit.runtime import Prediction, Predictor

__all__ = ["FileInfo", "Lesson", "compare", "convert", "evaluate", "info", "load_model", "open_lesson", "predict", "quantize"]


def evaluate(
    model: ModelLike,
    data: DataLike,
    *,
    split: str = "test",
    batch_size: int = 16,
    skip_bad: bool = False,
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
        threads: Of the runtime; by default its own choice.
        on_event, should_stop: As for every verb.

    Raises:
        ClassesDiffer: The model knows other classes than the dataset has.
        BadArgument, BadDataset, SplitMissing, NotFinite, Stopped, and what loading a model raises.

    Example:
        >>> evaluate("emoji.onnx", "emoji").top1  # doctest: +SKIP
    """
    from edukit.evaluation import evaluate as measure

    look_at_model(model)
    pictures = split_of(data, split, skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    predictor = predictor_of(model, threads=threads)
    return measure(predictor, pictures, batch_size=batch_size, on_event=on_event, should_stop=should_stop)


def convert(
    checkpoint: ModelLike,
    out: str | os.PathLike[str] | None = None,
    *,
    opset_version: int = 17,
    ir_version: int | None = None,
    dynamic: str = "batch",
    backend: str = "ONNX",
    data: DataLike | None = None,
    tolerance: float = 1e-4,
    skip_bad: bool = False,
    threads: int | None = None,
    overwrite: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Conversion:
    """Writes a checkpoint as one ONNX file and proves that it gives the same answers.

    Args:
        checkpoint: A .pth file, or a training result.
        out: The .onnx file; by default beside the checkpoint.
        opset_version: ONNX operator set.
        ir_version: Version of the file form, for old runtimes.
        dynamic: Which sizes of the input stay free: ``"batch"``, ``"all"`` or ``"none"``.
        backend: ``"ONNX"``.
        data: What the two are compared on; by default the dataset that the card names, else seeded random inputs.
        tolerance: Largest allowed difference of an output.
        skip_bad: Go on without bad pictures.
        threads: How many compute; by default all processors.
        overwrite: Replace whatever file lies at ``out``.
        on_event, should_stop: As for every verb.

    Raises:
        ParityFailed: The answers differ; nothing was written.
        BadArgument, UnknownChoice, OutputExists, OutputNotWritable, ExportFailed, Stopped, and what reading a checkpoint raises.

    Example:
        >>> convert("best.pth", "emoji.onnx").gate.agree  # doctest: +SKIP
    """
    from edukit.conversion import convert as run

    look_at_model(checkpoint, "checkpoint")
    pictures = None if data is None else split_of(data, "test", skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    return run(
        model_path(checkpoint, "checkpoint"), out, opset_version=opset_version, ir_version=ir_version, dynamic=dynamic, backend=backend, data=pictures,
        tolerance=tolerance, threads=threads, overwrite=overwrite, on_event=on_event, should_stop=should_stop,
    )  # fmt: skip


def quantize(
    model: ModelLike,
    out: str | os.PathLike[str] | None = None,
    *,
    calibration: DataLike,
    skip_bad: bool = False,
    threads: int | None = None,
    overwrite: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Quantization:
    """Turns an FP32 ONNX model into an INT8 one, a quarter of the size.

    Args:
        model: An .onnx file, or a conversion.
        out: The new file; by default beside the model.
        calibration: Pictures that show the range of values: training pictures, never test pictures.
        skip_bad: Go on without bad pictures.
        threads: How many compute; by default all processors.
        overwrite: Replace whatever file lies at ``out``.
        on_event, should_stop: As for every verb.

    Raises:
        AlreadyQuantized, ClassesDiffer, QuantizeFailed, OutputExists, OutputNotWritable, Stopped, and what loading a model raises.

    Example:
        >>> quantize("emoji.onnx", calibration="emoji").size_bytes  # doctest: +SKIP
    """
    from edukit.compression import quantize as run

    look_at_model(model)
    pictures = split_of(calibration, "train", name="calibration", skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    return run(model_path(model), out, calibration=pictures, threads=threads, overwrite=overwrite, on_event=on_event, should_stop=should_stop)


def compare(
    models: Sequence[ModelLike],
    data: DataLike | None = None,
    *,
    skip_bad: bool = False,
    threads: int = 1,
    batch_size: int = 1,
    runs: int | None = None,
    accuracy_only: bool = False,
    speed_only: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Comparison:
    """Measures models side by side: accuracy, size, speed, and whether they give the same answers as the first.

    Args:
        models: Model files or results, the original first.
        data: The pictures; a dataset gives its test split. May be missing if only speed is measured.
        skip_bad: Go on without bad pictures.
        threads: The same for each model.
        batch_size: Pictures in one timed prediction.
        runs: Timed predictions of each model; by default as many as a few seconds allow.
        accuracy_only, speed_only: Leave the other half out.
        on_event, should_stop: As for every verb.

    Raises:
        BadArgument, ClassesDiffer, WorkerFailed, Stopped, and what loading a model and reading a picture raise.

    Example:
        >>> compare(["best.pth", "emoji.onnx"], "emoji").ratios  # doctest: +SKIP
    """
    from edukit.comparison import compare as run

    if not isinstance(models, (list, tuple)):
        raise BadArgument(name="models", value=repr(models)[:80], wanted=t("verbs.wanted_models"))
    if data is None and not speed_only:
        raise BadArgument(name="data", value=None, wanted=t("verbs.wanted_pictures"))
    for model in models:
        look_at_model(model, "models")
    pictures = None if data is None else split_of(data, "test", skip_bad=skip_bad, on_event=on_event, should_stop=should_stop)
    return run(
        [model_path(model) for model in models], pictures, threads=threads, batch_size=batch_size, runs=runs, accuracy_only=accuracy_only,
        speed_only=speed_only, on_event=on_event, should_stop=should_stop,
    )  # fmt: skip


def load_model(path: ModelLike, *, card: ModelCard | None = None, threads: int | None = None) -> Predictor:
    """Loads a model file, .pth or .onnx; PyTorch is imported only for .pth.

    Args:
        path: The file, or a result that has one.
        card: For a file from elsewhere, which bears none.
        threads: Of the runtime; by default its own choice.

    Raises:
        UnknownModelFormat, BadArgument, and what loading that format raises.

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

    Raises:
        BadArgument, NotFinite, and what loading a model and reading a picture raise.

    Example:
        >>> predict("emoji.onnx", ["cat.jpg"])[0].label  # doctest: +SKIP
    """
    pictures = list(images) if isinstance(images, (list, tuple)) else [images]
    look_at_model(model)
    loaded = callable(getattr(model, "predict_scores", None))
    # A bad picture should be answered at once, not after the seconds that PyTorch takes to import.
    look_at_pictures(pictures, decode=not loaded and model_path(model).suffix.lower() != ".onnx")
    return predictor_of(model, threads=threads).predict(pictures, top=top)
