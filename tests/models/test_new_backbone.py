"""A network is one entry: a made-up one trains, resumes, converts, and its file is read, without a line of edukit that names it."""
import numpy
import pytest
import torch

import edukit as ek
from edukit.core.card import ModelCard
from edukit.core.errors import BadCard, WrongBackbone
from edukit.models import build_network, load_model, new_network, read_checkpoint, save_checkpoint
from edukit.models.backbones import BACKBONES, backbones
from edukit.models.networks import BUILDERS, head_of, set_head
from tests.networks import MADE_UP, fresh
from tests.training.conftest import draw

ENTRIES = pytest.mark.parametrize("entry", MADE_UP, ids=lambda entry: entry.name)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return draw(tmp_path_factory.mktemp("pictures") / "things", {"training_set": 4, "val_set": 2, "test_set": 2})


@ENTRIES
@pytest.mark.parametrize("freeze", [True, False])
def test_it_trains_resumes_and_converts(entry, freeze, pictures, tmp_path):
    with BACKBONES.added(entry):
        first = ek.train(pictures, entry.name.lower(), epochs=1, out=tmp_path / "run", freeze=freeze, lr=0.01)
        before = read_checkpoint(first.latest).state
        resumed = ek.train(pictures, entry.name, epochs=2, out=tmp_path / "run", freeze=freeze, lr=0.01, resume=True)
        after = read_checkpoint(resumed.latest).state
        changed = {name.rpartition(".")[0] for name, value in after.items() if not torch.equal(value, before[name])}
        assert entry.head in changed and (changed == {entry.head} or not freeze)
        assert resumed.card.network == {"backbone": entry.name, "head": {"outputs": 3}, "channels": 3, "image_size": 24}
        assert ek.convert(resumed.best, tmp_path / "a.onnx").gate.agree == 6


@ENTRIES
def test_an_uninterrupted_run_ends_with_the_same_weights(entry, pictures, tmp_path):
    with BACKBONES.added(entry):
        whole = ek.train(pictures, entry.name, epochs=2, out=tmp_path / "whole", freeze=True, lr=0.01)
        ek.train(pictures, entry.name, epochs=1, out=tmp_path / "parts", freeze=True, lr=0.01)
        parts = ek.train(pictures, entry.name, epochs=2, out=tmp_path / "parts", freeze=True, lr=0.01, resume=True)
        expected = read_checkpoint(whole.latest).state
        assert all(torch.equal(value, expected[name]) for name, value in read_checkpoint(parts.latest).state.items())


@ENTRIES
def test_its_weights_go_on_with_other_classes(entry, pictures, tmp_path):
    with BACKBONES.added(entry):
        network, _ = fresh(entry.name, 5)
        card = ModelCard(network=entry.describe(5), classes=tuple("abcde"), preprocess=entry.preprocess_at(24))
        save_checkpoint(tmp_path / "five.pth", network, card)
        trained = ek.train(pictures, entry.name, epochs=1, out=tmp_path / "run", checkpoint=tmp_path / "five.pth")
        grey = numpy.zeros((9, 9, 3), numpy.uint8)
        assert trained.card.network["head"] == {"outputs": 3} and load_model(trained.best).predict_answers([grey]).shape == (1, 3)


@ENTRIES
def test_its_entry_is_true(entry):
    with BACKBONES.added(entry):
        network, _ = fresh(entry.name, 10)
        assert sum(value.numel() for value in network.parameters()) == entry.parameters
        assert head_of(network, entry).weight.shape[:2] == (10, entry.features)
        set_head(network, entry, 4)
        assert network.eval()(torch.zeros(2, 3, entry.min_size, entry.min_size)).shape == (2, 4)
    assert entry not in backbones()


def test_a_head_that_is_neither_linear_nor_a_convolution_is_an_error_of_the_entry():
    with pytest.raises(TypeError, match="Flatten"):
        set_head(torch.nn.Sequential(torch.nn.Flatten()), MADE_UP[0].__class__(name="x", source="own", builder="", head="0", features=1, parameters=0), 2)


