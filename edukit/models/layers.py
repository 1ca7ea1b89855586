"""Networks put together layer by layer (BaseNN): the card lists the layers, and nothing but layers of this list is built."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn

from edukit.core.errors import BadArgument, UnknownChoice

MOST_LAYERS, MOST = 200, 65_536  # layers, and numbers in a size: a card from elsewhere may name any
ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "leakyrelu": nn.LeakyReLU, "softmax": lambda: nn.Softmax(dim=1),
    "leakyrelu0.2": lambda: nn.LeakyReLU(0.2),  # BaseNN's
}  # fmt: skip
LAYERS: dict[str, Callable[[Mapping[str, Any]], nn.Module]] = {
    "linear": lambda one: nn.Linear(*one["size"]),
    "conv2d": lambda one: nn.Conv2d(one["size"][0], one["size"][1], one["kernel_size"], padding=one.get("padding", 0)),
    "maxpool": lambda one: nn.MaxPool2d(one["kernel_size"]),
    "avgpool": lambda one: nn.AvgPool2d(one["kernel_size"]),
    "batchnorm1d": lambda one: nn.BatchNorm1d(one["size"][-1]),
    "batchnorm2d": lambda one: nn.BatchNorm2d(one["size"][-1]),
    "dropout": lambda one: nn.Dropout(one.get("p", 0.5)),
    "flatten": lambda _: nn.Flatten(),
}
_NAMES = {"conv": "conv2d", "batchnorm": "batchnorm2d", "maxpool2d": "maxpool", "avgpool2d": "avgpool"}


def describe_layer(layer: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """One layer as a card holds it.

    Args:
        layer: Its name, whatever its case.
        values: ``size``, ``kernel_size``, ``padding``, ``p``, ``activation``; others and None are ignored.

    Raises:
        UnknownChoice, BadArgument
    """
    name = str(layer).lower()
    found: dict[str, Any] = {"layer": _NAMES.get(name, name)}
    if found["layer"] not in LAYERS:
        raise UnknownChoice.among("layer", layer, LAYERS)
    for key in ("size", "kernel_size", "padding", "p", "activation"):
        if values.get(key) is not None:
            found[key] = list(values[key]) if isinstance(values[key], (tuple, list)) else values[key]
    if isinstance(found.get("activation"), str):
        found["activation"] = found["activation"].lower()
        if found["activation"] not in ACTIVATIONS:
            raise UnknownChoice.among("activation", found["activation"], ACTIVATIONS)
    if "size" in found and not isinstance(found["size"], list):
        found["size"] = [found["size"]]
    _check(found)
    return found


def _check(one: Mapping[str, Any]) -> None:
    whole = [*one.get("size", []), *(one[key] for key in ("kernel_size", "padding") if key in one)]
    pair = one["layer"] in ("linear", "conv2d")
    complete = (not pair or len(one.get("size", [])) == 2) and (one["layer"] not in ("conv2d", "maxpool", "avgpool") or "kernel_size" in one)
    if not complete or not all(type(n) is int and 0 <= n <= MOST for n in whole) or not 0 <= one.get("p", 0) < 1:
        raise BadArgument(name=one["layer"], value=repr({key: one[key] for key in one if key != "layer"})[:80], wanted="size=(…, …), kernel_size=…")


def build_layers(layers: Sequence[Mapping[str, Any]]) -> nn.Sequential:
    """The network of these layers; a linear layer after pictures' layers flattens, and a softmax at the end is left to who reads the scores.

    Raises:
        UnknownChoice, BadArgument
    """
    built: list[nn.Module] = []
    flat = False
    for place, given in enumerate(list(layers)[:MOST_LAYERS]):
        one = describe_layer(given.get("layer"), given)
        if one["layer"] == "linear" and not flat:
            built.append(nn.Flatten())
        flat = flat or one["layer"] in ("linear", "flatten")
        built.append(LAYERS[one["layer"]](one))
        if "activation" in one and not (one["activation"] == "softmax" and place == len(layers) - 1):
            built.append(ACTIVATIONS[one["activation"]]())
    return nn.Sequential(*built)
