"""The parity gate: two models must give the same answers before the second may be written."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edukit.conversion.results import CloseCall, Conversion, Gate
from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, NotFinite
from edukit.core.events import Reporter
from edukit.core.i18n import t
from edukit.core.preprocess import Float32Array, UInt8Image
from edukit.data import load_dataset, verify
from edukit.runtime import ModelFile, Predictor, batches
from edukit.tasks import Outputs, find_task

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

    def earlier(self, file: ModelFile) -> Conversion | None:
        """The conversion that made ``file``, if it was proved on the same inputs."""
        with suppress(TypeError, ValueError, LookupError):
            done = Conversion.of_file(file, None)
            return done if done.gate.fingerprint == self.fingerprint else None
        return None

    def batches(self, card: ModelCard) -> Iterator[tuple[list[str], Float32Array]]:
        """The names of some inputs, and the inputs: (N, channels, height, width)."""
        names = [str(sample.path) for sample in self.split] if self.split else [""] * RANDOM_INPUTS
        for start, batch, _ in batches(self.split or random_pictures(card, RANDOM_INPUTS), card, _BATCH):
            yield names[start : start + len(batch)], batch

    def __len__(self) -> int:
        return len(self.split) if self.split else RANDOM_INPUTS


def gate_inputs(data: Split | None, card: ModelCard, model: object, reporter: Reporter) -> GateInputs:
    """The test pictures that were given, else those of the dataset that the card names if it is still there, else random inputs.

    Raises:
        ClassesDiffer: The pictures given are of other classes than the model's.
    """
    task = find_task(card.task)
    if data is not None:
        task.check_data(card, data, model)
        return GateInputs(data)
    folder = card.dataset.get("folder")
    try:
        dataset = load_dataset(folder, splits=("test",)) if isinstance(folder, str) and folder else None
        test = verify(dataset, ("test",), skip_bad=True, should_stop=reporter.should_stop).test if dataset else None
        if test is not None:
            task.check_data(card, test, model)
    except EdukitError:  # moved, changed or broken since: the gate can do without it
        test = None
    return GateInputs(test)


def random_pictures(card: ModelCard, count: int) -> list[UInt8Image]:
    """Pictures of coloured blotches, the same ones every time; pure noise would look grey to a network."""
    rng = np.random.default_rng(0)
    height, width = card.preprocess.size
    coarse = rng.integers(0, 256, (count, 5, 5, 3), dtype=np.uint8)
    rows, columns = np.arange(height) * 5 // height, np.arange(width) * 5 // width
    return list(coarse[:, rows[:, None], columns])


def parity(
    original: Predictor, converted: Predictor, inputs: GateInputs, *, tolerance: float, reporter: Reporter, first: float = 0, total: float = 1
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
    outputs: tuple[list[Outputs], list[Outputs]] = ([], [])
    for some, batch in inputs.batches(original.card):
        reporter.check()
        names += some
        for model, found in zip((original, converted), outputs):
            found.append(model.run(batch))
            if not all(np.isfinite(values).all() for values in found[-1].values()):
                raise NotFinite(path=original.path, where=t("runtime.outputs"))
        reporter.progress(first + len(names) / max(1, len(inputs)), total, "step", stage="compare", pictures=len(names))
    result = original.task.parity(*outputs, original.card, tolerance)
    close = tuple(CloseCall(names[one.index], one.label, one.other, one.margin) for one in result.close)
    data, dataset = (inputs.split.name, inputs.split.dataset_name) if inputs.split else ("random", "")
    return Gate(data, dataset, inputs.fingerprint, len(names), result.agree, result.max_difference, result.allowed, close, original.task.name)
