"""The parity gate: two models must give the same answers before the second may be written."""
from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edukit.conversion.results import CloseCall, Gate
from edukit.core.card import ModelCard
from edukit.core.errors import ClassesDiffer, EdukitError, NotFinite
from edukit.core.events import Reporter
from edukit.core.i18n import t
from edukit.core.preprocess import Float32Array, UInt8Image
from edukit.data import load_dataset, verify
from edukit.runtime import Classifier, batches

if TYPE_CHECKING:
    from edukit.data import Split

RANDOM_INPUTS = 16
_BATCH = 8


@dataclass(frozen=True)
class GateInputs:
    """What two models are compared on: a dataset's test pictures, or nothing, which means seeded random inputs."""

    split: Split | None

    @property
    def fingerprint(self) -> str:
        """Of the pictures; the same for all random inputs."""
        return self.split.fingerprint if self.split else "random"

    def batches(self, card: ModelCard) -> Iterator[tuple[list[str], Float32Array]]:
        """The names of some inputs, and the inputs: (N, channels, height, width)."""
        if self.split is None:
            pictures = random_pictures(card, RANDOM_INPUTS)
            for _, batch in batches(pictures, card, _BATCH):
                yield [""] * len(batch), batch
            return
        for start, batch in batches(self.split, card, _BATCH):
            yield [str(sample.path) for sample in self.split[start : start + len(batch)]], batch

    def __len__(self) -> int:
        return len(self.split) if self.split else RANDOM_INPUTS


def gate_inputs(data: Split | None, card: ModelCard, model: object, reporter: Reporter) -> GateInputs:
    """The test pictures that were given, else those of the dataset that the card names if it is still there, else random inputs.

    Raises:
        ClassesDiffer: The pictures given are of other classes than the model's.
    """
    if data is not None:
        if set(data.classes) != set(card.classes):
            raise ClassesDiffer.between(model, card.classes, data.folder, data.classes)
        return GateInputs(data)
    folder = card.dataset.get("folder")
    try:
        dataset = load_dataset(folder, splits=("test",)) if isinstance(folder, str) and folder else None
        test = verify(dataset, ("test",), skip_bad=True, should_stop=reporter.should_stop).test if dataset else None
    except EdukitError:  # moved, changed or broken since: the gate can do without it
        test = None
    return GateInputs(test if test and set(test.classes) == set(card.classes) else None)


def random_pictures(card: ModelCard, count: int) -> list[UInt8Image]:
    """Pictures of coloured blotches, the same ones every time; pure noise would look grey to a network."""
    rng = np.random.default_rng(0)
    height, width = card.preprocess.size
    coarse = rng.integers(0, 256, (count, 5, 5, 3), dtype=np.uint8)
    rows, columns = np.arange(height) * 5 // height, np.arange(width) * 5 // width
    return list(coarse[:, rows[:, None], columns])


def parity(
    original: Classifier, converted: Classifier, inputs: GateInputs, *, tolerance: float, reporter: Reporter, first: float = 0, total: float = 1
) -> Gate:
    """Compares two models' raw outputs on the same prepared inputs.

    Args:
        original, converted: The models.
        inputs: What to compare them on.
        tolerance: Allowed difference, relative to the largest output (at least 1).
        reporter: Told the progress as one step, from ``first`` of ``total`` on.

    Raises:
        NotFinite: A model puts out NaN or infinity.
        Stopped
    """
    names: list[str] = []
    wanted: list[Float32Array] = []
    found: list[Float32Array] = []
    for some, batch in inputs.batches(original.card):
        reporter.check()
        names += some
        wanted.append(original.run(batch))
        found.append(converted.run(batch))
        reporter.progress(first + len(names) / max(1, len(inputs)), total, "step", stage="compare", pictures=len(names))
    return _judged(original, np.concatenate(wanted), np.concatenate(found), names, inputs, tolerance)


def _judged(original: Classifier, wanted: Float32Array, found: Float32Array, names: list[str], inputs: GateInputs, tolerance: float) -> Gate:
    for outputs in (wanted, found):
        if not np.isfinite(outputs).all():
            raise NotFinite(path=original.path, where=t("runtime.outputs"))
    allowed = tolerance * max(1.0, float(np.abs(wanted).max()))
    difference = float(np.abs(wanted - found).max()) if wanted.shape == found.shape else math.inf
    labels, answers = wanted.argmax(axis=1), found.argmax(axis=1)
    ordered = np.sort(wanted, axis=1)
    margins = ordered[:, -1] - ordered[:, -2] if wanted.shape[1] > 1 else np.full(len(wanted), math.inf)
    classes = original.card.classes
    close = tuple(
        CloseCall(names[i], classes[labels[i]], classes[answers[i]], float(margins[i])) for i in np.flatnonzero(labels != answers) if margins[i] <= allowed
    )
    dataset = inputs.split.dataset_name if inputs.split else ""
    data = inputs.split.name if inputs.split else "random"
    return Gate(data, dataset, inputs.fingerprint, len(wanted), int((labels == answers).sum()), difference, allowed, close)
