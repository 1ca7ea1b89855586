"""Backbones: what is told of a network without building it is true of the network."""
import subprocess
import sys

import pytest

from edukit.core.errors import BadArgument, UnknownBackbone
from edukit.core.i18n import set_language
from edukit.models import backbones, find_backbone
from edukit.models.networks import head_of, without_head
from tests.networks import fresh

NAMES = [backbone.name for backbone in backbones()]


@pytest.mark.parametrize("name", NAMES)
def test_parameters_and_features_are_those_of_the_network(name):
    import torch

    backbone = find_backbone(name)
    for classes in (10, 3):
        with torch.device("meta"):
            network, notes = fresh(name, classes, pretrained=False)
        assert sum(p.numel() for p in network.parameters()) == backbone.parameters + (classes - 10) * (backbone.features + 1)
        head = head_of(network, backbone)
        assert head.weight.shape[:2] == (classes, backbone.features) and backbone.has_head({k: tuple(v.shape) for k, v in network.state_dict().items()})
        assert notes == {"pretrained": None, "weights": None}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_smallest_input_gives_logits_and_features(name, channels):
    import torch

    backbone = find_backbone(name)
    network, _ = fresh(name, 4, pretrained=False, channels=channels, image_size=backbone.min_size)
    network.eval()
    batch = torch.rand(2, channels, backbone.min_size, backbone.min_size)
    with torch.no_grad():
        logits = network(batch)
        assert logits.shape == (2, 4)
        if not backbone.head_is_last:
            return
        with without_head(network, backbone) as body:
            features = body(batch)
        assert features.shape == (2, backbone.features)
        assert torch.allclose(head_of(network, backbone)(features), logits, atol=1e-5)


def test_an_input_below_the_smallest_is_told():
    with pytest.raises(BadArgument, match="16"):
        fresh("LeNet", 2, image_size=15)


def test_a_name_is_found_whatever_its_case_and_a_wrong_one_gets_the_nearest():
    assert find_backbone(" mobilenet ").name == "MobileNet"
    for wrong, near in (("resnet", "ResNet18"), ("ViT", ""), (None, ""), (3, "")):
        with pytest.raises(UnknownBackbone) as caught:
            find_backbone(wrong)
        assert near in caught.value.remedy and all(name in caught.value.remedy for name in NAMES)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_backbone_has_a_sentence(lang):
    set_language(lang)
    assert len({backbone.summary for backbone in backbones()}) == len(NAMES)


def test_listing_backbones_and_looking_into_checkpoints_imports_no_torch():
    code = "import sys, edukit.models, edukit.training, edukit.evaluation; edukit.models.backbones(); print([m for m in ('torch', 'cv2') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["LeNet", "VGG", "ShuffleNet_v2", "SqueezeNet", "RepVGG"])
def test_the_work_for_one_picture_is_counted(name):
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    backbone = find_backbone(name)
    network, _ = fresh(name, 10, pretrained=False)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.eval()(torch.zeros(1, 3, backbone.size, backbone.size))
    assert counter.get_total_flops() == 2 * backbone.macs


def test_a_table_of_backbones_tells_variant_work_and_licence():
    row = find_backbone("vgg").to_dict()
    assert row["variant"].startswith("VGG11") and row["macs"] > 1e9 and row["weights_licence"] == "BSD-3-Clause"
    assert {find_backbone(name).to_dict()["weights_licence"] for name in ("RepVGG", "LeNet")} == {None}
