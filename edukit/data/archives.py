"""Zip files that anyone may have made, Teachable Machine's projects (.tm) among them: looked through before anything is written, then unpacked whole or not.

Names of Chinese Windows are GBK without a flag that says so; they are read as what they are. A project of Teachable Machine is a zip of pictures, in folders or
called ``class-!-0.png``.
"""
from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import unicodedata
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edukit.core.errors import BadArchive, DatasetTooLarge, EdukitError, FileTooLarge
from edukit.core.files import human_size, input_file, output_error, sha256
from edukit.core.i18n import t
from edukit.core.limits import MAX_ARCHIVE_BYTES, MAX_IMAGE_BYTES
from edukit.core.workspace import current
from edukit.data.naming import free_name, is_junk, printable, safe_name, same_name
from edukit.data.scanning import MAX_FILES

SUFFIXES = (".zip", ".tm")
_NESTED = (".zip", ".tm", ".rar", ".7z", ".gz", ".tar")
_BOMB_BYTES, _BOMB_RATIO = 500_000_000, 100  # what is larger than this and shrinks better than pictures ever do is a bomb
_DEEPEST = 12  # folders in each other; what lies deeper lies here, for systems have longest paths
CACHE_BYTES = 8_000_000_000
_FLAG_ENCRYPTED, _FLAG_UTF8 = 0x1, 0x800


@dataclass(frozen=True)
class Archive:
    """What a zip file holds, as it would be unpacked.

    Args:
        path: The file.
        names: Name inside the zip's directory, by place, to the path it gets.
        size_bytes: Of everything unpacked.
        left_out: Names that are not unpacked: links, archives in the archive, what systems left behind.
        guessed: Whether the file does not say in which encoding a name is, so that it was guessed.
    """

    path: Path
    names: dict[int, str]
    size_bytes: int
    left_out: tuple[str, ...]
    guessed: bool = False


def list_archive(path: str | os.PathLike[str]) -> Archive:
    """Looks through a zip file; nothing is unpacked.

    Raises:
        FileMissing, NotAFile, FileTooLarge, FileUnreadable
        BadArchive: It is none, is locked by a password, or a name in it leads out of its folder.
        DatasetTooLarge: It holds too many files.
    """
    found = input_file(path, max_bytes=MAX_ARCHIVE_BYTES)
    with _open_zip(found) as archive:
        return _list_entries(found, archive.infolist())


def unpack_archive(path: str | os.PathLike[str], folder: Path) -> Archive:
    """Unpacks a zip file into ``folder``, which must not be there yet: all or nothing. Raises as ``list_archive``, and ``DiskFull``."""
    found = list_archive(path)
    temporary = folder.parent / f".ek-{secrets.token_hex(4)}"
    try:
        temporary.mkdir(parents=True)
        with _open_zip(found.path) as archive:
            infos = archive.infolist()
            for place, name in found.names.items():
                target = temporary / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(infos[place]) as stream, target.open("xb") as out:
                    shutil.copyfileobj(stream, out, 1 << 20)
        temporary.replace(folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError) as error:
        raise BadArchive(path=printable(found.path), reason=t("data.archive.damaged")) from error
    except OSError as error:
        raise error if isinstance(error, EdukitError) else output_error(error, folder) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return found


def unpack_into_cache(path: Path) -> Path:
    """The folder in the cache that holds the dataset of the zip file. Raises as ``unpack_archive``."""
    found = input_file(path, max_bytes=MAX_ARCHIVE_BYTES)
    key = sha256(found)[:16]
    cache = current().cache / "archives"
    folder = cache / key / safe_name(found.stem)
    if not folder.is_dir():
        _make_room(cache, list_archive(found).size_bytes)
        unpack_archive(found, folder)
    os.utime(folder.parent)
    return _root(folder)


def _make_room(cache: Path, wanted_bytes: int) -> None:
    """Lets go of what was not used for longest."""
    kept = sorted((path for path in cache.glob("*") if path.is_dir()), key=lambda path: path.stat().st_mtime)
    sizes = {path: sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) for path in kept}
    for path in kept:
        if sum(sizes.values()) + wanted_bytes <= CACHE_BYTES:
            return
        shutil.rmtree(path, ignore_errors=True)
        del sizes[path]


