"""What a checkpoint (.pth) says of itself, and whether its weights can be those that its card describes. Needs no torch."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.errors import NoCard, WrongBackbone, WrongInput
from edukit.core.i18n import t
from edukit.models.backbones import backbones, describe_network, find_backbone
from edukit.tasks import find_task


@dataclass(frozen=True, kw_only=True)
class CheckpointFile:
    """What a checkpoint says of itself.

    Args:
        path: The file.
        size_bytes: Its size on disk.
        tensor_bytes: What its tensors take in memory.
        shapes: Of the tensors in its state dictionary, by name.
        content: Its plain values without the tensors: ``"edukit"`` is the card, ``"meta"`` what MMEdu writes.
        legacy: Written by PyTorch before 1.6.
    """

    path: Path
    size_bytes: int
    tensor_bytes: int
    shapes: Mapping[str, tuple[int, ...]]
    content: Mapping[str, Any]
    legacy: bool

    @property
    def card(self) -> ModelCard:
        """Its model card.

        Raises:
            NoCard, BadCard
        """
        if METADATA_KEY not in self.content:
            raise NoCard(path=self.path)
        return ModelCard.from_dict(self.content[METADATA_KEY], path=self.path)

    def check(self, card: ModelCard) -> None:
        """Whether the weights can be those of the network that ``card`` describes, as far as the head tells; loading compares each tensor.

        Raises:
            WrongTask, UnknownBackbone, BadCard, WrongBackbone, WrongInput
        """
        find_task(card.task, path=self.path)
        described = describe_network(card, self.path)
        if "builder" in described:  # what only the builder can tell is told when it has built
            return
        backbone = find_backbone(card.backbone)
        if not backbone.has_head(self.shapes):
            found = [other.name for other in backbones() if other.has_head(self.shapes)]
            raise WrongBackbone(path=self.path, found=" / ".join(found) or t("models.another_network"), wanted=backbone.name)
        if self.shapes[f"{backbone.head}.weight"][0] != described["head"]["outputs"]:
            raise WrongBackbone(path=self.path, found=t("models.other_shape", name=backbone.name), wanted=backbone.name)
        height, width = card.preprocess.size
        if backbone.fixed_size and height != width:
            raise WrongInput(path=self.path, found=f"{height} × {width}", wanted=f"{height} × {height}")
