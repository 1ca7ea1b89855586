"""Exporting: a network whose pooling depends on the input's size must not pass for free in height and width."""
import pytest
import torch
from onnx_files import card, save
from torch import nn

from edukit.conversion.exporting import compare_free_sizes, export_network
from edukit.core.errors import BadArgument, ExportFailed, ParityFailed
from edukit.models.checkpoint import TorchModel
from edukit.runtime import load_onnx


def network(side):
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(side), nn.Flatten(), nn.Linear(4 * side * side, 3)).eval()


def compare(path, of, converted):
    """The network ``of`` in PyTorch against a graph in ONNX."""
    (path / "a.pth").touch()
    save(path / "a.onnx", converted)
    return compare_free_sizes(TorchModel(path / "a.pth", card(), of), load_onnx(path / "a.onnx"), "all", 1e-4)


def test_pooling_to_one_is_free(tmp_path):
    model = export_network(network(1), card(), opset_version=17, dynamic="all", path=tmp_path)
    found = compare(tmp_path, network(1), model)
    assert [one.shape for one in found] == [(1, 3, 16, 16), (3, 3, 16, 16), (2, 3, 48, 16), (2, 3, 16, 80), (2, 3, 48, 80)]
    assert all(0 <= one.mean_difference <= one.max_difference < 1e-5 < one.largest for one in found)


def test_pooling_to_more_is_not(tmp_path):
    with pytest.raises(ExportFailed):
        export_network(network(2), card(), opset_version=17, dynamic="all", path=tmp_path)
    fixed = export_network(network(2), card(), opset_version=17, dynamic="batch", path=tmp_path)
    with pytest.raises(BadArgument):
        compare(tmp_path, network(2), fixed)


def test_an_answer_that_is_silently_wrong_is_seen(tmp_path):
    other = export_network(network(1), card(), opset_version=17, dynamic="all", path=tmp_path)
    torch.manual_seed(1)
    changed = nn.Sequential(*list(network(1))[:-1], nn.Linear(4, 3)).eval()
    with pytest.raises(ParityFailed):
        compare(tmp_path, changed, other)


class Newer(nn.Module):
    """Needs an operator that the earliest operator sets lack."""

    def forward(self, batch):
        return torch.nn.functional.grid_sample(batch, torch.zeros(len(batch), 2, 2, 2)).mean((2, 3))


@pytest.mark.parametrize(("opset", "says"), [(11, "grid_sampler.*opset 16"), (15, "16 or higher")])
def test_the_lowest_opset_of_an_operator_is_named(tmp_path, opset, says):
    with pytest.raises(ExportFailed, match=says):
        export_network(Newer(), card(), opset_version=opset, dynamic="none", path=tmp_path)
    assert export_network(Newer(), card(), opset_version=16, dynamic="none", path=tmp_path).opset_import[0].version == 16
