"""What a model file says about itself, so that no step asks for what an earlier one knew."""
from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from edukit.core.errors import BadCard
from edukit.core.files import json_text
from edukit.core.imagenet import imagenet_names
from edukit.core.limits import MAX_CLASSES
from edukit.core.preprocess import Preprocess

CLASSIFICATION = "classification"
SCHEMA_VERSION = 2  # since 2 ``network`` describes the network; cards of 1 have its name alone
METADATA_KEY = "edukit"  # the key in an ONNX file's metadata_props and in a checkpoint's dictionary
SCORES = ("logits", "probabilities")
_PLAIN = ("network", "made", "dataset", "notes", "versions")


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """The card that travels inside every checkpoint and ONNX file.

    Args:
        task: What the model does: ``"classification"``.
        network: What builds the network: ``{"backbone": name, "head": {"outputs": 3}, "channels": 3, "image_size": 224}``, open for more. What is left
            out follows from classes and preprocess; ``"builder"`` names another way to build it than by a backbone's name.
        backbone: The name in ``network``, as ``edukit.backbones()`` lists it; alone it stands for ``network={"backbone": name}``.
        classes: The stable labels, in the order of the network's outputs; none where the task has none.
        class_names: Names for people: language to label to name; may be empty or partial. ImageNet's classes have theirs.
        preprocess: How a picture becomes the input.
        scores: What the network puts out: ``"logits"`` or ``"probabilities"``.
        metrics: Measured figures, such as ``{"val_loss": 0.2}``.
        made: What made this file: ``{"verb", "options", "inputs"}``; inputs map a role to the SHA-256 of the file.
        dataset: What it was trained on: ``{"name", "folder", "fingerprint"}``.
        precision: ``"fp32"`` or ``"int8"``.
        notes: Facts worth keeping, such as ``{"reduce_range": True, "pretrained": "imagenet"}``.
        versions: Of the packages that made it.
        created: When, ISO 8601 in UTC.
        schema_version: Of this card's form; later versions may add fields, which are ignored here.

    Raises:
        BadCard: If a value is of the wrong type or out of range.
    """

    task: str = CLASSIFICATION
    network: Mapping[str, Any] = field(default_factory=dict)
    backbone: str = ""
    classes: tuple[str, ...]
    class_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    preprocess: Preprocess
    scores: str = "logits"
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)
    dataset: Mapping[str, Any] = field(default_factory=dict)
    precision: str = "fp32"
    notes: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    created: str = ""
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        if not self.network and self.backbone:
            object.__setattr__(self, "network", {"backbone": self.backbone})
        elif self.backbone == "" and isinstance(self.network, Mapping):
            object.__setattr__(self, "backbone", self.network.get("backbone", ""))
        for name, good in self._ranges().items():
            if not good:
                raise BadCard(path="card", field=name, found=_brief(getattr(self, name)))
        if not self.class_names:
            object.__setattr__(self, "class_names", imagenet_names(self.classes))

    def _ranges(self) -> dict[str, bool]:
        labels = self.classes
        mappings = {name: isinstance(getattr(self, name), Mapping) and is_plain(getattr(self, name)) for name in _PLAIN}
        texts = {name: isinstance(getattr(self, name), str) for name in ("task", "precision", "created")}
        return mappings | texts | {
            "backbone": isinstance(self.backbone, str) and (not mappings["network"] or self.backbone == self.network.get("backbone", "")),
            "schema_version": type(self.schema_version) is int and self.schema_version >= 1,
            "scores": isinstance(self.scores, str) and self.scores in SCORES,
            "metrics": isinstance(self.metrics, Mapping) and all(_is_figure(value) for value in self.metrics.values()),
            "classes": isinstance(labels, tuple) and (self.task == CLASSIFICATION) <= len(labels) <= MAX_CLASSES
            and all(isinstance(label, str) for label in labels) and len(set(labels)) == len(labels),
            "class_names": isinstance(self.class_names, Mapping)
            and all(isinstance(names, Mapping) and all(isinstance(text, str) for text in names.values()) for names in self.class_names.values()),
            "preprocess": isinstance(self.preprocess, Preprocess),
        }

    @property
    def input_shape(self) -> tuple[int, int, int, int]:
        """The input for one picture: (1, channels, height, width)."""
        return (1, self.preprocess.channels, *self.preprocess.size)

    def replace(self, **values: Any) -> ModelCard:
        """A copy with other values."""
        if "network" in values:
            values["backbone"] = ""
        elif "backbone" in values:
            values["network"] = {**self.network, "backbone": values["backbone"]}
        return dataclasses.replace(self, **values)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"input_shape": list(self.input_shape), "classes": list(self.classes), "preprocess": self.preprocess.to_dict()}

    def to_json(self) -> str:
        """The card as it stands in an ONNX file's metadata; strict JSON."""
        return json_text(self.to_dict())

    @classmethod
    def from_dict(cls, values: Any, *, path: object = "card") -> ModelCard:
        """The inverse of ``to_dict``; fields of later versions are ignored.

        Args:
            values: What was read.
            path: The file it came from, for the error.
        """
        if not isinstance(values, Mapping):
            raise BadCard(path=path, field="card", found=_brief(values))
        kept = {f.name: values[f.name] for f in fields(cls) if f.name in values}
        if "network" not in kept and type(kept.get("schema_version")) is int and kept["schema_version"] == 1:
            kept["schema_version"] = SCHEMA_VERSION
        for name, kind in (("classes", (list, tuple)), ("preprocess", dict)):
            if not isinstance(kept.get(name), kind):
                raise BadCard(path=path, field=name, found=_brief(kept.get(name)))
        try:
            return cls(**kept | {"classes": tuple(kept["classes"]), "preprocess": Preprocess.from_dict(kept["preprocess"])})
        except BadCard as error:
            raise BadCard(**(error.found | {"path": path})) from None

    @classmethod
    def from_json(cls, text: str, *, path: object = "card") -> ModelCard:
        """The inverse of ``to_json``; never evaluates anything."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadCard(path=path, field="json", found=str(error)[:80]) from None
        return cls.from_dict(values, path=path)


def _brief(value: object) -> str:
    try:
        return repr(value)[:80]
    except RecursionError:  # a card from elsewhere may be nested a thousand deep
        return type(value).__name__


def _is_figure(value: object) -> bool:
    return value is None or isinstance(value, float) or (isinstance(value, int) and abs(value) < 10**15)


def is_plain(value: Any, depth: int = 20) -> bool:
    """Whether ``value`` is what JSON can hold, nested at most ``depth`` deep."""
    if isinstance(value, (Mapping, list, tuple)):
        inner = value.values() if isinstance(value, Mapping) else value
        return depth > 0 and all(is_plain(item, depth - 1) for item in inner)
    return value is None or isinstance(value, (str, int, float))

