"""Checkpoints: what is saved comes back, and what does not fit its card is told."""
import errno
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument, DiskFull, NoCard, NotFinite, PackageMissing, UnknownModelFormat, WrongBackbone, WrongInput, WrongTask
from edukit.core.preprocess import Preprocess
from edukit.models import backbones, find_backbone, load_checkpoint, load_model, read_checkpoint, save_checkpoint
from tests.networks import fresh

CLASSES = ("猫", "dog <b>", "it's")


def card_of(name="LeNet", **values):
    backbone = find_backbone(name)
    return ModelCard(**({"backbone": name, "classes": CLASSES, "preprocess": backbone.preprocess_at(backbone.min_size)} | values))


def network_of(name="LeNet"):
    return fresh(name, len(CLASSES), pretrained=False, image_size=find_backbone(name).min_size)[0]


@pytest.mark.parametrize("name", [backbone.name for backbone in backbones()])
def test_a_saved_network_predicts_the_same_after_loading(tmp_path, name):
    network, card = network_of(name), card_of(name)
    save_checkpoint(tmp_path / "a.pth", network, card)
    model = load_model(tmp_path / "a.pth")
    batch = np.random.default_rng(0).normal(size=(2, *card.input_shape[1:])).astype(np.float32)
    with torch.no_grad():
        expected = network.eval()(torch.from_numpy(batch)).numpy()
    assert np.allclose(model.run(batch)["scores"], expected, rtol=1e-4, atol=1e-5) and model.card == card and model.runtime == "PyTorch"
    assert model.size_bytes == (tmp_path / "a.pth").stat().st_size and not model.network.training
    assert model.predict(np.zeros((9, 7, 3), np.uint8), top=2).label in CLASSES


def test_grey_networks_too(tmp_path):
    preprocess = replace(find_backbone("LeNet").preprocess_at(16), mean=(127.5,), std=(127.5,))
    network, _ = fresh("LeNet", 3, channels=1, image_size=16)
    save_checkpoint(tmp_path / "a.pth", network, card_of(preprocess=preprocess))
    assert load_model(tmp_path / "a.pth").predict(np.zeros((9, 7), np.uint8)).label in CLASSES


def test_training_state_comes_back_only_when_asked(tmp_path):
    state = {"epoch": 3, "history": [{"val_top1": 0.5, "val_loss": None}], "optimizer": {"state": {0: {"step": torch.tensor(2.0)}}}}
    save_checkpoint(tmp_path / "a.pth", network_of(), card_of(), training=state)
    assert read_checkpoint(tmp_path / "a.pth").training is None
    assert read_checkpoint(tmp_path / "a.pth", with_training=True).training == state


def test_pytorch_itself_loads_it_with_weights_only(tmp_path):
    save_checkpoint(tmp_path / "a.pth", network_of(), card_of(notes={"中": [1, None]}), training={"epoch": 1})
    content = torch.load(tmp_path / "a.pth", weights_only=True)
    assert content["edukit"]["classes"] == list(CLASSES) and content["training"] == {"epoch": 1}


def test_weights_of_another_backbone_under_this_card_are_told(tmp_path):
    for wrong in (card_of("ResNet18"), card_of(classes=("a", "b")), card_of(preprocess=Preprocess(size=(64, 64)))):
        save_checkpoint(tmp_path / "a.pth", network_of(), wrong)
        with pytest.raises(WrongBackbone) as caught:
            load_checkpoint(tmp_path / "a.pth")
        assert wrong.backbone in caught.value.message and "LeNet" in caught.value.message
    save_checkpoint(tmp_path / "a.pth", torch.nn.Linear(2, 3), card_of())
    with pytest.raises(WrongBackbone, match="the weights of an unknown network, not those of LeNet"):
        load_checkpoint(tmp_path / "a.pth")


