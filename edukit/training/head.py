"""A head solved in NumPy: softmax regression on features, brought to its optimum, so that the same pictures always give the same head."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edukit.core.errors import BadArgument
from edukit.core.i18n import t
from edukit.core.preprocess import Float32Array

Float64Array = NDArray[np.float64]

DECAY = 0.1       # how strongly large weights are punished, for standardised features
_STEPS, _KEPT = 100, 10   # of L-BFGS
_FLOOR = 0.1      # of the usual spread: a feature that hardly moved in a few pictures must not be blown up
_FAR = 0.5        # of the way from there to where nothing is alike: further away is unknown


@dataclass(frozen=True)
class Head:
    """A linear layer that gives one score a class, and the pictures that it was learnt from.

    Args:
        classes: Labels in the order of the scores.
        weight, bias: Shapes (classes, features) and (classes,); for features as the body gives them.
        pulls: What each picture adds to the weights, shape (pictures, classes): the weights are the sum of pulls times pictures, for at the optimum nothing
            else is left.
        learnt: The pictures' features, standardised, shape (pictures, features).
        mean, spread: By which features are standardised.
        reach: How far apart the pictures of one class are usually.
    """

    classes: tuple[str, ...]
    weight: Float32Array
    bias: Float32Array
    pulls: Float32Array
    learnt: Float32Array
    mean: Float32Array
    spread: Float32Array
    reach: float

    def probabilities(self, features: Float32Array) -> Float32Array:
        """How sure it is of each class, shape (N, classes)."""
        return np.asarray(_softmax((features @ self.weight.T + self.bias).astype(np.float64)), np.float32)

    def unknown(self, features: Float32Array) -> NDArray[np.bool_]:
        """Whether a picture is unlike every picture that was learnt from, so that its answer means nothing; shape (N,)."""
        return np.asarray(_nearest(self._standard(features), self.learnt) > self.reach + _FAR * (1 - self.reach), np.bool_)

    def contributions(self, features: Float32Array, label: str) -> Float32Array:
        """By how much each picture raises (or lowers) the score of a class for one picture (1, features); with the bias they add up to the score."""
        return np.asarray(self.pulls[:, self.classes.index(label)] * (self.learnt @ self._standard(features)[0]), np.float32)

    def _standard(self, features: Float32Array) -> Float32Array:
        return np.asarray((features - self.mean) / self.spread, np.float32)


def fit_head(features: Float32Array, labels: Sequence[str], *, classes: Sequence[str] = ()) -> Head:
    """Solves softmax regression; every class counts the same, however many pictures it has.

    Args:
        features: Of the pictures, shape (pictures, features).
        labels: Their classes.
        classes: The order of the scores; by default that of first appearance. Each needs a picture.

    Raises:
        BadArgument: Fewer than two classes, one without a picture, or numbers that do not fit.

    Example:
        >>> fit_head(np.eye(4, dtype=np.float32), ["a", "a", "b", "b"]).classes
        ('a', 'b')
    """
    names = tuple(classes) or tuple(dict.fromkeys(labels))
    if len(names) < 2:
        raise BadArgument(name="classes", value=len(names), wanted=t("training.wanted.more_classes"))
    if features.ndim != 2 or len(features) != len(labels) or set(labels) != set(names):
        raise BadArgument(name="labels", value=len(labels), wanted=t("training.wanted.labels", count=len(features), classes=", ".join(names)[:80]))
    mean = features.mean(axis=0)
    spread = features.std(axis=0)
    spread = np.maximum(spread, _FLOOR * float(spread.mean()) or 1.0)
    standard = ((features - mean) / spread).astype(np.float64)
    target = np.asarray([[label == name for name in names] for label in labels], np.float64)
    share = (target / target.sum(axis=0)).sum(axis=1) / len(names)  # of each picture in the loss
    # The optimum is a sum of the pictures: it is looked for in the space that they span, which has at most as many dimensions as there are pictures.
    turned, sizes, axes = np.linalg.svd(standard, full_matrices=False)
    kept = sizes > 1e-6 * max(float(sizes[0]), 1e-12)
    inside = turned[:, kept] * sizes[kept]
    solved, bias = _solve(inside, target, share)
    weight = solved @ axes[kept]
    wrong = share[:, None] * (target - _softmax(inside @ solved.T + bias))
    return Head(
        names, (weight / spread).astype(np.float32), (bias - (weight / spread) @ mean).astype(np.float32), (wrong / DECAY).astype(np.float32),
        standard.astype(np.float32), np.asarray(mean, np.float32), np.asarray(spread, np.float32), _reach(standard, labels),
    )  # fmt: skip


def _solve(inside: Float64Array, target: Float64Array, share: Float64Array) -> tuple[Float64Array, Float64Array]:
    count, size = target.shape[1], inside.shape[1]

    def loss(values: Float64Array) -> tuple[float, Float64Array]:
        weight, bias = values[: count * size].reshape(count, size), values[count * size :]
        found = _softmax(inside @ weight.T + bias)
        value = -float((share * np.log(np.maximum((found * target).sum(axis=1), 1e-300))).sum()) + DECAY / 2 * float((weight**2).sum())
        slope = share[:, None] * (found - target)
        return value, np.concatenate([(slope.T @ inside + DECAY * weight).ravel(), slope.sum(axis=0)])

    best = _minimise(loss, np.zeros(count * (size + 1)))
    return best[: count * size].reshape(count, size), best[count * size :]


def _minimise(loss: Callable[[Float64Array], tuple[float, Float64Array]], place: Float64Array) -> Float64Array:
    """The lowest place of a convex function, by L-BFGS with steps that are halved until they lead down (Nocedal & Wright, algorithm 7.4)."""
    value, slope = loss(place)
    pairs: list[tuple[Float64Array, Float64Array, float]] = []
    for _ in range(_STEPS):
        way, factors = slope.copy(), []
        for moved, turned, product in reversed(pairs):
            factors.append(float(moved @ way) / product)
            way -= factors[-1] * turned
        if pairs:
            way *= pairs[-1][2] / float(pairs[-1][1] @ pairs[-1][1])
        for (moved, turned, product), factor in zip(pairs, reversed(factors)):
            way += (factor - float(turned @ way) / product) * moved
        length, down = 1.0 if pairs else 1.0 / max(1.0, float(np.linalg.norm(slope))), float(slope @ way)
        while length > 1e-10:
            new = place - length * way
            new_value, new_slope = loss(new)
            if new_value <= value - 1e-4 * length * down:
                break
            length /= 2
        else:
            return place
        if (product := float((new - place) @ (new_slope - slope))) > 1e-12:
            pairs = [*pairs[1 - _KEPT :], (new - place, new_slope - slope, product)]
        place, value, slope = new, new_value, new_slope
        if float(np.abs(slope).max()) < 1e-6:
            break
    return place


def _softmax(scores: Float64Array) -> Float64Array:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float64)


def _nearest(features: NDArray[np.floating], others: NDArray[np.floating]) -> Float64Array:
    """How far each is from the nearest of the others, as one minus the cosine of their angle."""
    unit = [one / np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-9) for one in (features, others)]
    return np.asarray(1 - (unit[0] @ unit[1].T).max(axis=1), np.float64)


def _reach(standard: Float64Array, labels: Sequence[str]) -> float:
    unit = standard / np.maximum(np.linalg.norm(standard, axis=1, keepdims=True), 1e-9)
    close = unit @ unit.T
    np.fill_diagonal(close, -1)
    known = np.asarray(labels)
    close[known[:, None] != known[None]] = -1
    found = 1 - close.max(axis=1)
    found = np.sort(found[found < 2 - 1e-9])  # a picture alone in its class says nothing
    return max(0.3, float(np.interp(0.9 * (len(found) - 1), np.arange(len(found)), found))) if len(found) else 1.0  # np.quantile imports 2 MB
