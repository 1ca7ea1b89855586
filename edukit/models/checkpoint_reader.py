"""Looking into a checkpoint (.pth) before PyTorch may: how much it would take, what it asks for, and what its card says. Needs no torch."""
from __future__ import annotations

import io
import math
import os
import re
import zipfile
import zlib
from collections.abc import Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

from edukit.core.card import METADATA_KEY
from edukit.core.errors import BadCard, EdukitError, EmptyFile, FileUnreadable, ModelTooLarge, NotACheckpoint, UnsafeCheckpoint
from edukit.core.files import human_size, input_file
from edukit.core.i18n import t
from edukit.core.limits import MAX_CHECKPOINT_ENTRIES, MAX_MODEL_BYTES
from edukit.models.checkpoint_file import CheckpointFile
from edukit.models.mmedu import our_names
from edukit.models.pickle_reader import SCALARS, Call, Name, PickleBroken, PickleReader, Storage, item_type, scalar_in

MAX_LIST_BYTES = 16_000_000   # the pickle that lists the tensors; 20,000 of them take 4 MB
MAX_PLAIN_VALUES = 200_000    # a card or a log, written out
PARALLEL = "module."
_LEGACY_START = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
_ITEM_BYTES = {
    "Float": 4, "Double": 8, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1, "Bool": 1,
}  # fmt: skip
_STORAGES = {f"torch.{kind}Storage": size for kind, size in _ITEM_BYTES.items()}
_TENSORS = ("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor")
_CALLS = {*_TENSORS, "torch._utils._rebuild_parameter", "collections.OrderedDict", "torch.Size", "torch.device", "_codecs.encode"}
_CALLS |= {*SCALARS, "numpy.dtype"}
_MODULES = r"(torch\.nn\.modules|torchvision\.models|timm\.models)\..+"
_HARMLESS = (  # no weights, and PyTorch would not read them, but neither do they run anything
    r"(builtins|__builtin__)\.(set|frozenset|slice|complex|range|object)|collections\.(Counter|defaultdict|deque)|argparse\.Namespace|"
    r"pathlib\.\w*Path|datetime\.\w+|numpy(\._?core)?\.(ndarray|multiarray\._reconstruct)|copyreg?\._reconstructor"
)
_DTYPES = r"torch\.(float(16|32|64)|bfloat16|int(8|16|32|64)|uint8|bool)"


def inspect_checkpoint(path: Path) -> CheckpointFile:
    """What a checkpoint holds, read without torch and without running anything in it.

    Raises:
        NotACheckpoint: Broken, or something else.
        UnsafeCheckpoint: It asks for what weights do not need.
        ModelTooLarge: Its tensors take more than the limit.
        FileMissing, NotAFile, EmptyFile, FileTooLarge, FileUnreadable
    """
    found = input_file(path, max_bytes=MAX_MODEL_BYTES)
    try:
        with found.open("rb") as stream:
            start = stream.read(len(_LEGACY_START))
            if not start:
                raise EmptyFile(path=found)
            stream.seek(0)
            if start.startswith(b"PK\x03\x04"):
                return _inspect_zip(found, stream)
            return _inspect_legacy(found, stream, known=start == _LEGACY_START)
    except PermissionError as error:
        raise FileUnreadable(path=found, reason=error.strerror) from error


def _inspect_zip(path: Path, stream: BinaryIO) -> CheckpointFile:
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_end(path, stream, archive)
            sizes = entry_sizes(path, archive)
            prefix = next(iter(sizes)).split("/")[0]
            if f"{prefix}/constants.pkl" in sizes or any(name.startswith(f"{prefix}/code/") for name in sizes):
                raise NotACheckpoint(path=path, reason=t("models.file.torchscript"))
            if f"{prefix}/data.pkl" not in sizes:
                raise NotACheckpoint(path=path, reason=t("models.file.no_pickle"))
            if sizes[f"{prefix}/data.pkl"] > MAX_LIST_BYTES:
                raise ModelTooLarge(path=path, found=human_size(sizes[f"{prefix}/data.pkl"]), limit=human_size(MAX_LIST_BYTES))
            reader = PickleReader()
            value = _read_pickle(path, reader, io.BytesIO(archive.read(f"{prefix}/data.pkl")))
    except EdukitError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, StopIteration, OverflowError) as error:
        raise NotACheckpoint(path=path, reason=t("models.file.broken_zip")) from error
    for storage in reader.storages:
        key, size = check_storage(path, storage)
        if sizes.get(f"{prefix}/data/{key}") != size:
            raise _bad_tensor(path, f"data/{key}")
    return _checkpoint_file(path, value, reader, legacy=False)


