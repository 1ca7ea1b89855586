"""A model that a runtime keeps in a folder: a file with the graph, one with the weights, and our card beside them."""
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import ParseError

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import BadModelFolder, ExternalData, ModelTooLarge
from edukit.core.files import human_size, input_file
from edukit.core.i18n import t
from edukit.core.limits import MAX_GRAPH_BYTES, MAX_JSON_BYTES, MAX_MODEL_BYTES
from edukit.runtime.model_file import GraphFile
from edukit.runtime.wire import MalformedError

CARD = "card.json"


class FolderFile(GraphFile):
    """A model in several files; ``path`` is the one with the graph."""

    @property
    def weights(self) -> Path:
        """The file with the weights."""
        return self.path.with_suffix(".bin")

    def own_card(self) -> ModelCard | None:
        """The card beside it; None if there is none."""
        found = self.path.parent / CARD
        if not found.exists():
            return None
        return ModelCard.from_json(input_file(found, max_bytes=MAX_JSON_BYTES).read_text(encoding="utf-8", errors="replace"), path=found)


class UnknownLayerError(ValueError):
    """A layer of a kind that no network of ours has; the argument is the kind."""


@contextmanager
def malformed_as(found: Path, form: str) -> Iterator[None]:
    """Raises ``BadModelFolder`` for whatever is wrong with the text of a graph."""
    try:
        yield
    except MalformedError as error:
        raise BadModelFolder(path=found, form=form, reason=t(str(error))) from None
    except UnknownLayerError as error:
        raise BadModelFolder(path=found, form=form, reason=t("runtime.unknown_operator", name=error)) from None
    except (ParseError, ValueError, LookupError, OverflowError) as error:
        raise BadModelFolder(path=found, form=form, reason=" ".join(str(error).split())[:120]) from None


def open_folder(path: str | os.PathLike[str], form: str) -> tuple[Path, bytes, memoryview]:
    """The file with the graph, its bytes, and the weights beside it as bytes that are read when they are looked at.

    Raises:
        FileMissing, NotAFile, FileTooLarge, FileUnreadable
        ExternalData: The weights are a link, or none.
        ModelTooLarge
    """
    found = input_file(path, max_bytes=MAX_GRAPH_BYTES)
    weights = found.with_suffix(".bin")
    if weights.is_symlink() or not weights.is_file():
        raise ExternalData(path=found, name=weights.name)
    if (size := weights.stat().st_size) > MAX_MODEL_BYTES:
        raise ModelTooLarge(path=found, found=human_size(size), limit=human_size(MAX_MODEL_BYTES))
    try:
        return found, found.read_bytes(), memoryview(np.memmap(weights, np.uint8, "r").data) if size else memoryview(b"")
    except OSError as error:
        raise BadModelFolder(path=found, form=form, reason=error.strerror or error) from error
