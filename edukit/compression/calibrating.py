"""Which range of values each tensor of a network takes on real pictures: what INT8 must be able to hold."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edukit.core.packages import imported
from edukit.core.preprocess import Float32Array
from edukit.runtime.onnx_session import open_graph

if TYPE_CHECKING:
    import onnx

Ranges = Mapping[str, tuple[np.float32, np.float32]]
SAMPLED = 4096  # values kept of a tensor and a picture: enough for quantiles, and 64 pictures of a large network stay under 200 MB


@dataclass
class Observed:
    """What one tensor held so far: its extremes exactly, everything between by a sample."""

    lowest: float = np.inf
    highest: float = -np.inf
    samples: list[Float32Array] = field(default_factory=list)
    means: list[NDArray[Any]] = field(default_factory=list)

    def add(self, values: Float32Array, rng: np.random.Generator) -> None:
        """Takes in the values of one batch."""
        flat = values.ravel()
        self.lowest, self.highest = min(self.lowest, float(flat.min())), max(self.highest, float(flat.max()))
        if values.ndim in (2, 4):
            self.means.append(values.reshape(*values.shape[:2], -1).mean(axis=2).mean(axis=0, dtype=np.float64))
        self.samples.append(flat if flat.size <= SAMPLED else flat[rng.integers(0, flat.size, SAMPLED)])

    @property
    def channel_means(self) -> NDArray[Any] | None:
        """Mean of each channel, for pictures (N, channels, height, width) and features (N, channels)."""
        return np.mean(self.means, axis=0) if self.means else None

    def range_of(self, share: float) -> tuple[np.float32, np.float32]:
        """The range that holds ``share`` of the values, with 0 inside, as quantization needs it."""
        low, high = self.lowest, self.highest
        if share < 1:
            values = np.concatenate(self.samples)
            low, high = np.quantile(values, [(1 - share) / 2, (1 + share) / 2])
        return np.float32(min(low, 0)), np.float32(max(high, 0))


def observe(model: onnx.ModelProto, batches: Iterator[Float32Array], *, threads: int) -> dict[str, Observed]:
    """Runs a network over prepared batches and watches every tensor between its nodes.

    Args:
        model: Its graph is left as it is.
        batches: Inputs (N, channels, height, width).
        threads: How many threads compute.
    """
    watching, rng, seen = deepcopy(model), np.random.default_rng(0), dict[str, Observed]()
    known = {output.name for output in watching.graph.output}
    names = [name for node in model.graph.node for name in node.output if name and name not in known]
    watching.graph.output.extend(imported("onnx").ValueInfoProto(name=name) for name in names)
    session = open_graph(watching, threads, as_written=True)  # fused nodes would hide the tensors between them
    given, outputs = session.get_inputs()[0].name, [output.name for output in session.get_outputs() if output.type == "tensor(float)"]
    for batch in batches:
        tensors: Sequence[NDArray[Any]] = session.run(outputs, {given: batch})
        for name, values in zip([given, *outputs], [batch, *tensors]):
            if values.size:
                seen.setdefault(name, Observed()).add(values, rng)
    return seen
