"""What a model file tells: its card, and what can be read off the file itself, also of one from elsewhere."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from edukit.core.card import ModelCard
from edukit.core.errors import BadCard, NoCard
from edukit.core.files import human_size
from edukit.core.html import facts_table, scrolling, shown_alone
from edukit.core.i18n import language, t, texts
from edukit.core.parameters import Metavar, verb
from edukit.core.results import Result
from edukit.models.inputs import ModelLike, model_path
from edukit.runtime.formats import format_of, inspect_model

MOST_CLASSES = 12  # that are listed by name


@dataclass(frozen=True, kw_only=True)
class FileInfo(Result):
    """What ``info`` found.

    Args:
        path: The file.
        format: The name of its format, such as ``"ONNX"``.
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
        return shown_alone(scrolling(facts_table(describe_file(self.to_dict()))))


@verb
def info(path: Annotated[ModelLike, Metavar("FILE")]) -> FileInfo:
    """Tells what a model file is, without running anything in it.

    Args:
        path: A model file, of edukit or from elsewhere.

    Raises:
        UnknownModelFormat: Its name is that of no model file.
        NotACheckpoint, UnsafeCheckpoint, NotAnOnnxFile, ExternalData and others: It cannot be read safely.

    Example:
        >>> info("emoji.onnx").card.classes
        ('animal', 'building', 'face', 'food', 'tool', 'vehicle')
    """
    file = inspect_model(model_path(path, "path"))
    card, warnings = None, file.warnings
    try:
        card = file.card
    except (NoCard, BadCard) as error:
        warnings = (error.message, *warnings)
    return FileInfo(
        path=file.path, format=format_of(file.path).name, size_bytes=file.size_bytes, card=card, file=file.facts(), foreign=file.foreign, warnings=warnings
    )


def describe_file(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """``FileInfo.to_dict()`` as names and texts for people, in the language in use."""
    key = f"verbs.info.form.{answer['format']}"
    form = t(key) if key in texts() else answer["format"]
    rows = [("file", str(answer["path"])), ("format", t("verbs.info.sized", form=form, size=human_size(answer["size_bytes"])))]
    if answer["card"]:
        rows += _describe_card(answer["card"])
    if "opsets" in answer["file"]:
        rows.append(("opset", ", ".join(f"{domain or 'ai.onnx'} {version}" for domain, version in answer["file"]["opsets"].items())))
    if "parameters" in answer["file"]:
        rows.append(("parameters", f"{answer['file']['parameters']:,}"))
    rows += [("foreign", f"{name}: {value}"[:200]) for name, value in answer["foreign"].items()]
    rows += [("warning", warning) for warning in answer["warnings"]]
    return [(t(f"verbs.info.{name}"), text) for name, text in rows]


def _describe_card(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    names = card["class_names"].get(language(), {})
    labels = t("data.comma").join(names.get(label) or label for label in card["classes"][:MOST_CLASSES]) + (" …" if len(card["classes"]) > MOST_CLASSES else "")
    return [
        ("backbone", card["backbone"] or "-"), ("precision", card["precision"]), ("classes", f"{len(card['classes'])}: {labels}"),
        ("input", " × ".join(str(side) for side in card["input_shape"][1:])), ("dataset", str(card["dataset"].get("name") or "-")),
        *(("metrics", f"{name} {value:.4g}") for name, value in card["metrics"].items() if isinstance(value, (int, float))),
    ]  # fmt: skip