def test_the_weights_of_another_entry_are_told_by_name(tmp_path):
    tiny, wide, *_ = MADE_UP
    with BACKBONES.added(tiny), BACKBONES.added(wide):
        network, _ = new_network(wide.describe(2))
        save_checkpoint(tmp_path / "a.pth", network, ModelCard(network=tiny.describe(2), classes=("a", "b"), preprocess=tiny.preprocess_at(24)))
        with pytest.raises(WrongBackbone, match="Tiny-Wide"):
            read_checkpoint(tmp_path / "a.pth")


def lenet_card(**values):
    return ModelCard(**{"backbone": "LeNet", "classes": ("a", "b"), "preprocess": ek.Preprocess(size=(32, 32))} | values)


def test_a_checkpoint_of_schema_1_is_read(tmp_path):
    network, _ = fresh("LeNet", 2)
    save_checkpoint(tmp_path / "new.pth", network, lenet_card())
    content = torch.load(tmp_path / "new.pth", weights_only=True)
    content["edukit"] = {name: value for name, value in content["edukit"].items() if name != "network"} | {"schema_version": 1}
    torch.save(content, tmp_path / "old.pth")
    assert load_model(tmp_path / "old.pth").card == load_model(tmp_path / "new.pth").card
    assert ek.info(tmp_path / "old.pth").card.backbone == "LeNet"


@pytest.mark.parametrize(
    "network",
    [
        {"builder": "nonsense"}, {"builder": ["nonsense"]}, {"head": {"outputs": 10**9}}, {"head": {"outputs": "2"}}, {"head": 2}, {"image_size": 10**9},
        {"image_size": None}, {"channels": 1},
    ],
)  # fmt: skip
def test_a_description_of_what_cannot_be_built_is_a_bad_card(network, tmp_path):
    card = lenet_card(network={"backbone": "LeNet"} | network)
    with pytest.raises(BadCard, match="network"):
        build_network(card)
    save_checkpoint(tmp_path / "a.pth", fresh("LeNet", 2)[0], card)
    with pytest.raises(BadCard, match="network"):
        load_model(tmp_path / "a.pth")


def test_a_card_says_its_backbone_once():
    card = lenet_card()
    assert card.network == {"backbone": "LeNet"} and card.schema_version == 2
    assert card.replace(backbone="ResNet18").network == {"backbone": "ResNet18"} and card.replace(network={"backbone": "X"}).backbone == "X"
    with pytest.raises(BadCard, match="backbone"):
        ModelCard.from_dict(card.to_dict() | {"backbone": "ResNet18"})


def test_a_checkpoint_of_another_tool_is_built_by_another_builder(tmp_path, monkeypatch):
    """What an adapter adds for files that bear no card of ours: a reader that makes the card, and a builder for the layout that the card names."""

    def build_layers(description):
        return torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(description["channels"], description["head"]["outputs"]))

    def read_meta(file):
        network = {"builder": "layers", "layers": ["pool", "linear"]}
        return ModelCard(network=network, classes=tuple(file.foreign["CLASSES"]), preprocess=ek.Preprocess()) if "CLASSES" in file.foreign else None

    path = tmp_path / "foreign.pth"
    state = build_layers({"channels": 3, "head": {"outputs": 2}}).state_dict()
    torch.save({"meta": {"CLASSES": ["a", "b"]}, "state_dict": state}, path)
    monkeypatch.setattr("edukit.runtime.model_file.CARD_READERS", [read_meta])
    monkeypatch.setitem(BUILDERS, "layers", build_layers)
    assert ek.info(path).card.classes == ("a", "b") and ek.predict(path, [numpy.zeros((9, 9, 3), numpy.uint8)])[0].label in ("a", "b")
    assert ek.convert(path).gate.agree == 16
    state["2.bias"] = torch.zeros(3)
    torch.save({"meta": {"CLASSES": ["a", "b"]}, "state_dict": state}, path)
    with pytest.raises(WrongBackbone, match="not those of layers"):
        ek.load_model(path)