def _root(folder: Path) -> Path:
    """The dataset's own folder: many zips hold one folder that holds everything."""
    inside = [path for path in folder.iterdir() if path.is_dir()]
    files = [path for path in folder.iterdir() if path.is_file()]
    if len(inside) == 1 and not files and any(path.is_dir() for path in inside[0].iterdir()):
        return inside[0]
    return folder


def _open_zip(path: Path) -> zipfile.ZipFile:
    """Names without the UTF-8 flag are in one encoding for the whole zip, as one program wrote them: UTF-8, or that of Chinese Windows."""
    try:
        with suppress(UnicodeDecodeError):
            archive = zipfile.ZipFile(path, metadata_encoding="utf-8")
            if not _looks_like_gbk([info.orig_filename for info in archive.infolist() if not info.flag_bits & _FLAG_UTF8]):
                return archive
            archive.close()
        with suppress(UnicodeDecodeError):
            return zipfile.ZipFile(path, metadata_encoding="gb18030")
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, OverflowError) as error:
        raise BadArchive(path=printable(path), reason=t("data.archive.none")) from error


def _looks_like_gbk(names: list[str]) -> bool:
    """A few Chinese words in GBK are valid UTF-8 as well: letters of two alphabets in one word, which nobody writes."""
    words = [word for name in names for word in re.split(r"[\W\d_]+", name)]
    mixed = any(len({unicodedata.name(sign, "").split(" ")[0] for sign in word if ord(sign) > 127}) > 1 for word in words)
    return mixed and not any(sign > "\u2e80" for name in names for sign in name)


def _list_entries(path: Path, infos: list[zipfile.ZipInfo]) -> Archive:
    if len(infos) > MAX_FILES:
        raise DatasetTooLarge(path=printable(path), limit=f"{MAX_FILES:,}")
    names: dict[int, str] = {}
    left_out: list[str] = []
    folders: dict[str, tuple[str, set[str]]] = {"": ("", set())}
    for place, info in enumerate(infos):
        if info.is_dir():
            continue
        if info.flag_bits & _FLAG_ENCRYPTED:
            raise BadArchive(path=printable(path), reason=t("data.archive.locked"))
        if info.file_size > MAX_IMAGE_BYTES:
            raise FileTooLarge(path=printable(path), found=human_size(info.file_size), limit=human_size(MAX_IMAGE_BYTES))
        name = info.orig_filename
        parts = _parts(name, path)
        link = stat.S_ISLNK(info.external_attr >> 16)
        if link or any(is_junk(part) for part in parts) or parts[-1].lower().endswith(_NESTED):
            left_out.append(name)
        else:
            names[place] = _place(parts, folders)
    size = sum(infos[place].file_size for place in names)
    most = min(MAX_ARCHIVE_BYTES, max(_BOMB_BYTES, _BOMB_RATIO * path.stat().st_size))
    if size > most:
        raise FileTooLarge(path=printable(path), found=t("data.archive.unpacked", size=human_size(size)), limit=human_size(most))
    guessed = any(not infos[place].flag_bits & _FLAG_UTF8 and not infos[place].orig_filename.isascii() for place in names)
    return Archive(path, names, size, tuple(left_out), guessed)


def _parts(name: str, path: Path) -> list[str]:
    """The folders and the file of a name. Raises ``BadArchive`` where it leads elsewhere."""
    name = name.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or name[1:2] == ":" or "\0" in name or not parts:
        raise BadArchive(path=printable(path), reason=t("data.archive.unsafe", name=printable(name)[:80]))
    if len(parts) == 1 and "-!-" in parts[0]:  # Teachable Machine
        label, _, file = parts[0].partition("-!-")
        return [label or "_", file or "_"]
    return parts


def _place(parts: list[str], folders: dict[str, tuple[str, set[str]]]) -> str:
    """A path that every system takes; folders that differ by case or spelling alone are one, files get a number."""
    key = ""
    for part in parts[:-1][:_DEEPEST]:
        parent, safe = folders[key][0], safe_name(part)
        key = f"{key}/{same_name(safe)}"
        if key not in folders:
            folders[key] = (f"{parent}{free_name(safe, folders[key.rpartition('/')[0]][1])}/", set())
    folder, taken = folders[key]
    return folder + free_name(safe_name(parts[-1]), taken)
