"""Pretrained weights: the right ones from the package, and downloads that arrive whole or not at all."""
import hashlib
import http.server
import threading

import numpy as np
import pytest
import torch

import edukit as ek
from edukit.core.errors import WeightsUnavailable
from edukit.core.events import Reporter, Stopped
from edukit.models import backbones, find_backbone, read_checkpoint, weights
from tests.networks import fresh
from tests.training.conftest import draw

LITE = find_backbone("EfficientNet-Lite0")
RESNET = find_backbone("ResNet18")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A weights server: what it gives, and what it was asked."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *args):
            """A client that stops in the middle is what one test is about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("EDUKIT_WEIGHTS_URL", f"http://127.0.0.1:{server.server_port}/w/")
        (folder / "w").mkdir()
        yield folder / "w"
        server.shutdown()
        thread.join()


def weights_file(folder, monkeypatch):
    """A file with random ResNet18 weights whose name ends in its hash, as torch's do."""
    network, _ = fresh("ResNet18", 1000, pretrained=False)
    torch.save(network.state_dict(), folder / "new.pth")
    digest = hashlib.sha256((folder / "new.pth").read_bytes()).hexdigest()[:8]
    name = f"resnet18-{digest}.pth"
    (folder / "new.pth").rename(folder / name)
    monkeypatch.setattr(weights, "_official_url", lambda _: f"https://example.org/{name}")
    return folder / name, network


def test_lite0_weights_are_those_of_the_package_and_know_what_they_see():
    network, notes = fresh("EfficientNet-Lite0", 1000, pretrained=True)
    assert notes["pretrained"] == "imagenet" and notes["weights"].endswith(".pth")
    state = weights.read_weights(weights.weights_on_this_machine(LITE))
    own = network.state_dict()
    body = [name for name in own if not name.startswith("classifier")]
    assert all(torch.equal(own[name], value) for name, value in zip(body, list(state.values())[: len(body)]))


def test_a_download_is_checked_kept_and_not_fetched_again(served, monkeypatch):
    path, original = weights_file(served, monkeypatch)
    seen = []
    network, notes = fresh("ResNet18", 5, pretrained=True, reporter=Reporter(seen.append))
    assert notes == {"pretrained": "imagenet", "weights": path.name} and torch.equal(network.conv1.weight, original.conv1.weight)
    assert network.fc.out_features == 5 and [event for event in seen if event.unit == "byte"][-1].done == path.stat().st_size
    path.unlink()
    assert fresh("ResNet18", 5, reporter=Reporter(seen.append))[1]["pretrained"] == "imagenet"


def test_what_does_not_arrive_as_it_should_is_told_and_leaves_nothing(served, monkeypatch, tmp_path):
    path, _ = weights_file(served, monkeypatch)

    def refused():
        with pytest.raises(WeightsUnavailable) as caught:
            fresh("ResNet18", 5, pretrained=True)
        assert not [file for file in (tmp_path / "torch").rglob("*") if file.is_file()]
        return caught.value.message

    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    assert "SHA-256" in refused()
    path.unlink()
    assert "404" in refused()
    path.write_bytes(content)
    with monkeypatch.context() as small:
        small.setattr(weights, "MAX_MODEL_BYTES", 1000)
        assert "too large" in refused()
    monkeypatch.setenv("EDUKIT_WEIGHTS_URL", "http://127.0.0.1:9")
    assert "ResNet18" in refused()
    monkeypatch.setenv("EDUKIT_WEIGHTS_URL", "nonsense")
    refused()


def test_a_training_fetches_what_it_asks_for_and_a_false_file_leaves_no_run(served, monkeypatch, tmp_path):
    path, original = weights_file(served, monkeypatch)
    content, things = path.read_bytes(), draw(tmp_path / "things", {"training_set": 2, "val_set": 1})
    asked = {"pretrained": True, "image_size": 32, "epochs": 1, "out": tmp_path / "run"}
    path.write_bytes(content[:-1] + b"x")
    with pytest.raises(WeightsUnavailable, match="SHA-256"):
        ek.train(things, "ResNet18", **asked)
    assert not (tmp_path / "run").exists()
    path.write_bytes(content)
    trained = ek.train(things, "ResNet18", **asked)
    assert trained.card.notes["weights"] == path.name and torch.equal(read_checkpoint(trained.best).state["conv1.weight"], original.conv1.weight)


def test_a_stop_ends_the_download(served, monkeypatch, tmp_path):
    weights_file(served, monkeypatch)
    with pytest.raises(Stopped):
        fresh("ResNet18", 5, pretrained=True, reporter=Reporter(None, lambda: True))
    assert not [file for file in (tmp_path / "torch").rglob("*") if file.is_file()]


@pytest.mark.parametrize("backbone", [b.name for b in backbones() if b.weights and not b.weights.package])
def test_weights_that_are_not_here_are_not_fetched_unasked(backbone, monkeypatch):
    monkeypatch.setattr(weights, "fetch_file", lambda *_, **__: pytest.fail("nobody asked"))
    said = []
    network, notes = fresh(backbone, 3, reporter=Reporter(said.append))
    assert notes == {"pretrained": None, "weights": None} and backbone in said[0].text
    assert np.isfinite(next(network.parameters()).detach().numpy()).all()


def test_lenet_has_none_and_says_nothing_unless_asked():
    said = []
    assert fresh("LeNet", 3, reporter=Reporter(said.append))[1]["pretrained"] is None and not said
    with pytest.raises(WeightsUnavailable):
        fresh("LeNet", 3, pretrained=True)


def test_the_official_addresses_are_torchvisions_own():
    for name in [one.name for one in backbones() if one.weights and not one.weights.package]:
        url = weights._official_url(find_backbone(name).weights)
        assert url.startswith("https://") and weights._hash_in(url)