def _check_end(path: Path, stream: BinaryIO, archive: zipfile.ZipFile) -> None:
    """A second directory hidden in the archive would show PyTorch's reader other files than Python's."""
    stream.seek(-22, os.SEEK_END)
    end = stream.read()
    if end[:4] != b"PK\x05\x06" or int.from_bytes(end[16:20], "little") not in (archive.start_dir, 0xFFFFFFFF):
        raise NotACheckpoint(path=path, reason=t("models.file.broken_zip"))


def entry_sizes(path: Path, archive: zipfile.ZipFile) -> dict[str, int]:
    """Declared sizes by name, once they are known to be bearable. A 3 MB file can unpack to 3 GB."""
    entries = archive.infolist()
    if len(entries) > MAX_CHECKPOINT_ENTRIES:
        raise NotACheckpoint(path=path, reason=t("models.file.too_many", found=len(entries)))
    total = sum(entry.file_size for entry in entries)
    if total > MAX_MODEL_BYTES:
        raise ModelTooLarge(path=path, found=human_size(total), limit=human_size(MAX_MODEL_BYTES))
    seen: set[str] = set()
    for entry in entries:
        if entry.filename.lower() in seen:  # PyTorch's reader knows no case, and might take the other one
            raise NotACheckpoint(path=path, reason=t("models.file.duplicate", name=entry.filename))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotACheckpoint(path=path, reason=t("models.file.broken_zip"))
        seen.add(entry.filename.lower())
    return {entry.filename: entry.file_size for entry in entries}


def _inspect_legacy(path: Path, stream: BufferedReader, *, known: bool) -> CheckpointFile:
    reader = PickleReader()
    size = path.stat().st_size
    if not known:
        for _ in range(4 if stream.peek(1)[:1] == b"\x80" else 0):  # other pickles: worth telling when they are dangerous
            _read_pickle(path, reader, stream)
        raise NotACheckpoint(path=path, reason=t("models.file.not_zip"))
    for _ in ("magic number", "protocol", "system"):
        _read_pickle(path, reader, stream)
    value = _read_pickle(path, reader, stream)
    _read_pickle(path, reader, stream)
    storages = dict(check_storage(path, storage) for storage in reader.storages)
    if sum(storages.values()) > size:
        raise _bad_tensor(path, human_size(sum(storages.values())))
    return _checkpoint_file(path, value, reader, legacy=True)


def _read_pickle(path: Path, reader: PickleReader, stream: BinaryIO) -> Any:
    broken: PickleBroken | None = None
    value = None
    try:
        value = reader.load_from(stream)
    except PickleBroken as error:
        broken = error
    unknown = sorted(name for name in reader.names if name not in _CALLS and name not in _STORAGES and not re.fullmatch(_DTYPES, name))
    for name in unknown:
        if not re.fullmatch(f"{_HARMLESS}|{_MODULES}", name):
            whole = any(re.fullmatch(_MODULES, other) for other in unknown)  # a network of a student's own class, saved with its class
            raise UnsafeCheckpoint(path=path, reason=t("models.file.whole" if whole else "models.file.asks_for", name=name[:120]))
    if unknown:
        unknown.sort(key=lambda name: not re.fullmatch(_MODULES, name))
        raise NotACheckpoint(path=path, reason=t("models.file.whole" if re.fullmatch(_MODULES, unknown[0]) else "models.file.holds", name=unknown[0][:120]))
    if broken:
        raise NotACheckpoint(path=path, reason=t("models.file.list_broken", detail=broken)) from broken
    return value


def _checkpoint_file(path: Path, value: Any, reader: PickleReader, *, legacy: bool) -> CheckpointFile:
    total = sum(_check_call(path, call) for call in reader.calls)
    if total > MAX_MODEL_BYTES:
        raise ModelTooLarge(path=path, found=human_size(total), limit=human_size(MAX_MODEL_BYTES))
    top = mapping_of(value)
    if top is None:
        raise NotACheckpoint(path=path, reason=t("models.file.no_state"))
    state = mapping_of(top.get("state_dict"))
    shapes = {str(name): shape for name, item in (top if state is None else state).items() if (shape := _shape(item)) is not None}
    content = {name: _PlainCopier(path).value(top[name]) for name in (METADATA_KEY, "meta") if name in top}
    shapes = without_prefix(shapes)
    layout, renames = our_names(shapes)
    return CheckpointFile(
        path=path, size_bytes=path.stat().st_size, tensor_bytes=total, shapes={renames.get(name, name): shape for name, shape in shapes.items()},
        content=content, legacy=legacy, renames=renames, layout=layout,
    )  # fmt: skip


