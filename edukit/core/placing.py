"""Where the label of a point goes, so that it covers neither a point, nor a line, nor another label."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in pixels, from the lower left."""

    left: float
    bottom: float
    right: float
    top: float

    def overlap(self, other: Box) -> float:
        """The area that two boxes share."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(0.0, width) * max(0.0, height)

    def outside(self, frame: Box) -> float:
        """The area that lies outside ``frame``."""
        return (self.right - self.left) * (self.top - self.bottom) - self.overlap(frame)


def place_labels(points: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]], obstacles: Sequence[Box], frame: Box, gap: float) -> list[Box]:
    """A box for each label, tried close to its point and then further above and below; the first free place wins, else the least covered.

    Args:
        points: What the labels belong to, in pixels.
        sizes: Width and height of each label.
        obstacles: Boxes that labels should not cover: markers, intervals.
        frame: Where labels must stay.
        gap: Distance between a point and its label.
    """
    placed: list[Box] = []
    for point, size in zip(points, sizes):
        taken = [*obstacles, *placed]
        costs = [(sum(box.overlap(other) for other in taken) + 20 * box.outside(frame), order, box) for order, box in enumerate(_candidates(point, size, gap))]
        placed.append(min(costs)[2])
    return placed


def _candidates(point: tuple[float, float], size: tuple[float, float], gap: float) -> Iterator[Box]:
    (x, y), (width, height) = point, size
    for lift in (3.0, *(gap + step * height for step in (0.0, 0.5, 1.0, 1.6, 2.4, 3.4))):
        reach = gap if lift < gap else 6.0  # above or below the marker a label may stand close to its line
        for bottom in (y + lift, y - lift - height):
            for left in (x + reach, x - reach - width):
                yield Box(left, bottom, left + width, bottom + height)
    for step in range(1, 15):  # at last over the end of the point's own line
        for bottom in (y + gap + step * height, y - gap - (step + 1) * height):
            for left in (x - width / 2, x - gap, x + gap - width):
                yield Box(left, bottom, left + width, bottom + height)
