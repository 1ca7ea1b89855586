"""Memory format and precision are measured where it pays, kept, written down, and kept to by a resumed training."""
import json
from types import SimpleNamespace

import pytest
import torch

from edukit.core.workspace import current
from edukit.models import find_backbone, read_checkpoint
from edukit.training import arithmetic as module
from edukit.training import train
from edukit.training.arithmetic import fastest, measure
from tests.networks import fresh

QUICK = {"backbone": "LeNet", "image_size": 16, "batch_size": 4, "pretrained": False, "lr": 0.003}
NHWC, NCHW, BF16 = "channels_last fp32", "contiguous fp32", "channels_last bf16"


@pytest.mark.parametrize(
    "speeds, chosen",
    [
        ({NHWC: 100, NCHW: 103, BF16: 110}, NHWC), ({NHWC: 100, NCHW: 120, BF16: 110}, NCHW), ({NHWC: 100, NCHW: 60, BF16: 240}, BF16), ({BF16: 5}, BF16),
    ],
)  # fmt: skip
def test_what_is_unusual_must_gain_something(speeds, chosen):
    found = fastest(speeds)
    assert f"{found.memory_format} {found.precision}" == chosen and found.images_per_s == speeds


def test_a_measurement_names_all_ways_and_leaves_the_network_alone(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0)
    network, _ = fresh("ShuffleNet_v2-0.5", 2, pretrained=False, image_size=32)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    speeds = measure(network, torch.device("cpu"), (3, 32, 32), ["fp32", "bf16"])
    assert len(speeds) == 4 and all(speed > 0 for speed in speeds.values())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_training_measures_once_writes_it_down_and_goes_on_with_it(folder, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(module, "WORTH_SECONDS", 0)
    monkeypatch.setattr(module, "measure", lambda *_: calls.append(1) or {NHWC: 10.0, NCHW: 10.0, BF16: 50.0})
    first = train(folder, epochs=2, out=tmp_path / "a", **QUICK)
    train(folder, epochs=2, out=tmp_path / "b", **QUICK)
    log = json.loads((tmp_path / "a" / "log.json").read_text(encoding="utf-8"))
    assert len(calls) == 1 and first.card.notes["arithmetic"]["precision"] == log["arithmetic"]["precision"] == "bf16"
    (current().cache / "arithmetic.json").unlink()
    train(folder, epochs=1, out=tmp_path / "c", **QUICK)
    (current().cache / "arithmetic.json").write_text("nonsense")
    monkeypatch.setattr(module, "measure", lambda *_: {NHWC: 10.0})  # another machine, or a loaded one
    resumed = train(folder, epochs=2, out=tmp_path / "c", resume=True, **QUICK)
    assert resumed.card.notes["arithmetic"]["precision"] == "bf16"
    one, other = read_checkpoint(first.latest).state, read_checkpoint(resumed.latest).state
    assert all(torch.equal(value, other[name]) for name, value in one.items())


def test_what_was_measured_for_one_precision_is_no_answer_for_both(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "WORTH_SECONDS", 0)
    monkeypatch.setattr(module, "measure", lambda *given: {f"channels_last {one}": {"fp32": 10.0, "bf16": 50.0}[one] for one in given[3]})
    runs = [train(folder, epochs=1, out=tmp_path / name, precision=name, **QUICK) for name in ("fp32", "auto")]
    assert [run.card.notes["arithmetic"]["precision"] for run in runs] == ["fp32", "bf16"]


def test_a_precision_that_was_asked_for_is_taken_and_changes_the_weights(folder, tmp_path):
    runs = {name: train(folder, epochs=1, out=tmp_path / name, precision=name, **QUICK) for name in ("auto", "fp32", "bf16")}
    states = {name: read_checkpoint(run.latest).state["features.0.weight"] for name, run in runs.items()}
    assert torch.equal(states["auto"], states["fp32"]) and not torch.equal(states["fp32"], states["bf16"])
    assert runs["bf16"].card.notes["arithmetic"] == {"memory_format": "channels_last", "precision": "bf16", "images_per_s": {}}
    assert states["bf16"].dtype == torch.float32


@pytest.mark.parametrize(("name", "layouts"), [("RepVGG", {"contiguous"}), ("ResNet18", {"channels_last", "contiguous"})])
def test_a_format_in_which_pytorch_crashes_is_not_tried(name, layouts, tmp_path, monkeypatch):
    tried = set()
    monkeypatch.setattr(module, "SECONDS", 0.0)
    monkeypatch.setattr(module, "step_of", lambda network, device, shape, how: tried.add(how.memory_format) or (lambda: 1.0))
    settings = SimpleNamespace(backbone=find_backbone(name), precision="auto", threads=None, preprocess=find_backbone(name).preprocess)
    found = module.choose_arithmetic(settings, None, torch.device("cpu"), pictures=10**6, noted=None, cache=tmp_path)
    assert tried == layouts and found.memory_format in layouts
