"""What was uploaded comes into a set in the making: a picture, the frames of a video as one recording, a zip or Teachable Machine project."""
from __future__ import annotations

import secrets
import tempfile
from collections import defaultdict
from pathlib import Path, PurePosixPath

from edukit.core.errors import BadArgument, EdukitError
from edukit.core.i18n import t
from edukit.core.images import IMAGE_SUFFIXES
from edukit.core.limits import MAX_IMAGE_BYTES
from edukit.data.archives import SUFFIXES, list_archive
from edukit.data.builder import DatasetBuilder
from edukit.data.video import MAX_BYTES, is_video, video_frames

VIDEO_EVERY, VIDEO_FRAMES = 8, 60  # one frame of so many, and at most so many of one video
MOST_FOLDERS, MOST_NAMES = 20, 3  # that are shown of a zip before it is taken


def add_upload(builder: DatasetBuilder, name: str, data: bytes, *, label: str = "") -> dict[str, int]:
    """Adds an uploaded file to a set.

    Args:
        builder: The set.
        name: The file's name; in an uploaded folder its place there, and the folder that it lies in is its class.
        data: Its bytes.
        label: The class of what has no folder; a zip and a project bring their own.

    Returns:
        How many pictures came to each class.

    Raises:
        BadArgument: Nothing says the class.
        EdukitError: As ``DatasetBuilder.add``, ``video_frames`` and ``load_dataset``.

    Example:
        >>> add_upload(DatasetBuilder("pets"), "photos/cat/1.jpg", Path("cat.jpg").read_bytes())
        {'cat': 1}
    """
    place, archive = PurePosixPath(name), name.lower().endswith(SUFFIXES)
    label = place.parent.name or label
    if not archive and not label:
        raise BadArgument(name="label", value="–", wanted=t("data.wanted.class_of_upload"))
    if not (is_video(name) or archive):
        return {label: len(builder.add(label, [data], names=(place.name,)))}
    with tempfile.TemporaryDirectory() as folder:  # OpenCV and the readers of archives take files alone
        path = Path(folder) / f"upload{place.suffix.lower()}"
        path.write_bytes(data)
        if archive:
            return builder.add_dataset(path)
        frames = list(video_frames(path, every=VIDEO_EVERY, limit=VIDEO_FRAMES))
    return {label: len(builder.add(label, frames, group=f"{place.stem}-{secrets.token_hex(2)}"))}


def guessed_names(name: str, data: bytes) -> list[str]:
    """What is in an uploaded zip whose names do not say their encoding, a line a class: to be shown before it is taken. Empty for all other files.

    Example:
        >>> guessed_names("cat.jpg", Path("cat.jpg").read_bytes())
        []
    """
    if not name.lower().endswith(SUFFIXES):
        return []
    folders: dict[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload.zip"
        path.write_bytes(data)
        try:
            found = list_archive(path)
        except EdukitError:  # told when it is to be added
            return []
    for place in map(PurePosixPath, found.names.values() if found.guessed else ()):
        if place.suffix.lower() in IMAGE_SUFFIXES:
            folders[place.parent.name or "/"].append(place.name)
    lines = [t("data.archive.folder", label=label, count=len(names), names=t("data.comma").join(names[:MOST_NAMES])) for label, names in folders.items()]
    return lines[:MOST_FOLDERS] + ["…"] * (len(lines) > MOST_FOLDERS)


def most_bytes(name: str) -> int:
    """How large an uploaded file of this name may be.

    Example:
        >>> most_bytes("cat.jpg") < most_bytes("cats.zip")
        True
    """
    return MAX_BYTES if name.lower().endswith(SUFFIXES) or is_video(name) else MAX_IMAGE_BYTES
