"""Models that answer in a page: loaded once, in the kernel, without PyTorch."""
from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from edukit.core.errors import ClassesDiffer, FileMissing
from edukit.data import sample_model
from edukit.models import load_model
from edukit.runtime import Predictor
from edukit.widgets.work import Work


def loaded(path: Path) -> Predictor:
    """The model in a file, loaded once; loaded anew when the file was replaced."""
    return _loaded(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)  # a page shows three at most; every further training would keep its model in memory
def _loaded(path: Path, _changed_ns: int) -> Predictor:
    return load_model(path, threads=1)


def sample_predictor(dataset: str, classes: tuple[str, ...], work: Work) -> Predictor:
    """The model that ships with a sample set; the student's own where none is shipped.

    Raises:
        FileMissing: There is neither.
        ClassesDiffer: It knows other classes than ``classes``.
    """
    path = sample_model(dataset) or work.int8 or work.onnx
    if path is None:
        raise FileMissing(path=f"{dataset}-int8.onnx")
    predictor = loaded(path)
    if predictor.card.classes != classes:  # a model of the student's own may know other things
        raise ClassesDiffer.between(path, predictor.card.classes, dataset, classes)
    return predictor
