"""Frames of a video file or of this computer's camera as pictures: every n-th place, and there the sharpest frame; and a recording into a set."""
from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.errors import BadArgument, CameraBusy, CameraLost, CameraMissing, CameraRefused, NotAnImage
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import input_file
from edukit.core.i18n import t
from edukit.core.preprocess import UInt8Image
from edukit.data.builder import DatasetBuilder

SUFFIXES = (".mp4", ".webm", ".avi", ".mov", ".mkv", ".m4v")
MAX_BYTES, MAX_SIDE, MAX_FRAMES = 500_000_000, 4096, 2000
Device = int | str | os.PathLike[str] | None
DEVICE = "EDUKIT_CAMERA"
BURST, EVERY = 20, 3  # pictures of a recording, and of so many frames one: some ten pictures a second


def video_frames(
    path: str | os.PathLike[str], *, every: int = 10, sharpest: bool = True, limit: int = 200,
    on_event: OnEvent | None = None, should_stop: ShouldStop | None = None,
) -> Iterator[UInt8Image]:  # fmt: skip
    """RGB pictures (height, width, 3) of a video, one out of every ``every`` frames; only one is held in memory.

    Args:
        path: A file that OpenCV can read.
        every: Of so many frames one is taken.
        sharpest: Whether the sharpest of them, else the first.
        limit: At most so many pictures.
        on_event, should_stop: Progress, in frames, and the wish to stop.

    Raises:
        BadArgument, FileMissing, FileTooLarge, NotAnImage: The file is no video, or holds no frame. Stopped
    """
    import cv2

    source, reporter = input_file(path, max_bytes=MAX_BYTES), Reporter(on_event, should_stop)
    video, taken = cv2.VideoCapture(os.fspath(source)), 0
    try:
        sizes = [video.get(one) for one in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)]
        if not video.isOpened() or not all(0 < size <= MAX_SIDE for size in sizes):
            raise NotAnImage(path=source)
        total = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        for picture in every_nth(video, every=every, sharpest=sharpest, limit=min(limit, MAX_FRAMES), total=total, reporter=reporter):
            taken += 1
            yield picture
        if not taken:
            raise NotAnImage(path=source)
    finally:
        video.release()


def camera_frames(
    device: Device = None, *, every: int = EVERY, sharpest: bool = False, limit: int | None = BURST,
    on_event: OnEvent | None = None, should_stop: ShouldStop | None = None,
) -> Iterator[UInt8Image]:  # fmt: skip
    """RGB pictures (height, width, 3) of this computer's camera, one out of every ``every`` frames. It is switched on by the first one that is asked for.

    Args:
        device: The camera's number, or the path of its device (a video's path plays the camera); by default ``EDUKIT_CAMERA`` from the environment, else 0.
        every: Of so many frames one is taken.
        sharpest: Whether the sharpest of them, else the first.
        limit: So many pictures; None for as many as are asked for.
        on_event, should_stop: Progress, in frames, and the wish to stop.

    Raises:
        BadArgument, Stopped
        CameraMissing, CameraRefused, CameraBusy: There is none, this user may not use it, or another program does.
        CameraLost: It was unplugged; the pictures before were given.

    Example:
        >>> next(camera_frames("/dev/no-camera"))
        Traceback (most recent call last):
        edukit.core.errors.CameraMissing: [E608] There is no camera /dev/no-camera on this computer. Plug one in, or upload pictures instead.
    """
    if not (limit is None or (type(limit) is int and limit > 0)):
        raise BadArgument(name="limit", value=limit, wanted=t("runtime.positive_whole"))
    most, taken, reporter = float("inf") if limit is None else limit, 0, Reporter(on_event, should_stop)
    if device is None:
        told = os.environ.get(DEVICE, "")
        device = int(told or 0) if told.isdecimal() or not told else told
    video = _opened(device)
    try:
        for picture in every_nth(video, every=every, sharpest=sharpest, limit=most, total=(limit or 0) * every, reporter=reporter):
            taken += 1
            yield picture
        if taken < most:  # it opened, and then gave nothing, or no more
            raise CameraLost(device=device, count=taken) if taken else CameraBusy(device=device)
    finally:
        video.release()


def record(builder: DatasetBuilder, label: str, device: Device = None, **options: Any) -> tuple[str, ...]:
    """Records a burst into one class of a set, as one group. Each picture is in the set, and on the disk, before the next is taken.

    Args:
        builder: The set.
        label: The class.
        device: As for ``camera_frames``.
        options: The others of ``camera_frames``.

    Returns:
        The names under which they are in the set.

    Raises:
        DiskFull, OutputNotWritable, and as ``camera_frames``; what was recorded before stays in the set.
    """
    group, names = f"camera-{secrets.token_hex(3)}", list[str]()
    for picture in camera_frames(device, **options):
        names += builder.add(label, [picture], group=group)
    return tuple(names)


def every_nth(video: Any, *, every: int, sharpest: bool, limit: float, total: int, reporter: Reporter) -> Iterator[UInt8Image]:
    """RGB pictures of an opened ``cv2.VideoCapture`` until it gives none, or ``limit`` were taken. Raises ``BadArgument``, ``Stopped``."""
    import cv2

    if type(every) is not int or every < 1:
        raise BadArgument(name="every", value=every, wanted=t("runtime.positive_whole"))
    taken, best, best_score = 0, None, -1.0
    for number in count():
        reporter.check()
        good, frame = video.read()
        if good and (sharpest or number % every == 0):
            score = _sharpness(frame) if sharpest else 0.0
            best, best_score = (frame, score) if score > best_score else (best, best_score)
        if best is not None and (not good or number % every == every - 1):
            yield np.asarray(cv2.cvtColor(best, cv2.COLOR_BGR2RGB), np.uint8)
            taken, best, best_score = taken + 1, None, -1.0
            reporter.progress(number + 1, max(number + 1, total), "frame")
        if not good or taken >= limit:
            return


def is_video(name: str) -> bool:
    """Whether a file's name is that of a video."""
    return Path(name).suffix.lower() in SUFFIXES


def _sharpness(frame: UInt8Image) -> float:
    """The variance of the Laplacian: edges make it large, blur makes it small."""
    import cv2

    small = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), (160, 120), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_64F).var())


def _opened(device: int | str | os.PathLike[str]) -> Any:
    """A ``cv2.VideoCapture`` of the device. A path must be there: OpenCV would take an address of the internet as well."""
    import cv2

    path = Path(device) if not isinstance(device, int) else Path(f"/dev/video{device}") if sys.platform == "linux" else None
    if path is not None and not path.exists():
        raise CameraMissing(device=device)
    if path is not None and not os.access(path, os.R_OK):
        raise CameraRefused(device=device)
    video = cv2.VideoCapture(device if isinstance(device, int) else os.fspath(device))
    if not video.isOpened():
        video.release()
        raise CameraBusy(device=device) if path is not None else CameraMissing(device=device)
    video.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # what is shown is now, not what waited
    return video
