"""Writing without ever losing what a user made: whole files or none, in a place that is free or ours."""
from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from edukit.core.errors import BadSuffix, DiskFull, EdukitError, FileMissing, FileTooLarge, FileUnreadable, NotAFile, OutputExists, OutputNotWritable
from edukit.core.limits import MAX_JSON_BYTES

WINDOWS_TRIES = 20  # a second in all


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yields a temporary path beside ``path`` that takes its place when the block ends well, and vanishes when it does not.

    Raises:
        DiskFull: No room left; what was there before is unharmed.
        OutputNotWritable: The folder cannot be written.
    """
    temporary = path.parent / f".ek-{secrets.token_hex(4)}{path.suffix[:12]}"  # short: a name of 250 bytes must still save
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _replace(temporary, path)
    except EdukitError:
        raise
    except OSError as error:
        raise output_error(error, path) from error
    finally:
        _remove(temporary)


@contextmanager
def writing_folder(path: Path) -> Iterator[Path]:
    """The same for a folder; an earlier one at ``path`` goes with all that lies in it, once the new one is whole. Raises as ``writing``."""
    temporary, old = (path.parent / f".ek-{secrets.token_hex(4)}" for _ in range(2))
    try:
        temporary.mkdir(parents=True)
        yield temporary
        if path.exists():
            path.replace(old)
        temporary.replace(path)
    except EdukitError:
        raise
    except OSError as error:
        raise output_error(error, path) from error
    finally:
        if old.exists() and not path.exists():
            old.replace(path)
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _replace(temporary: Path, path: Path) -> None:
    """Puts ``temporary`` in the place of ``path``. On Windows whoever reads the old file, a virus scanner too, is in the way for a moment."""
    for _ in range(WINDOWS_TRIES if os.name == "nt" else 0):
        try:
            temporary.replace(path)
            return
        except PermissionError:
            time.sleep(0.05)
    temporary.replace(path)


def make_folder(folder: Path, *, exist_ok: bool = True) -> Path:
    """Makes a folder and those above it.

    Raises:
        OutputNotWritable, DiskFull
    """
    try:
        folder.mkdir(parents=True, exist_ok=exist_ok)
    except OSError as error:
        raise output_error(error, folder) from error
    return folder


def write_bytes(path: Path, data: bytes | memoryview) -> None:
    """Writes a whole file, or leaves what was there."""
    with writing(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Writes a whole text file as UTF-8, or leaves what was there."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """Writes strict JSON (NaN becomes null), readable and in Chinese where it is Chinese."""
    write_text(path, json_text(value, indent=1) + "\n")


def read_json(path: Path) -> Any:
    """What a small JSON file holds; None where there is none that can be read, whoever wrote it."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_JSON_BYTES:
            return None
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def read_record(path: Path) -> dict[str, Any]:
    """The object in a small JSON file; empty where there is none."""
    found = read_json(path)
    return found if isinstance(found, dict) else {}


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Strict JSON that UTF-8 can hold: a name that is no Unicode (file systems allow it) is written in escapes and reads back the same."""
    text = json.dumps(strict(value), ensure_ascii=False, indent=indent, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(strict(value), indent=indent, allow_nan=False)
    return text


def strict(value: Any) -> Any:
    """``value`` with NaN and infinity as None and paths as text, so that any JSON reader takes it."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, Mapping):
        return {str(key): strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [strict(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def output_error(error: OSError, path: Path) -> Exception:
    """What the student reads when the system refuses to write ``path``; errors that speak of no output pass through."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path=path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL):
        return OutputNotWritable(path=path, reason=os.strerror(error.errno))
    return error


def check_writable(path: Path) -> None:
    """Raises ``OutputNotWritable`` if ``path`` could not be written; leaves nothing behind."""
    _check_name(path)
    folder = Path(os.path.realpath(path.parent))  # "new/../elsewhere" is written elsewhere, though "new" is not there yet
    probe = nearest_folder(folder) / f".ek-{secrets.token_hex(4)}"
    try:
        probe.touch(exist_ok=False)
    except OSError as error:
        raise OutputNotWritable(path=path, reason=os.strerror(error.errno or 0)) from error
    finally:
        _remove(probe)


def nearest_folder(folder: Path) -> Path:
    """``folder``, or the nearest above it that is there."""
    return next((one for one in (folder, *folder.parents) if one.exists()), folder)


def _check_name(path: Path) -> None:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError) as error:  # a name too long for the system, or a null byte in it
        raise OutputNotWritable(path=path, reason=getattr(error, "strerror", None) or error) from error


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def settle_output(
    path: Path, *, suffix: str, overwrite: bool, made: Mapping[str, Any], made_of: Callable[[Path], Mapping[str, Any] | None]
) -> bool:
    """Decides about an output before any work: True if the file there may be kept as the answer, False if it is to be written.

    Args:
        path: Where the output goes.
        suffix: What its name must end in.
        overwrite: Whether the user said that it may be replaced.
        made: What makes the new output: verb, options, and the inputs' SHA-256.
        made_of: Reads the same from an existing output's card; None if it has none.

    Raises:
        BadSuffix, OutputExists, OutputNotWritable
    """
    if path.suffix.lower() != suffix:
        raise BadSuffix(path=path, wanted=suffix)
    _check_name(path)
    kept = not overwrite and (path.exists() or path.is_symlink())
    if path.is_dir() or (kept and made_of(path) != made):
        raise OutputExists(path=path)
    if not kept:
        check_writable(path)
    return kept


def user_path(path: str | os.PathLike[str], *, output: bool = False) -> Path:
    """A path as a user typed it, made absolute, ``~`` being their home.

    Raises:
        FileMissing: It begins with the home of someone who has none here; ``OutputNotWritable`` for an ``output``.
    """
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError as error:
        raise OutputNotWritable(path=path, reason=str(error)) if output else FileMissing(path=path) from error


def input_file(path: str | os.PathLike[str], *, max_bytes: int) -> Path:
    """The path of a file that can be read and is not too large.

    Raises:
        FileMissing, NotAFile, FileTooLarge, FileUnreadable
    """
    found = user_path(path)
    try:
        about = found.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a null byte
        raise FileMissing(path=found) from error
    except OSError as error:
        raise FileUnreadable(path=found, reason=error.strerror or error) from error
    if not stat.S_ISREG(about.st_mode):
        raise NotAFile(path=found)
    if about.st_size > max_bytes:
        raise FileTooLarge(path=found, found=human_size(about.st_size), limit=human_size(max_bytes))
    return found


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def size_of(folder: Path) -> int:
    """The bytes that the files of a folder take; links are not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def human_size(size_bytes: float) -> str:
    """A size as people write it: ``"3.4 MB"``."""
    for unit in ("B", "KB", "MB"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f} {unit}" if unit == "B" or size_bytes >= 100 else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.1f} GB"
