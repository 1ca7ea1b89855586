"""Parts of a network from its input to its head: some stay as they are, some join later, earlier ones learn more gently."""
from __future__ import annotations

from typing import Any

import torch
from torch import nn

from edukit.models.backbones import Backbone
from edukit.training.arguments import Settings


class Part:
    """Layers that learn or rest together.

    Args:
        name: Their path.
        module: The layers.
        share: Their learning rate as a share of the whole one's.
        since: The first epoch in which they learn; None if they never do.
    """

    def __init__(self, name: str, module: nn.Module, share: float, since: int | None) -> None:
        self.name, self.module, self.share, self.since = name, module, share, since
        self.parameters = list(module.parameters(recurse=not isinstance(module, _Own)))

    def learns(self, epoch: int) -> bool:
        """Whether its weights change in this epoch."""
        return self.since is not None and epoch >= self.since


class _Own(nn.Module):
    """The parameters that a network has beside those of its layers."""

    def __init__(self, parameters: dict[str, nn.Parameter]) -> None:
        super().__init__()
        for name, parameter in parameters.items():
            self.register_parameter(name.replace(".", "_"), parameter)


def parts_of(network: nn.Module, backbone: Backbone) -> dict[str, nn.Module]:
    """The layers of a network in the order in which it has them: its children, of a row of layers each by itself; the head comes last."""
    found: dict[str, nn.Module] = {}
    for name, child in network.named_children():
        rows = [(f"{name}.{inner}", one) for inner, one in child.named_children()] if isinstance(child, nn.Sequential) else [(name, child)]
        found.update((path, module) for path, module in rows if any(True for _ in module.parameters()))
    covered = {id(parameter) for module in found.values() for parameter in module.parameters()}
    own = {name: parameter for name, parameter in network.named_parameters() if id(parameter) not in covered}
    if own:
        found = {"": _Own(own), **found}
    head = next((path for path in found if backbone.head == path or backbone.head.startswith(f"{path}.")), "")
    return {path: module for path, module in found.items() if path != head} | ({head: found[head]} if head else {})


class Parts:
    """Which parts learn when, and how fast.

    Args:
        network: As a whole.
        settings: Their ``freeze_parts`` (so many from the input on never learn), ``unfreeze_every`` (the head learns first; after so many
            epochs the part before it joins, and so on) and ``rate_decay`` (each part learns with so much of the rate of the part after it).
    """

    def __init__(self, network: nn.Module, settings: Settings) -> None:
        named = list(parts_of(network, settings.backbone).items())
        frozen = min(settings.freeze_parts, len(named) - 1)
        self.parts = []
        for index, (name, module) in enumerate(named):
            depth = len(named) - 1 - index  # 0: the head
            since = None if index < frozen else 1 + depth * settings.unfreeze_every if settings.unfreeze_every else 1
            self.parts.append(Part(name, module, settings.rate_decay**depth, since))

    def groups(self) -> list[dict[str, Any]]:
        """Groups of parameters for an optimizer, each with its ``share`` of the rate."""
        return [{"params": part.parameters, "share": part.share} for part in self.parts if part.since is not None]

    def apply(self, epoch: int) -> None:
        """Lets those parts learn that are to learn in this epoch; the others rest as they measure. To be called in training mode."""
        for part in self.parts:
            for parameter in part.parameters:
                parameter.requires_grad_(part.learns(epoch))
            if not part.learns(epoch):
                part.module.eval()


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Gives each group of the optimizer its share of the rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get("share", 1.0)
