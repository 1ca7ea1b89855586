"""What a conversion gives: the file, and the proof that it is the same model."""
from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from edukit.conversion.simplifying import Simplification
from edukit.core.errors import ParityFailed
from edukit.core.files import human_size
from edukit.core.formatting import percent
from edukit.core.html import shown_alone, stats, table, ticks
from edukit.core.i18n import t
from edukit.core.results import Result
from edukit.runtime import ModelFile, OnnxFile
from edukit.tasks import DEFAULT, find_task


@dataclass(frozen=True)
class CloseCall(Result):
    """A picture on which the two models differ only because its two best scores are as good as equal.

    Args:
        image: The picture's path; empty for a random input.
        label: The original's label.
        converted: The converted model's label.
        margin: How far the original's two best outputs lie apart.
    """

    image: str
    label: str
    converted: str
    margin: float


@dataclass(frozen=True)
class Gate(Result):
    """The proof that two models give the same answers.

    Args:
        data: What they were compared on: ``"test"``, a dataset's test pictures, or ``"random"``, seeded random inputs.
        dataset: The dataset's name; empty for random inputs.
        fingerprint: Of the pictures.
        count: How many inputs.
        agree: On how many both give the same answer.
        max_difference: The largest difference of any output.
        tolerance: What was allowed: the relative tolerance times the size of the original's outputs.
        close_calls: Differing answers that are no failure.
        task: What both models do.
    """

    data: str
    dataset: str
    fingerprint: str
    count: int
    agree: int
    max_difference: float
    tolerance: float
    close_calls: tuple[CloseCall, ...] = ()
    task: str = DEFAULT

    @property
    def passed(self) -> bool:
        """Whether the models are the same for every practical purpose."""
        return self.differing == 0 and self.max_difference <= self.tolerance

    @property
    def differing(self) -> int:
        """How many answers differ without being a close call."""
        return self.count - self.agree - len(self.close_calls)

    def require(self) -> Gate:
        """Itself. Raises ``ParityFailed`` unless it is passed."""
        if not self.passed:
            numbers = {"difference": f"{self.max_difference:.2e}", "tolerance": f"{self.tolerance:.2e}"}
            raise ParityFailed(differing=self.differing, count=self.count, **numbers)
        return self

    def __str__(self) -> str:
        key = "gate_random" if self.data == "random" else "gate_test"
        numbers = {"agree": self.agree, "count": self.count, "difference": f"{self.max_difference:.1e}", "allowed": f"{self.tolerance:.1e}"}
        return find_task(self.task).say(key, dataset=self.dataset, **numbers)


@dataclass(frozen=True)
class Difference(Result):
    """How far an output of both models lies apart, on random inputs of one size.

    Args:
        output: Its name.
        shape: Of the input.
        max_difference, mean_difference: Of its numbers.
        largest: The original's largest number.
    """

    output: str
    shape: tuple[int, ...]
    max_difference: float
    mean_difference: float
    largest: float


@dataclass(frozen=True)
class Embedded(Result):
    """How well the embedded preprocessing agrees with ``Preprocess``.

    Args:
        count: How many pictures.
        agree: On how many the file gives the answer that the checkpoint gives.
        max_levels: The largest difference of a prepared pixel, in grey levels of 0..255.
        share: The part of the pixels that differ.
    """

    count: int
    agree: int
    max_levels: float
    share: float

    def __str__(self) -> str:
        return t("conversion.embedded", agree=self.agree, count=self.count, levels=f"{self.max_levels:.0f}", share=percent(self.share, 1))


@dataclass(frozen=True)
class Conversion(Result):
    """A converted model; stands wherever a path may stand.

    Args:
        path: The ONNX file, or the folder of another runtime's model.
        size_bytes: Its size.
        opset_version: ONNX operator set.
        ir_version: Version of the file form.
        dynamic: Which sizes of its input are free: ``"batch"``, ``"all"``, ``"none"``, or ``"picture"`` where it takes a picture of any size.
        gate: The proof that it gives the same answers as the checkpoint.
        nodes_before, nodes_after: Nodes of the graph before and after it was simplified.
        seconds: What the conversion took.
        reused: Whether the file was there already, made from the same checkpoint in the same way.
        differences: On random inputs, each output at two values of each size that is free.
        simplification: What simplifying did; None if it was not wanted.
        embedded: What the embedded preprocessing gives; None if it was not wanted.
        backend: What computes it, as ``convert`` names it.
    """

    path: Path
    size_bytes: int
    opset_version: int
    ir_version: int
    dynamic: str
    gate: Gate
    nodes_before: int
    nodes_after: int
    seconds: float
    reused: bool = False
    differences: tuple[Difference, ...] = ()
    simplification: Simplification | None = None
    embedded: Embedded | None = None
    backend: str = "ONNX"

    @classmethod
    def of_file(cls, file: ModelFile, began: float | None) -> Conversion:
        """What the card of a converted model tells of its making, which began at ``began`` (``time.monotonic``); None: it was there already.

        Raises:
            TypeError, ValueError, LookupError: It tells nothing.
        """
        seconds = 0.0 if began is None else time.monotonic() - began
        told = {"dynamic": "batch", **file.card.notes, "path": file.path, "size_bytes": file.size_bytes, "seconds": seconds, "reused": began is None}
        if isinstance(file, OnnxFile):
            return cls.from_dict(told | {"opset_version": file.opsets[""], "ir_version": file.ir_version, "backend": "ONNX"})
        return cls.from_dict(told | {"path": file.path.parent, "differences": (), "simplification": None, "embedded": None})  # these are the ONNX file's

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        return f"{self.path.name}: {human_size(self.size_bytes)}, opset {self.opset_version}. {self.gate}"

    def _repr_html_(self) -> str:
        facts = [
            (t("conversion.file"), self.path.name, ""), (t("conversion.size"), human_size(self.size_bytes), ""),
            (t("conversion.version"), f"opset {self.opset_version}", f"IR {self.ir_version}"),
            (t("conversion.nodes"), f"{self.nodes_before} → {self.nodes_after}", ""),
        ]  # fmt: skip
        calls = ((False, f"{call.image}: {call.label} → {call.converted}") for call in self.gate.close_calls)
        proofs = [(self.gate.passed, str(self.gate)), *([(True, str(self.embedded))] if self.embedded else [])]
        heads = [t("conversion.input"), t("conversion.output"), t("conversion.largest"), t("conversion.mean")]
        rows = [(" × ".join(map(str, one.shape)), one.output, f"{one.max_difference:.1e}", f"{one.mean_difference:.1e}") for one in self.differences]
        return shown_alone(
            ticks(proofs), stats(facts), ticks(calls) if self.gate.close_calls else "", self.simplification.table() if self.simplification else "",
            table(heads, rows),
        )  # fmt: skip
