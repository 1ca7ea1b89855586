"""The camera of this computer without a browser: bursts, every n-th frame, and what keeps it from working, with a video in its place."""
import errno
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from edukit.core.errors import BadArgument, CameraBusy, CameraLost, CameraMissing, CameraRefused, DiskFull
from edukit.core.events import Stopped
from edukit.data import DatasetBuilder, camera_frames, record
from edukit.data import video as code
from tests.dataset_files import film


@pytest.fixture
def device(tmp_path):
    """Twenty-four frames, each of its own grey, then the camera is gone."""
    return film(tmp_path / "camera.avi", (np.full((48, 64, 3), 10 * number, np.uint8) for number in range(24)))


class Fake:
    """A capture that opens, gives ``frames`` frames, and knows whether it was released."""

    def __init__(self, frames=0, opens=True):
        self.left, self.opens, self.released = frames, opens, 0

    def __call__(self, _device):
        return self

    def isOpened(self):  # noqa: N802
        return self.opens

    def set(self, *_):
        return False

    def read(self):
        self.left -= 1
        return (True, np.zeros((8, 8, 3), np.uint8)) if self.left >= 0 else (False, None)

    def release(self):
        self.released += 1


def test_a_burst_comes_into_one_group_one_picture_a_step(device):
    builder = DatasetBuilder("faces")
    names = record(builder, "me", device, limit=5, every=3)
    greys = [round(float(cv2.imread(str(one.path)).mean()) / 10) for one in builder.pictures()]
    assert len(names) == 5 and greys == [0, 3, 6, 9, 12] and len({one.group for one in builder.pictures()}) == 1
    record(builder, "me", device, limit=2)
    assert len({one.group for one in builder.pictures()}) == 2, "another recording is another group"


def test_unplugged_in_the_middle_keeps_what_was_recorded(device):
    builder = DatasetBuilder("faces")
    with pytest.raises(CameraLost) as caught:
        record(builder, "me", device, limit=50, every=2)
    assert builder.counts == {"me": 12} and "after 12 pictures" in caught.value.message and "kept" in caught.value.remedy


def test_a_full_disk_in_the_middle_of_a_burst_keeps_what_was_recorded(device, monkeypatch):
    builder, real, written = DatasetBuilder("faces"), Path.write_bytes, []

    def full(path, data):
        nonlocal written
        written += [path] * (".png" in path.name)
        if len(written) > 3:
            real(path, data[:20])
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DiskFull):
        record(builder, "me", device, limit=8, every=1)
    monkeypatch.undo()
    assert DatasetBuilder("faces").counts == {"me": 3} and len(list(builder.folder.rglob("*.png"))) == 3, "no half picture"
    assert all(cv2.imread(str(one.path)) is not None for one in builder.pictures())


def test_why_it_cannot_work(tmp_path, monkeypatch):
    with pytest.raises(CameraMissing):
        next(camera_frames(tmp_path / "none"))
    monkeypatch.setattr(code.sys, "platform", "linux")
    with pytest.raises(CameraMissing, match="E608"):
        next(camera_frames(973))
    with pytest.raises(CameraMissing):
        next(camera_frames("http://127.0.0.1:9/stream"))  # no address is ever asked
    (tmp_path / "device").write_bytes(b"no camera" * 9)
    with pytest.raises(CameraBusy):
        next(camera_frames(tmp_path / "device"))
    monkeypatch.setattr(code.os, "access", lambda *_: False)
    with pytest.raises(CameraRefused, match="group video"):
        next(camera_frames(tmp_path / "device"))


def test_numbered_devices_of_other_systems(monkeypatch):
    monkeypatch.setattr(code.sys, "platform", "win32")
    for fake, wrong in ((Fake(opens=False), CameraMissing), (Fake(0), CameraBusy)):
        monkeypatch.setattr(cv2, "VideoCapture", fake)
        with pytest.raises(wrong):
            list(camera_frames(0))
        assert fake.released == 1
    left_open = Fake(10**6)
    monkeypatch.setattr(cv2, "VideoCapture", left_open)
    assert len(list(islice(camera_frames(0, limit=None, every=1), 300))) == 300
    assert left_open.released == 1, "switched off when nobody asks for more"


@pytest.mark.parametrize("wrong", [{"every": 0}, {"every": 1.5}, {"limit": 0}, {"limit": "many"}, {"limit": True}])
def test_bad_arguments_switch_nothing_on(wrong, device, monkeypatch):
    fake = Fake(5)
    monkeypatch.setattr(cv2, "VideoCapture", fake)
    with pytest.raises(BadArgument):
        next(camera_frames(device, **wrong))
    assert fake.left == 5


def test_a_stop_keeps_what_was_recorded(device):
    builder = DatasetBuilder("faces")
    with pytest.raises(Stopped):
        record(builder, "me", device, every=1, should_stop=lambda: builder.counts.get("me", 0) >= 4)
    assert builder.counts == {"me": 4}