def without_prefix(state: Mapping[str, Any]) -> dict[str, Any]:
    """The names without the ``module.`` that DataParallel puts before every one of them.

    Example:
        >>> without_prefix({"module.weight": 1, "module.bias": 2})
        {'weight': 1, 'bias': 2}
    """
    all_have = bool(state) and all(name.startswith(PARALLEL) for name in state)
    return {name.removeprefix(PARALLEL) if all_have else name: value for name, value in state.items()}


def _check_call(path: Path, call: Call) -> int:
    """Checks what a call would make, and says how many bytes a tensor of it would fill."""
    name = call.function.path if isinstance(call.function, Name) else "?"
    arguments = call.arguments if isinstance(call.arguments, tuple) else ()
    if name == "collections.OrderedDict":
        good = not arguments and (call.state is None or isinstance(call.state, dict))
    elif name == "numpy.dtype":
        good = item_type(call) is not None
    else:
        good = name in _CALLS and not call.items and call.state is None and (name not in SCALARS or scalar_in(call) is not None)
        good = good and (name != "_codecs.encode" or arguments[1:] == ("latin1",))  # how bytes are written; other codecs can take minutes
    if not good:
        raise _bad_tensor(path, name)
    return _check_tensor(path, arguments) if name in _TENSORS else 0


def _check_tensor(path: Path, arguments: tuple[Any, ...]) -> int:
    try:
        storage, offset, shape, strides = arguments[:4]
        good = all(type(n) is int and n >= 0 for n in (offset, *shape, *strides)) and len(shape) == len(strides)
        last = offset + sum((side - 1) * stride for side, stride in zip(shape, strides)) if all(shape) else offset - 1
    except (TypeError, ValueError) as error:
        raise _bad_tensor(path, "?") from error
    kind, _, item_bytes, numel = _storage(path, storage)
    if not good or last >= numel:
        raise _bad_tensor(path, f"{kind} {shape}"[:80])
    return int(math.prod(shape) * item_bytes)


def _storage(path: Path, storage: Any) -> tuple[str, str, int, int]:
    """Type, key, bytes an element, and number of elements of a storage."""
    try:
        word, kind, key, _, numel = storage.key[:5]
        good = word == "storage" and kind.path in _STORAGES and isinstance(key, str) and type(numel) is int and numel >= 0
    except (TypeError, ValueError, AttributeError):
        good = False
    if not good:
        raise _bad_tensor(path, "?")
    return kind.path, key, _STORAGES[kind.path], numel


def check_storage(path: Path, storage: Storage) -> tuple[str, int]:
    """Key and bytes of a storage. Raises ``NotACheckpoint``."""
    _, key, item_bytes, numel = _storage(path, storage)
    return key, item_bytes * numel


def _shape(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, Call) or not isinstance(value.function, Name):
        return None
    if value.function.path == "torch._utils._rebuild_parameter":
        return _shape(value.arguments[0]) if value.arguments else None
    return tuple(value.arguments[2]) if value.function.path in _TENSORS else None


def mapping_of(value: Any) -> dict[Any, Any] | None:
    """The items of a dictionary, ordered or not; None for anything else."""
    if isinstance(value, Call) and isinstance(value.function, Name) and value.function.path == "collections.OrderedDict":
        return value.items
    return value if isinstance(value, dict) else None


def _bad_tensor(path: Path, detail: str) -> EdukitError:
    return NotACheckpoint(path=path, reason=t("models.file.tensor", detail=detail))


class _PlainCopier:
    """Copies plain values; a list that holds itself, or one twice in each of forty lists, must not fill the memory."""

    def __init__(self, path: Path) -> None:
        self.path, self.left = path, MAX_PLAIN_VALUES

    def value(self, value: Any, depth: int = 0) -> Any:
        self.left -= 1
        if self.left < 0 or depth > 20:
            raise BadCard(path=self.path, field=METADATA_KEY, found="…")
        mapping = mapping_of(value)
        if mapping is not None:
            return {str(key): self.value(item, depth + 1) for key, item in mapping.items()}
        if isinstance(value, Call) and isinstance(value.function, Name) and value.function.path in SCALARS:
            return scalar_in(value)
        if isinstance(value, (list, tuple)):
            return [self.value(item, depth + 1) for item in value]
        return value if isinstance(value, (str, int, float, type(None))) else f"<{type(value).__name__}>"
