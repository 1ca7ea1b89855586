"""Checkpoints that BaseNN 2.0 itself wrote: whole pickled networks. Their layers and numbers are read as data; nothing in them is built or run."""
from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.card import ModelCard
from edukit.core.errors import EdukitError, NotACheckpoint
from edukit.core.files import user_path
from edukit.core.i18n import t
from edukit.core.preprocess import Preprocess
from edukit.core.workspace import current
from edukit.models.checkpoint import save_checkpoint
from edukit.models.checkpoint_reader import MAX_LIST_BYTES, check_storage, entry_sizes, inspect_checkpoint, mapping_of
from edukit.models.layers import build_layers
from edukit.models.pickle_reader import Call, Name, PickleBroken, PickleReader
from edukit.xedu.table import TABLE

_KINDS = {"torch.FloatStorage": "<f4", "torch.DoubleStorage": "<f8", "torch.LongStorage": "<i8"}
_LAYERS = {"Linear": "linear", "Dropout": "dropout", "BatchNorm1d": "batchnorm1d"}
_ACTIVATIONS = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softmax": "softmax", "LeakyReLU": "leakyrelu0.2"}
_VALUES = {"in_features": "size", "out_features": "size", "num_features": "size", "p": "p"}


def ours(checkpoint: Any) -> Path:
    """The path of a checkpoint that edukit can read: the given one, or what was made of one of BaseNN's for tables, kept in the cache.

    Raises:
        NotACheckpoint: A network of BaseNN's with layers that edukit does not have, or for pictures.
        UnsafeCheckpoint, and what ``inspect_checkpoint`` raises, for any other file.
    """
    path = user_path(checkpoint)
    try:
        inspect_checkpoint(path)
    except EdukitError:
        top, archive = _top(path)
        if top is None:
            raise
        return _rewritten(path, top, archive)
    return path


def _top(path: Path) -> tuple[dict[Any, Any] | None, Mapping[str, bytes]]:
    """The dictionary that BaseNN saves, as plain data, and the numbers in the archive; None for any other file."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = entry_sizes(path, archive)
            lists = [name for name in sizes if name.count("/") == 1 and name.endswith("/data.pkl")]
            if len(lists) != 1 or sizes[lists[0]] > MAX_LIST_BYTES:
                return None, {}
            reader = PickleReader()
            top = reader.load_from(io.BytesIO(archive.read(lists[0])))
            if not isinstance(top, dict) or not isinstance(top.get("meta"), dict) or top["meta"].get("tool") != "BaseNN":
                return None, {}
            keys = [check_storage(path, storage) for storage in reader.storages]
            return top, {key: archive.read(lists[0].replace("data.pkl", f"data/{key}")) for key, size in keys}
    except (OSError, zipfile.BadZipFile, KeyError, PickleBroken, EdukitError):
        return None, {}


def _rewritten(path: Path, top: Mapping[str, Any], numbers: Mapping[str, bytes]) -> Path:
    import torch

    layers: list[dict[str, Any]] = []
    arrays: list[Any] = []
    try:
        if top["meta"].get("dataset_type") == "img":
            raise NotACheckpoint(path=path, reason=t("xedu.basenn_pictures"))
        for module in (mapping_of(top["state_dict"].state["_modules"]) or {}).values():
            _take(module, layers)
            held = [mapping_of(module.state[part]) or {} for part in ("_parameters", "_buffers")]
            arrays += [_array(value, numbers) for one in held for value in one.values() if value is not None]
        network = build_layers(layers)
        network.load_state_dict({name: torch.from_numpy(array) for name, array in zip(network.state_dict(), arrays, strict=True)})
    except (KeyError, AttributeError, TypeError, ValueError, RuntimeError, IndexError) as error:
        if isinstance(error, NotACheckpoint):
            raise
        raise NotACheckpoint(path=path, reason=t("xedu.basenn_layers", name=str(error).split("\n")[0][:60])) from error
    outputs, told = [one["size"][1] for one in layers if one["layer"] == "linear"][-1], mapping_of(top["meta"]) or {}
    names = told.get("CLASSES")
    kind = "reg" if outputs == 1 else "cls"
    classes = tuple(map(str, names if isinstance(names, list) and len(names) == outputs else range(outputs))) if kind == "cls" else ()
    card = ModelCard(task=TABLE, network={"builder": "layers", "backbone": "BaseNN", "layers": layers}, classes=classes, preprocess=Preprocess(),
                     notes={"kind": kind, "written_by": "BaseNN"})  # fmt: skip
    target = current().cache / "basenn" / f"{path.stem}-{path.stat().st_mtime_ns}-{path.stat().st_size}.pth"
    target.parent.mkdir(parents=True, exist_ok=True)
    save_checkpoint(target, network.eval(), card)
    return target


def _take(module: Any, layers: list[dict[str, Any]]) -> None:
    """Adds one pickled layer to ``layers``; an activation belongs to the layer before it, BaseNN's Reshape is made anew."""
    home, _, name = (module.function.path if isinstance(module, Call) and isinstance(module.function, Name) else "").rpartition(".")
    if (home, name) == ("BaseNN.BaseNN", "Reshape"):
        return
    if not home.startswith("torch.nn.modules.") or name not in {*_LAYERS, *_ACTIVATIONS}:
        raise ValueError(f"{home}.{name}")
    if name in _ACTIVATIONS:
        layers[-1]["activation"] = _ACTIVATIONS[name]
        return
    one: dict[str, Any] = {"layer": _LAYERS[name]}
    for word, key in _VALUES.items():
        if word in module.state:
            one[key] = [*one.get(key, []), module.state[word]] if key == "size" else module.state[word]
    layers.append(one)


def _array(value: Any, numbers: Mapping[str, bytes]) -> Any:
    """The numbers of a pickled tensor or parameter."""
    if value.function.path == "torch._utils._rebuild_parameter":
        value = value.arguments[0]
    storage, offset, shape, strides = value.arguments[:4]
    flat = np.frombuffer(numbers[storage.key[2]], _KINDS[storage.key[1].path])
    count = int(np.prod(shape, dtype=np.int64))
    steps = tuple(int(np.prod(shape[place + 1 :], dtype=np.int64)) for place in range(len(shape)))
    if tuple(strides) != steps or offset + count > len(flat):
        raise ValueError("strides")
    return flat[offset : offset + count].reshape(shape).copy()
