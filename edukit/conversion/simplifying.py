"""Fewer nodes for the same answers, proved; and in words what simplifying did, or why there was nothing for it to do."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from edukit.core.files import human_size
from edukit.core.html import table, tag
from edukit.core.i18n import t
from edukit.core.results import Result
from edukit.runtime.onnx_graph import GraphError, simplify_graph
from edukit.runtime.onnx_session import open_graph

if TYPE_CHECKING:
    import onnx
    from torch import nn

_SAME = 1e-4  # how far outputs may lie apart, relative to the largest (at least 1)


@dataclass(frozen=True)
class Simplification(Result):
    """What simplifying did to a graph.

    Args:
        operators_before, operators_after: How many nodes of each operator.
        size_before_bytes, size_after_bytes: Of the graph, without its card.
        max_difference: Of the outputs before and after, on a random input.
        folded: Whether what depends on constants alone was computed; not where the outputs would then differ.
        norms: Batch normalisations of the network in PyTorch.
        norms_left: Those that the exporter had not merged into convolutions.
        foldable: Nodes before that depend on constants and sizes of tensors alone.
        passing: Nodes before that hand on their input as it is.
    """

    operators_before: Mapping[str, int]
    operators_after: Mapping[str, int]
    size_before_bytes: int
    size_after_bytes: int
    max_difference: float
    folded: bool
    norms: int
    norms_left: int
    foldable: int
    passing: int

    @property
    def changed(self) -> bool:
        """Whether the graph has other nodes than before."""
        return dict(self.operators_before) != dict(self.operators_after)

    @property
    def why(self) -> str:
        """What was done in one or two sentences, or why nothing was to be done."""
        counts = {"before": sum(self.operators_before.values()), "after": sum(self.operators_after.values()), "difference": f"{self.max_difference:.1e}"}
        if self.changed:
            sentences = [t("conversion.simplified", **counts, foldable=self.foldable, passing=self.passing, constants=self.operators_before.get("Constant", 0))]
        elif self.foldable or self.passing:
            sentences = [t("conversion.kept", foldable=self.foldable, passing=self.passing, **counts)]
        else:
            sentences = [t("conversion.nothing", **counts)]
            if self.norms > self.norms_left:
                sentences.append(t("conversion.merged", norms=self.norms, merged=self.norms - self.norms_left, left=self.norms_left))
        return " ".join([*sentences, *([] if self.folded else [t("conversion.not_folded")])])

    def table(self) -> str:
        """HTML: operators before and after, sizes in the last row, and why."""
        names = sorted(self.operators_before.keys() | self.operators_after.keys())
        rows: list[tuple[object, ...]] = [(name, self.operators_before.get(name, 0), self.operators_after.get(name, 0)) for name in names]
        rows.append((t("conversion.size"), human_size(self.size_before_bytes), human_size(self.size_after_bytes)))
        return table([t("conversion.operator"), t("conversion.before"), t("conversion.after")], rows) + tag("p", self.why)


def simplify_checked(model: onnx.ModelProto, network: nn.Module, batch: np.ndarray[Any, Any]) -> tuple[onnx.ModelProto, Simplification]:
    """A graph of ours with fewer nodes, and what was done; a step that would change the answers is left out.

    Args:
        model: What the exporter made of ``network``.
        network: Its batch normalisations are counted.
        batch: An input that it takes.
    """
    from torch.nn.modules.batchnorm import _BatchNorm

    wanted = _outputs(model, batch)
    slim, folded, difference = model, False, 0.0
    for fold in (True, False):  # onnxslim 0.1.98 divides sizes as whole numbers, even where they were cast to fractions before
        try:
            tried = simplify_graph(model, fold=fold)
            found = max(float(np.abs(one - other).max()) for one, other in zip(wanted, _outputs(tried, batch), strict=True))
        except (GraphError, ValueError):  # shapes that do not agree are a ValueError
            continue
        if found <= _SAME * max(1.0, *(float(np.abs(one).max()) for one in wanted)):
            slim, folded, difference = tried, fold, found
            break
    before, after = (dict(sorted(Counter(node.op_type for node in one.graph.node).items())) for one in (model, slim))
    foldable, passing = _superfluous(model)
    return slim, Simplification(
        operators_before=before, operators_after=after, size_before_bytes=model.ByteSize(), size_after_bytes=slim.ByteSize(), max_difference=difference,
        folded=folded, norms=sum(isinstance(module, _BatchNorm) for module in network.modules()), norms_left=before.get("BatchNormalization", 0),
        foldable=foldable, passing=passing,
    )  # fmt: skip


def _superfluous(model: onnx.ModelProto) -> tuple[int, int]:
    """How many nodes depend on constants and sizes of tensors alone, and how many hand on their input as it is."""
    constant = {tensor.name for tensor in model.graph.initializer} | {""}
    foldable = passing = 0
    for node in model.graph.node:
        if node.op_type in ("Identity", "Dropout"):
            passing += 1
        elif node.op_type != "Constant" and constant.issuperset(node.input):
            foldable += 1
        if node.op_type == "Shape" or constant.issuperset(node.input):
            constant.update(node.output)
    return foldable, passing


def _outputs(model: onnx.ModelProto, batch: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    try:
        found: list[np.ndarray[Any, Any]] = open_graph(model, as_written=True).run(None, {model.graph.input[0].name: batch})
        return found
    except Exception as error:  # ONNX Runtime's errors have no common class of their own
        raise GraphError(str(error)) from error
