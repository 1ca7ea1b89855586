"""Files between page and kernel in parts, each below what a server takes as one message."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edukit.core.errors import FileTooLarge
from edukit.core.files import human_size
from edukit.core.i18n import t, texts

if TYPE_CHECKING:
    from edukit.widgets.work import Work

PART_BYTES = 1_000_000


class Upload:
    """Puts the parts of a file together as they come."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def take(self, content: Mapping[str, Any], buffers: list[bytes], limit: int) -> bytes | None:
        """The whole file with its last part, before that None.

        Args:
            content: ``{"name", "part", "parts"}``, and ``"size"`` where the page tells it beforehand.
            buffers: The part's bytes.
            limit: Most bytes of the whole.

        Raises:
            FileTooLarge
        """
        self._parts = buffers if content["part"] == 0 else [*self._parts, *buffers]
        size = max(int(content.get("size") or 0), sum(map(len, self._parts)))
        if size > limit:
            self._parts = []
            raise FileTooLarge(path=content["name"], found=human_size(size), limit=human_size(limit))
        if content["part"] < content["parts"] - 1:
            return None
        data, self._parts = b"".join(self._parts), []
        return data


def send_file(send: Callable[[dict[str, Any], list[bytes]], object], path: Path, name: str = "") -> None:
    """Hands a file to the page, which saves it as a download under ``name``, by default its own."""
    parts = max(1, -(-path.stat().st_size // PART_BYTES))
    with path.open("rb") as stream:
        for part in range(parts):
            send({"download": name or path.name, "part": part, "parts": parts}, [stream.read(PART_BYTES)])


def expiry(work: Work) -> str:
    """After how long untouched the class server deletes what is made here; empty where it stays."""
    return t("classroom.expires", days=work.workspace.expire_days) if work.workspace.expire_days else ""


def picture_words() -> dict[str, str]:
    """The words of the Studio, its camera and its drawing pad, by their keys; those that say a number are not among them."""
    return {key.removeprefix("studio."): t(key) for key, said in texts().items() if key.startswith("studio.") and "{" not in said["en"]}
