"""Exporting: a network whose pooling depends on the input's size must not pass for free in height and width."""
import pytest
import torch
from onnx_files import card
from torch import nn

from edukit.conversion.exporting import check_other_size, export_network
from edukit.core.errors import BadArgument, ExportFailed


def network(side):
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(side), nn.Flatten(), nn.Linear(4 * side * side, 3)).eval()


def test_pooling_to_one_is_free(tmp_path):
    model = export_network(network(1), card(), opset_version=17, dynamic="all", path=tmp_path)
    check_other_size(network(1), model.SerializeToString(), card(), tolerance=1e-4)


def test_pooling_to_more_is_not(tmp_path):
    with pytest.raises(ExportFailed):
        export_network(network(2), card(), opset_version=17, dynamic="all", path=tmp_path)
    fixed = export_network(network(2), card(), opset_version=17, dynamic="batch", path=tmp_path)
    with pytest.raises(BadArgument):
        check_other_size(network(2), fixed.SerializeToString(), card(), tolerance=1e-4)


def test_an_answer_that_is_silently_wrong_is_seen(tmp_path):
    other = export_network(network(1), card(), opset_version=17, dynamic="all", path=tmp_path)
    torch.manual_seed(1)
    changed = nn.Sequential(*list(network(1))[:-1], nn.Linear(4, 3)).eval()
    with pytest.raises(BadArgument):
        check_other_size(changed, other.SerializeToString(), card(), tolerance=1e-4)
