"""What a model file tells: its card, and what can be read off the file itself, also of one from elsewhere."""
from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from edukit.core.card import ModelCard
from edukit.core.errors import BadCard, NoCard
from edukit.core.files import human_size
from edukit.core.html import facts_table, scrolling, shown_alone
from edukit.core.i18n import language, t
from edukit.core.parameters import Metavar, verb
from edukit.core.results import Result
from edukit.models.inputs import ModelLike, model_path
from edukit.models.loading import check_suffix

MOST_CLASSES = 12  # that are listed by name
_FOREIGN_KEY = "MODEL_INFO"  # what MMEdu writes into an ONNX file's metadata


@dataclass(frozen=True, kw_only=True)
class FileInfo(Result):
    """What ``info`` found.

    Args:
        path: The file.
        format: ``"ONNX"`` or ``"PyTorch checkpoint"``.
        size_bytes: Its size.
        card: Its model card; None if it bears none that can be read.
        file: What the file itself tells: opset, inputs, parameters, …
        foreign: What another tool wrote about it: MMEdu's ``meta`` or ``MODEL_INFO``.
        warnings: What a user should know, in sentences.
    """

    path: Path
    format: str
    size_bytes: int
    card: ModelCard | None
    file: Mapping[str, Any]
    foreign: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        return shown_alone(scrolling(facts_table(described(self.to_dict()))))


@verb
def info(path: Annotated[ModelLike, Metavar("FILE")]) -> FileInfo:
    """Tells what a model file is, without running anything in it.

    Args:
        path: A .pth or .onnx file, of edukit or from elsewhere.

    Raises:
        UnknownModelFormat: Neither of the two.
        NotACheckpoint, UnsafeCheckpoint, NotAnOnnxFile, ExternalData and others: It cannot be read safely.

    Example:
        >>> info("emoji.onnx").card.classes
        ('animal', 'building', 'face', 'food', 'tool', 'vehicle')
    """
    found = model_path(path, "path")
    check_suffix(found)
    return _of_onnx(found) if found.suffix.lower() == ".onnx" else _of_checkpoint(found)


def _of_onnx(path: Path) -> FileInfo:
    from edukit.runtime.onnx_external import check_external
    from edukit.runtime.onnx_file import card_in, read_onnx_facts

    facts = read_onnx_facts(path)
    beside = check_external(facts)
    told = facts.to_dict()
    size_bytes = told.pop("size_bytes") + beside
    told.pop("path")
    foreign, warnings = _model_info(facts.metadata.get(_FOREIGN_KEY))
    card, complaint = _card(lambda: card_in(facts))
    if facts.has_nan:
        warnings.append(t("verbs.info.nan"))
    return FileInfo(path=path, format="ONNX", size_bytes=size_bytes, card=card, file=told, foreign=foreign, warnings=(*complaint, *warnings))


def _of_checkpoint(path: Path) -> FileInfo:
    from edukit.models.checkpoint_reader import inspect_checkpoint

    inside = inspect_checkpoint(path)
    card, complaint = _card(lambda: inside.card)
    told = {
        "tensors": len(inside.shapes), "parameters": sum(math.prod(shape) for shape in inside.shapes.values()), "tensor_bytes": inside.tensor_bytes,
        "legacy": inside.legacy,
    }  # fmt: skip
    meta = inside.content.get("meta")
    foreign = dict(meta) if isinstance(meta, Mapping) else {}
    warnings = () if inside.shapes else (t("verbs.info.no_tensors"),)
    size_bytes, said = inside.size_bytes, (*complaint, *warnings)
    return FileInfo(path=path, format="PyTorch checkpoint", size_bytes=size_bytes, card=card, file=told, foreign=foreign, warnings=said)


def _card(read: Callable[[], ModelCard]) -> tuple[ModelCard | None, tuple[str, ...]]:
    try:
        return read(), ()
    except (NoCard, BadCard) as error:
        return None, (error.message,)


def _model_info(text: str | None) -> tuple[dict[str, Any], list[str]]:
    """MMEdu's metadata, read as JSON and never evaluated; what is wrong with it is a warning."""
    if text is None:
        return {}, []
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    return (dict(values), []) if isinstance(values, dict) else ({}, [t("verbs.info.bad_model_info")])


def described(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """``FileInfo.to_dict()`` as names and texts for people, in the language in use."""
    rows = [("file", str(told["path"])), ("format", f"{told['format']}, {human_size(told['size_bytes'])}")]
    if told["card"]:
        rows += _described_card(told["card"])
    if "opsets" in told["file"]:
        rows.append(("opset", ", ".join(f"{domain or 'ai.onnx'} {version}" for domain, version in told["file"]["opsets"].items())))
    rows.append(("parameters", f"{told['file']['parameters']:,}"))
    rows += [("foreign", f"{name}: {value}"[:200]) for name, value in told["foreign"].items()]
    rows += [("warning", warning) for warning in told["warnings"]]
    return [(t(f"verbs.info.{name}"), text) for name, text in rows]


def _described_card(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    names = card["class_names"].get(language(), {})
    labels = ", ".join(names.get(label) or label for label in card["classes"][:MOST_CLASSES]) + (" …" if len(card["classes"]) > MOST_CLASSES else "")
    return [
        ("backbone", card["backbone"] or "-"), ("precision", card["precision"]), ("classes", f"{len(card['classes'])}: {labels}"),
        ("input", " × ".join(str(side) for side in card["input_shape"][1:])), ("dataset", str(card["dataset"].get("name") or "-")),
        *(("metrics", f"{name} {value:.3f}") for name, value in card["metrics"].items() if isinstance(value, (int, float))),
    ]  # fmt: skip
