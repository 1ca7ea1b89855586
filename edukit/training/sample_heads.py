"""Heads for the sample pictures from features that travel with edukit: a training and its exam in a few milliseconds."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edukit.core.preprocess import Float32Array
from edukit.data import Split, load_dataset, sample_features
from edukit.training.head import fit_head

Places = NDArray[np.int64]


class SampleHeads:
    """The sample set ``emoji``, its features, and what a head knows that learnt from some of them.

    Attributes:
        dataset: The set; its test pictures are not used.
        features: As ``sample_features`` gives them.
        targets, exam: The classes of the training and of the validation pictures, by their place in ``dataset.classes``.

    Example:
        >>> heads = SampleHeads()
        >>> bool(heads.known(heads.features["train"], heads.targets).mean() > 0.7)
        True
    """

    def __init__(self) -> None:
        self.dataset, self.features = load_dataset("emoji"), sample_features("emoji")
        self.targets, self.exam = (self._targets(split) for split in (self.dataset.train, self.dataset.validation))

    def order(self, seed: int) -> list[Places]:
        """The training pictures of each class in an order of chance."""
        chance = np.random.default_rng(seed)
        return [chance.permutation(np.flatnonzero(self.targets == place)) for place in range(len(self.dataset.classes))]

    def known(self, rows: Float32Array, targets: Places, exam: str = "validation") -> NDArray[np.bool_]:
        """Which validation pictures a head knows, (pictures,), that learnt from ``rows`` with these ``targets``."""
        head = fit_head(rows, [self.dataset.classes[place] for place in targets], classes=self.dataset.classes)
        return np.asarray(head.probabilities(self.features[exam]).argmax(axis=1) == self.exam, np.bool_)

    def _targets(self, split: Split) -> Places:
        return np.array([self.dataset.classes.index(sample.label) for sample in split], np.int64)
