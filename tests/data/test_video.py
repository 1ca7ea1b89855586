"""Frames of a video: every n-th place, there the sharpest; a file that is none; the Studio takes one."""
import cv2
import numpy as np
import pytest

from edukit.core.errors import BadArgument, NotAnImage
from edukit.data import video_frames


@pytest.fixture
def clip(tmp_path):
    """Thirty frames of noise, blurred but for every tenth from the third on; the red channel tells the number."""
    path, rng = tmp_path / "clip.avi", np.random.default_rng(0)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (160, 120))
    for number in range(30):
        frame = np.repeat(rng.integers(0, 256, (15, 20, 1), dtype=np.uint8), 3, axis=2).repeat(8, 0).repeat(8, 1)
        frame = frame if number % 10 == 3 else cv2.GaussianBlur(frame, (0, 0), 6)
        frame[:20, :20] = (0, 0, 8 * number)
        writer.write(frame)
    writer.release()
    return path


def numbers(frames):
    return [round(float(frame[4:16, 4:16, 0].mean()) / 8) for frame in frames]


def test_the_sharpest_of_every_ten(clip):
    found = list(video_frames(clip, every=10))
    assert numbers(found) == [3, 13, 23] and found[0].shape == (120, 160, 3)
    assert numbers(video_frames(clip, every=10, sharpest=False)) == [0, 10, 20]
    assert len(list(video_frames(clip, every=7))) == 5, "what is left at the end counts too"
    assert len(list(video_frames(clip, every=1, limit=4))) == 4


def test_no_video(tmp_path, clip):
    path = tmp_path / "x.mp4"
    path.write_bytes(b"not a video" * 50)
    with pytest.raises(NotAnImage):
        list(video_frames(path))
    with pytest.raises(BadArgument):
        list(video_frames(clip, every=0))
