"""Weights beside the model: plain files in its own folder, and nothing else."""
import numpy as np
import onnx
import pytest
from onnx_files import network, pictures, save, save_external

from edukit.core.errors import ExternalData, ModelTooLarge, NotFinite
from edukit.runtime import load_onnx


def test_a_plain_file_beside_the_model_is_read(tmp_path):
    beside = load_onnx(save_external(tmp_path / "a.onnx", "权重.bin"))
    inside = load_onnx(save(tmp_path / "b.onnx"))
    picture = pictures(1)[0]
    assert beside.predict(picture) == inside.predict(picture)
    assert beside.size_bytes == (tmp_path / "a.onnx").stat().st_size + (tmp_path / "权重.bin").stat().st_size


@pytest.mark.parametrize("name", ["../secret.bin", "/etc/passwd", "folder/weights.bin", "..", ".", "", "absent.bin", "C:\\w.bin", "*/_ORT_MEM_ADDR_/*", "a\0b"])
def test_other_places_are_refused(tmp_path, name):
    (tmp_path / "secret.bin").write_bytes(b"\0" * 99)
    (tmp_path / "m" / "folder").mkdir(parents=True)
    (tmp_path / "m" / "folder" / "weights.bin").write_bytes(b"\0" * 99)
    path = save_external(tmp_path / "m" / "a.onnx", "weights.bin")
    model = onnx.load(path, load_external_data=False)
    for entry in model.graph.initializer[0].external_data:
        entry.value = name if entry.key == "location" else entry.value
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ExternalData):
        load_onnx(path)


def test_links_and_folders_are_refused(tmp_path):
    path = save_external(tmp_path / "a.onnx", "weights.bin")
    (tmp_path / "weights.bin").replace(tmp_path / "real.bin")
    (tmp_path / "weights.bin").symlink_to(tmp_path / "real.bin")
    with pytest.raises(ExternalData):
        load_onnx(path)
    (tmp_path / "weights.bin").unlink()
    (tmp_path / "weights.bin").mkdir()
    with pytest.raises(ExternalData):
        load_onnx(path)


@pytest.mark.parametrize("length", [1 << 40, 4, -8])
def test_a_length_that_does_not_fit_is_refused(tmp_path, length):
    with pytest.raises(ExternalData):
        load_onnx(save_external(tmp_path / "a.onnx", "weights.bin", length=length))


def test_a_file_too_short_is_refused(tmp_path):
    path = save_external(tmp_path / "a.onnx", "weights.bin")
    (tmp_path / "weights.bin").write_bytes(b"\0" * 8)
    with pytest.raises(ExternalData):
        load_onnx(path)


def test_a_huge_file_beside_it_is_refused_without_being_read(tmp_path):
    path = save_external(tmp_path / "a.onnx", "weights.bin")
    with (tmp_path / "weights.bin").open("r+b") as stream:
        stream.truncate(2_000_000_000)  # takes no room on the disk
    with pytest.raises(ModelTooLarge):
        load_onnx(path)


def test_weights_beside_it_that_are_no_numbers_are_seen(tmp_path):
    path = save_external(tmp_path / "a.onnx", "weights.bin", weights=np.full((3, 3), np.nan, np.float32))
    with pytest.raises(NotFinite, match="weights"):
        load_onnx(path)
    assert np.isnan(onnx.numpy_helper.to_array(network(weights=np.full((3, 3), np.nan, np.float32)).graph.initializer[0])).all()
