"""The camera of the computer that runs edukit, without a browser: its frames as pictures, and a recording into a set."""
from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from edukit.core.errors import BadArgument, CameraBusy, CameraLost, CameraMissing, CameraRefused
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.i18n import t
from edukit.core.preprocess import UInt8Image
from edukit.data.builder import DatasetBuilder
from edukit.data.video import every_nth

Device = int | str | os.PathLike[str] | None
DEVICE = "EDUKIT_CAMERA"
BURST, EVERY = 20, 3  # pictures of a recording, and of so many frames one: some ten pictures a second


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
        edukit.core.errors.kinds.CameraMissing: [E608] There is no camera /dev/no-camera on this computer. Plug one in, or upload pictures instead.
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


def record(
    builder: DatasetBuilder, label: str, device: Device = None, *, add: Callable[..., tuple[str, ...]] | None = None, **options: Any
) -> tuple[str, ...]:
    """Records a burst into one class of a set, as one group. Each picture is in the set, and on the disk, before the next is taken.

    Args:
        builder: The set.
        label: The class.
        device: As for ``camera_frames``.
        add: Called instead of ``builder.add``.
        options: The others of ``camera_frames``.

    Returns:
        The names under which they are in the set.

    Raises:
        DiskFull, OutputNotWritable, and as ``camera_frames``; what was recorded before stays in the set.
    """
    group, names = f"camera-{secrets.token_hex(3)}", list[str]()
    for picture in camera_frames(device, **options):
        names += (add or builder.add)(label, [picture], group=group)
    return tuple(names)


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
