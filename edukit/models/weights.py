"""Where ImageNet weights come from: an installed package, torch's own cache on this machine, or a download that was asked for."""
from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from edukit.core.downloads import fetch_file
from edukit.core.errors import DownloadFailed, WeightsUnavailable
from edukit.core.events import Reporter
from edukit.core.files import check_writable, make_folder
from edukit.core.i18n import t
from edukit.core.limits import MAX_MODEL_BYTES
from edukit.core.packages import imported
from edukit.models.backbones import Backbone, Weights
from edukit.models.checkpoint_reader import inspect_checkpoint, without_prefix

_HASH = re.compile(r"-([0-9a-f]{8,})\.")  # torch's way: a name ends in the first digits of the file's SHA-256


def find_weights(backbone: Backbone, *, ask: bool, reporter: Reporter) -> Path | None:
    """The file with the ImageNet weights of ``backbone``; says where it comes from.

    Args:
        backbone: Whose weights.
        ask: Whether they are wanted at any cost: then they are downloaded, and it is an error if that fails.
        reporter: Told what is used, and how the download goes.

    Returns:
        The file, or None if there is none on this machine and it was not asked for.

    Raises:
        WeightsUnavailable: They were asked for and cannot be had.
        Stopped: The user stopped the download.
    """
    path = weights_on_this_machine(backbone)
    if path is None and ask:
        path = _download(backbone, reporter)
    if backbone.weights:
        reporter.message(t("models.weights.used" if path else "models.weights.absent", name=backbone.name))
    return path


def weights_on_this_machine(backbone: Backbone) -> Path | None:
    """The weights' file if it is here already; nothing is fetched."""
    weights = backbone.weights
    if weights is None:
        return None
    if weights.package:
        module, _, rest = weights.file.partition("/")
        spec = find_spec(module)
        path = Path(spec.origin).parent / rest if spec and spec.origin else None
    else:
        path = cache_folder() / _file_name(_url(weights))
    return path if path and path.is_file() else None


def read_weights(path: Path) -> dict[str, Any]:
    """The tensors of a weights file, in its order, read as carefully as any checkpoint."""
    import torch

    inspect_checkpoint(path)
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    inner = content.get("state_dict")
    state = inner if isinstance(inner, dict) else content
    return without_prefix({name: value for name, value in state.items() if isinstance(value, torch.Tensor)})


def cache_folder() -> Path:
    """Where torch itself keeps downloaded weights, so that neither fetches what the other has."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("TORCH_HOME") or Path(cache) / "torch").expanduser() / "hub" / "checkpoints"


def _url(weights: Weights) -> str:
    base, url = os.environ.get("EDUKIT_WEIGHTS_URL"), _official_url(weights)
    return f"{base.rstrip('/')}/{_file_name(url)}" if base else url


def _official_url(weights: Weights) -> str:
    entry = imported("timm.models").get_pretrained_cfg(weights.timm) if weights.timm else imported("torchvision.models").get_weight(weights.torchvision)
    url: str = entry.url
    return url


def _file_name(url: str) -> str:
    return url.rsplit("/", 1)[-1]


def _download(backbone: Backbone, reporter: Reporter) -> Path:
    weights = backbone.weights
    if weights is None:
        raise WeightsUnavailable(name=backbone.name, reason=t("models.weights.none_exist"))
    if weights.package:
        raise WeightsUnavailable(name=backbone.name, reason=t("models.weights.package", package=weights.package))
    url = _url(weights)
    target = cache_folder() / _file_name(url)
    reporter.message(t("models.weights.fetching", name=backbone.name, url=url))
    check_writable(target)
    with TemporaryDirectory(prefix=".ek-", dir=make_folder(target.parent)) as folder:  # several may fetch the same file at once
        try:
            fetched = fetch_file([url], Path(folder) / target.name, digest=_hash_in(target.name), reporter=reporter, max_bytes=MAX_MODEL_BYTES)
        except DownloadFailed as error:
            raise WeightsUnavailable(name=backbone.name, reason=f"{url}: {error.found['reason']}") from error
        return fetched.replace(target)


def _hash_in(name: str) -> str:
    found = _HASH.search(name)
    return found[1] if found else ""
