"""Frames of a video file as pictures: every n-th place of it, and there the sharpest frame."""
from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.errors import BadArgument, NotAnImage
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import input_file
from edukit.core.i18n import t
from edukit.core.preprocess import UInt8Image

SUFFIXES = (".mp4", ".webm", ".avi", ".mov", ".mkv", ".m4v")
MAX_BYTES, MAX_SIDE, MAX_FRAMES = 500_000_000, 4096, 2000


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