def test_a_card_that_asks_for_a_giant_network_makes_none(tmp_path):
    giant = card_of(preprocess=Preprocess(size=(2048, 2048)), classes=tuple(map(str, range(10_000))))
    save_checkpoint(tmp_path / "a.pth", network_of(), giant)
    with pytest.raises(WrongBackbone):
        load_checkpoint(tmp_path / "a.pth")


def test_lenet_with_an_input_that_is_not_square_is_told(tmp_path):
    save_checkpoint(tmp_path / "a.pth", network_of(), card_of(preprocess=Preprocess(size=(16, 32))))
    with pytest.raises(WrongInput):
        load_checkpoint(tmp_path / "a.pth")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_told(tmp_path, value):
    network = network_of()
    with torch.no_grad():
        next(network.parameters())[0] = value
    save_checkpoint(tmp_path / "a.pth", network, card_of())
    with pytest.raises(NotFinite, match="weights"):
        load_checkpoint(tmp_path / "a.pth")


def test_another_task_no_card_another_suffix(tmp_path):
    save_checkpoint(tmp_path / "a.pth", network_of(), card_of())
    content = torch.load(tmp_path / "a.pth", weights_only=True)
    torch.save({"state_dict": content["state_dict"]}, tmp_path / "b.pth")
    with pytest.raises(NoCard):
        load_model(tmp_path / "b.pth")
    assert load_model(tmp_path / "b.pth", card=card_of()).card == card_of()
    content["edukit"]["task"] = "detection"
    torch.save(content, tmp_path / "c.pth")
    with pytest.raises(WrongTask):
        load_model(tmp_path / "c.pth")
    for name in ("a.pt", "a", "a.pth.zip"):
        with pytest.raises(UnknownModelFormat, match=r"\.onnx, .*\.pth"):
            load_model(tmp_path / name)


def test_where_torch_is_not_installed_a_checkpoint_says_what_it_needs(tmp_path, monkeypatch):
    save_checkpoint(tmp_path / "a.pth", network_of(), card_of())
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(PackageMissing, match="torch"):
        load_model(tmp_path / "a.pth")


@pytest.mark.parametrize("threads", [0, -1, True, "2", 1.5])
def test_threads_that_cannot_be(threads):
    with pytest.raises(BadArgument, match="threads"):
        load_model("a.pth", threads=threads)


def test_threads_are_left_alone_unless_asked(tmp_path):
    save_checkpoint(tmp_path / "a.pth", network_of(), card_of())
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        load_model(tmp_path / "a.pth")
        assert torch.get_num_threads() == 2
        load_model(tmp_path / "a.pth", threads=1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_a_full_disk_is_told_and_the_old_file_stays(tmp_path, monkeypatch):
    save_checkpoint(tmp_path / "a.pth", network_of(), card_of())
    before = (tmp_path / "a.pth").read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DiskFull):
        save_checkpoint(tmp_path / "a.pth", network_of(), card_of())
    monkeypatch.undo()
    assert (tmp_path / "a.pth").read_bytes() == before and [file.name for file in tmp_path.iterdir()] == ["a.pth"]


def test_half_precision_and_parameters_load_as_the_network_wants_them(tmp_path):
    save_checkpoint(tmp_path / "a.pth", network_of().half(), card_of())
    assert np.isfinite(load_model(tmp_path / "a.pth").run(np.zeros((1, 3, 16, 16), np.float32))["scores"]).all()


def test_weights_of_dataparallel_beside_numpy_figures_load_as_any_others(tmp_path):
    network, card = network_of(), card_of()
    parallel = torch.nn.DataParallel(network)
    content = {"edukit": card.to_dict(), "state_dict": parallel.state_dict(), "best": np.float64(0.9), "epoch": np.int64(3)}
    torch.save(content, tmp_path / "a.pth")
    model = load_model(tmp_path / "a.pth")
    batch = np.ones((1, *card.input_shape[1:]), np.float32)
    with torch.no_grad():
        assert np.allclose(model.run(batch)["scores"], network.eval()(torch.from_numpy(batch)).numpy(), atol=1e-5)
