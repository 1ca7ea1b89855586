"""Which PyTorch suits this machine, so that nobody downloads gigabytes of CUDA for a computer without an NVIDIA GPU."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from edukit.core.i18n import t
from edukit.install.environment import Pip, SetupRefused

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
KNOWN_CPU_TORCH = "torch==2.13.0"  # tried where that index is out of reach: some registries have it without CUDA
CUDA_SIZE_GB = 3.0  # what the plain CUDA route downloads, where the registry does not tell
CUDA_PACKAGES = ("nvidia-", "triton", "cuda-", "pytorch-triton")


@dataclass(frozen=True)
class Offer:
    """What pip would take for a requirement.

    Args:
        version: Such as ``"2.13.0+cpu"``.
        cuda: Whether it is a CUDA build, or brings CUDA with it.
        source: Where it comes from: a host or a folder.
        options: The pip options under which it was found.
    """

    version: str
    cuda: bool
    source: str
    options: tuple[str, ...] = ()


def settle_torch(pip: Pip, requirement: str, *, wheelhouse: Path | None = None, yes_cuda: bool = False) -> list[str]:
    """Installs a CPU build of PyTorch where the plain way would bring CUDA; returns the versions that everything else is held to.

    Args:
        pip: Of the environment.
        requirement: On PyTorch, such as ``"torch>=2.6,<3"``.
        wheelhouse: Folder of wheels that is asked first.
        yes_cuda: Whether CUDA is wanted even without an NVIDIA GPU.

    Raises:
        SetupRefused: Where only a CUDA build can be had.
    """
    kept = installed_torch(pip, requirement)
    if kept:
        print(t("setup.torch.kept", version=kept.version), flush=True)
        return [f"torch=={kept.version}"] if kept.cuda else take(pip, kept, sources(requirement, wheelhouse))
    named = os.environ.get("EDUKIT_TORCH_INDEX")
    plain = None if named else would_take(pip, requirement)
    wants_cuda = yes_cuda or (plain is not None and plain.cuda and has_nvidia_gpu())
    if plain and (wants_cuda or not plain.cuda):
        print(t("setup.torch.cuda" if plain.cuda else "setup.torch.plain", version=plain.version), flush=True)
        return [f"torch=={plain.version}"]
    for wanted, options in sources(requirement, wheelhouse):
        offer = would_take(pip, wanted, *options)
        if offer and not offer.cuda:
            print(t("setup.torch.named" if named else "setup.torch.cpu", version=offer.version, source=offer.source), flush=True)
            return take(pip, offer, sources(requirement, wheelhouse))
    if named or not plain:
        raise SetupRefused(t("setup.torch.none", where=named or "pip"))
    raise SetupRefused(t("setup.torch.stop", size=f"{download_gb(pip, requirement):.1f}"))


def sources(requirement: str, wheelhouse: Path | None) -> list[tuple[str, tuple[str, ...]]]:
    """Where CPU builds may be had, each as a requirement with pip options: the index that the user names, else all that we know."""
    named = os.environ.get("EDUKIT_TORCH_INDEX")
    if named:
        return [(requirement, ("--index-url", named))]
    house = [(requirement, ("--no-index", "--find-links", str(wheelhouse)))] if wheelhouse else []
    return [*house, (requirement, ("--index-url", TORCH_CPU_INDEX, "--retries", "0", "--timeout", "10")), (KNOWN_CPU_TORCH, ())]


def installed_torch(pip: Pip, requirement: str) -> Offer | None:
    """The PyTorch that an earlier, interrupted set-up installed, if it fits."""
    shown = pip("show", "torch", quiet=True)
    version = re.search(r"^Version: (.+)$", shown.out, re.MULTILINE)
    needs = re.search(r"^Requires: (.*)$", shown.out, re.MULTILINE)
    if shown.code or not version or would_take(pip, requirement):
        return None
    brings = [name for name in (needs[1] if needs else "").split(", ") if name.startswith(CUDA_PACKAGES)]
    return Offer(version[1].strip(), bool(brings) or "+cu" in version[1], "")


def would_take(pip: Pip, requirement: str, *options: str) -> Offer | None:
    """Asks pip what it would fetch, without fetching it; None if nothing fits, or if what is installed does."""
    answer = pip("install", "--dry-run", "--no-deps", "--quiet", "--report", "-", *options, requirement, quiet=True)
    try:
        found = json.loads(answer.out)["install"]
    except (ValueError, KeyError, TypeError):
        return None
    return offer_of(found[0], options) if found and not answer.code else None


def offer_of(item: dict[str, Any], options: Sequence[str] = ()) -> Offer:
    """One package of pip's report."""
    metadata, url = item["metadata"], urlsplit(item["download_info"]["url"])
    brings = [need for need in metadata.get("requires_dist", []) if need.lower().startswith(CUDA_PACKAGES) and "extra ==" not in need]
    cuda = "+cu" in metadata["version"] or (sys.platform == "linux" and bool(brings))  # on other systems their markers do not apply
    return Offer(metadata["version"], cuda, url.netloc or str(Path(unquote(url.path)).parent), tuple(options))


def take(pip: Pip, offer: Offer, known: Sequence[tuple[str, tuple[str, ...]]]) -> list[str]:
    """Installs the offered PyTorch and the torchvision of the same release, both alone: torchvision would bring its own PyTorch, with CUDA.

    Returns:
        The versions that everything else is held to.
    """
    torch = f"torch=={offer.version}"
    if offer.source and pip("install", "--no-deps", "--no-compile", *offer.options, torch).code:
        raise SetupRefused(t("setup.failed", step=torch))
    exact = torchvision_for(offer.version)
    for options in dict.fromkeys((offer.options, (), *(options for _, options in known))):
        for requirement in (exact, exact.rpartition(".")[0] + ".*"):
            if pip("install", "--no-deps", "--no-compile", "--quiet", *options, requirement, quiet=True).code == 0:
                return [torch]
    raise SetupRefused(t("setup.failed", step=exact))


def torchvision_for(torch_version: str) -> str:
    """The torchvision of the same release: their minor numbers run 15 apart since 2.0, their patches together.

    Example:
        >>> torchvision_for("2.13.0+cpu")
        'torchvision==0.28.0'
    """
    _, minor, patch = torch_version.split("+")[0].split(".")[:3]
    return f"torchvision==0.{int(minor) + 15}.{patch}"


def has_nvidia_gpu() -> bool:
    """Whether an NVIDIA driver answers on this machine."""
    if Path("/proc/driver/nvidia/version").exists():
        return True
    tool = shutil.which("nvidia-smi")
    try:
        return tool is not None and subprocess.run([tool, "-L"], capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def download_gb(pip: Pip, requirement: str) -> float:
    """How much the plain way would download, in GB, by what the registry tells of each file."""
    answer = pip("install", "--dry-run", "--quiet", "--report", "-", requirement, quiet=True)
    try:
        return sum(_size_of(item["download_info"]["url"]) for item in json.loads(answer.out)["install"]) / 1e9 or CUDA_SIZE_GB
    except (OSError, ValueError, KeyError, TypeError):
        return CUDA_SIZE_GB


def _size_of(url: str) -> int:
    if url.startswith("file:"):
        return Path(unquote(urlsplit(url).path)).stat().st_size
    with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=10) as answer:
        return int(answer.headers.get("Content-Length") or 0)
