"""What a checkpoint (.pth) says of itself, and whether its weights can be those that its card describes. Needs no torch."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edukit.core.card import METADATA_KEY, ModelCard
from edukit.core.errors import WrongBackbone, WrongInput
from edukit.core.i18n import t
from edukit.models.backbones import backbones_with_head, describe_network, find_backbone
from edukit.runtime.model_file import ModelFile
from edukit.tasks import find_task


@dataclass(frozen=True, kw_only=True)
class CheckpointFile(ModelFile):
    """What a checkpoint says of itself.

    Args:
        tensor_bytes: What its tensors take in memory.
        shapes: Of the tensors in its state dictionary, by name; those of another tool by the names that ``renames`` gives them.
        renames: From the names in a file of MMEdu's to those in our network; empty if they are the same.
        layout: The network of a file of MMEdu's, by its name there.
        content: Its plain values without the tensors: ``"edukit"`` is the card, ``"meta"`` what MMEdu writes.
        legacy: Written by PyTorch before 1.6.
    """

    tensor_bytes: int
    shapes: Mapping[str, tuple[int, ...]]
    content: Mapping[str, Any]
    legacy: bool
    renames: Mapping[str, str] = field(default_factory=dict)
    layout: str | None = None

    def own_card(self) -> ModelCard | None:
        """The card in its dictionary; None if it bears none."""
        return ModelCard.from_dict(self.content[METADATA_KEY], path=self.path) if METADATA_KEY in self.content else None

    def facts(self) -> dict[str, Any]:
        """What ``info`` tells of the file itself."""
        parameters = sum(math.prod(shape) for shape in self.shapes.values())
        return {"tensors": len(self.shapes), "parameters": parameters, "tensor_bytes": self.tensor_bytes, "legacy": self.legacy}

    @property
    def foreign(self) -> Mapping[str, Any]:
        """What MMEdu writes: ``meta``."""
        meta = self.content.get("meta")
        return meta if isinstance(meta, Mapping) else {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """A file without tensors."""
        return () if self.shapes else (t("verbs.info.no_tensors"),)

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
            raise WrongBackbone(path=self.path, found=backbones_with_head(self.shapes), wanted=backbone.name)
        if self.shapes[f"{backbone.head}.weight"][0] != described["head"]["outputs"]:
            raise WrongBackbone(path=self.path, found=t("models.other_shape", name=backbone.name), wanted=backbone.name)
        height, width = card.preprocess.size
        if backbone.fixed_size and height != width:
            raise WrongInput(path=self.path, found=f"{height} × {width}", wanted=f"{height} × {height}")
