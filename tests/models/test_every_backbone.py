"""Every backbone goes the whole way: it trains, goes on, converts with the same answers, and is quantized. Three of them in every run, all when asked."""
import numpy as np
import onnx
import pytest
import torch

import edukit as ek
from edukit.core.errors import WeightsUnavailable
from edukit.models import backbones, find_backbone, load_model, read_checkpoint
from edukit.models.networks import deployed
from tests.networks import fresh
from tests.training.conftest import draw

QUICK = ("LeNet", "ShuffleNet_v2-0.5", "SqueezeNet")  # linear head; batch normalisation; a convolution as head
NAMES = [pytest.param(one.name, marks=[] if one.name in QUICK else [pytest.mark.slow]) for one in backbones()]
FUSED = ("MobileOne", "RepVGG")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return draw(tmp_path_factory.mktemp("pictures") / "things", {"training_set": 4, "val_set": 2, "test_set": 2})


@pytest.mark.parametrize("name", NAMES)
def test_it_trains_resumes_converts_and_quantizes(name, pictures, tmp_path):
    options = {"image_size": find_backbone(name).min_size, "batch_size": 5, "pretrained": False, "lr": 0.001}
    whole = ek.train(pictures, name, epochs=2, out=tmp_path / "whole", **options)
    ek.train(pictures, name, epochs=1, out=tmp_path / "parts", **options)
    parts = ek.train(pictures, name, epochs=2, out=tmp_path / "parts", resume=True, **options)
    expected = read_checkpoint(whole.latest).state
    assert all(torch.equal(value, expected[key]) for key, value in read_checkpoint(parts.latest).state.items())
    converted = ek.convert(parts.best, tmp_path / "a.onnx")
    assert converted.gate.passed and converted.gate.agree == 6
    assert ek.quantize(converted, tmp_path / "b.onnx", calibration=pictures).path.is_file()
    assert load_model(tmp_path / "b.onnx").predict(np.zeros((9, 9, 3), np.uint8)).label in parts.card.classes


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", FUSED)
def test_branches_are_added_up_and_the_numbers_stay(name, channels):
    network, _ = fresh(name, 3, pretrained=False, channels=channels, image_size=32)
    for layer in network.modules():  # statistics as after a training: a fresh network would hide a wrong sum
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.running_mean, -0.5, 0.5)
            torch.nn.init.uniform_(layer.running_var, 0.5, 2)
            torch.nn.init.uniform_(layer.weight, 0.5, 1.5)
            torch.nn.init.uniform_(layer.bias, -0.5, 0.5)
    network.double().eval()
    fused, batch = deployed(network), torch.randn(2, channels, 32, 32, dtype=torch.float64)
    with torch.no_grad():
        assert torch.allclose(network(batch), fused(batch), rtol=1e-9, atol=1e-9)
    assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in fused.modules()) and fused is not network


def test_a_converted_repvgg_has_one_convolution_a_block_and_says_so(pictures, tmp_path):
    trained = ek.train(pictures, "RepVGG", epochs=1, out=tmp_path / "run", image_size=32, pretrained=False)
    seen = []
    converted = ek.convert(trained.best, tmp_path / "a.onnx", on_event=seen.append)
    kinds = [node.op_type for node in onnx.load(str(converted.path)).graph.node]
    assert kinds.count("Conv") == 22 and "Add" not in kinds and "BatchNormalization" not in kinds
    noted = load_model(converted.path).card.notes["fused"]
    assert noted["layers_after"] < noted["layers_before"] and noted["max_difference"] < 1e-3 and converted.gate.passed
    assert any("added up" in event.text for event in seen)


@pytest.mark.parametrize("name", FUSED)
def test_weights_without_a_known_address_are_refused_and_nothing_else_is_taken(name, pictures, tmp_path):
    with pytest.raises(WeightsUnavailable, match=name):
        ek.train(pictures, name, epochs=1, out=tmp_path / "run", pretrained=True)
    assert not (tmp_path / "run").exists()


def test_weights_of_a_whole_network_fit_one_with_another_head(tmp_path, monkeypatch):
    import torchvision

    from edukit.models import weights

    monkeypatch.setattr(weights, "cache_folder", lambda: tmp_path)
    original = torchvision.models.vgg11_bn(weights=None, init_weights=False).features
    state = {f"features.{name}": value for name, value in original.state_dict().items()} | {"classifier.0.weight": torch.zeros(4096, 2)}
    torch.save(state, tmp_path / "vgg11_bn-6002323d.pth")
    network, notes = fresh("VGG", 4)
    assert notes["pretrained"] == "imagenet" and torch.equal(network.features[0].weight, original[0].weight) and network.classifier.out_features == 4
