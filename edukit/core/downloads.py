"""Files of known contents from the internet: with progress, gone on with where the line broke off, and used only if every byte is right."""
from __future__ import annotations

import http.client
import socket
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from edukit.core.errors import DownloadFailed, EdukitError
from edukit.core.events import Reporter
from edukit.core.files import human_size, output_error, sha256
from edukit.core.i18n import t
from edukit.core.limits import MAX_ARCHIVE_BYTES

TIMEOUT_SECONDS = 20
_CHUNK_BYTES = 1 << 18


def fetch_file(urls: Sequence[str], target: Path, *, digest: str, reporter: Reporter, size: int = 0, max_bytes: int = MAX_ARCHIVE_BYTES) -> Path:
    """Fetches a file unless it is there; what came before a break lies in ``<name>.part`` and is gone on with, now or at the next call.

    Args:
        urls: Where it is to be had; the next one is tried where nothing more comes from one.
        target: The file to write.
        digest: The SHA-256, or its first digits.
        size: Its bytes; 0: the server is asked.
        max_bytes: What is larger is not fetched.
        reporter: Told the bytes that are here, and asked whether to stop.

    Raises:
        DownloadFailed: It cannot be had, or its contents are others.
        DiskFull, OutputNotWritable
        Stopped: The part that is here is kept.
    """
    if target.is_file() and sha256(target).startswith(digest):
        return target
    part, left, reason = target.with_name(f"{target.name}.part"), list(urls), ""
    doubtful = _bytes_in(part) > 0  # what an earlier call left may be a page of the school's network
    while left:
        before = _bytes_in(part)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            size = size or _size_of(left[0], max_bytes)
            if before < size:
                _append(left[0], part, size, reporter)
            reason = t("downloads.broke_off", done=_bytes_in(part), size=size)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = _reason(error, part)
        if 0 < size <= _bytes_in(part):
            if sha256(part).startswith(digest):
                part.replace(target)
                return target
            part.unlink()
            reason = t("downloads.other_contents")
            if doubtful:  # all of it once more
                doubtful = False
                continue
        if _bytes_in(part) <= before:  # nothing more comes from there
            left.pop(0)
    raise DownloadFailed(url=urls[-1], reason=reason, name=target.name, folder=target.parent)


def _size_of(url: str, max_bytes: int) -> int:
    """What the server says. Raises ``ValueError`` where it says none, or too much."""
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
        size = int(answer.headers.get("Content-Length") or 0)
    if not 0 < size <= max_bytes:
        raise ValueError(t("downloads.size", size=human_size(size), limit=human_size(max_bytes)))
    return size


def _append(url: str, part: Path, size: int, reporter: Reporter) -> None:
    """Adds to ``part`` what it lacks; a server that cannot begin in the middle sends all of it again."""
    done = _bytes_in(part)
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        done = done if answer.status == http.client.PARTIAL_CONTENT else 0
        with part.open("ab" if done else "wb") as stream:
            while done <= size and (piece := answer.read(_CHUNK_BYTES)):
                reporter.check()
                stream.write(piece)
                done += len(piece)
                reporter.progress(done, size, "byte", step=part.stem)


def _bytes_in(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _reason(error: Exception, part: Path) -> str:
    """What to tell of a failed try. Raises where it was the disk that failed."""
    if isinstance(error, EdukitError):
        raise error
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    if isinstance(error, OSError) and isinstance(wrong := output_error(error, part), EdukitError):
        raise wrong from error
    reason = getattr(error, "reason", error)
    return t("downloads.offline") if isinstance(reason, socket.gaierror) else " ".join(str(reason).split())[:200]
