"""What XEdu's functions return and print of a classifier's answer, and the pictures with the answer drawn."""
from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.errors import BadArgument, FileMissing
from edukit.core.files import user_path, writing
from edukit.core.i18n import t
from edukit.core.images import IMAGE_SUFFIXES, as_image
from edukit.core.preprocess import UInt8Image
from edukit.core.resources import resource
from edukit.runtime import Predictor

SIGN = "edukit.xedu"  # in the metadata of drawn pictures: only those may be drawn anew
KEYS = ("标签", "置信度", "预测结果")


def pictures_in(image: Any) -> tuple[list[Any], bool]:
    """The pictures that an argument ``image`` means, and whether it is a folder (or a list).

    Raises:
        BadArgument: None is given, or a folder without pictures.
        FileMissing
    """
    if image is None or (isinstance(image, str) and not image):
        raise BadArgument(name="image", value=image, wanted=t("xedu.wanted.image"))
    if isinstance(image, (list, tuple)):
        return list(image), True
    if not isinstance(image, (str, os.PathLike)):
        return [from_cv2(image)], False
    path = user_path(image)
    if not path.exists():
        raise FileMissing(path=image)
    if not path.is_dir():
        return [path], False
    found = sorted(file for file in path.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith("."))
    if not found:
        raise BadArgument(name="image", value=image, wanted=t("xedu.wanted.image"))
    return found, True


def from_cv2(image: Any) -> Any:
    """An array as OpenCV gives it (BGR) becomes RGB; anything else stays."""
    if isinstance(image, np.ndarray) and image.ndim == 3 and image.shape[2] == 3:
        return np.ascontiguousarray(image[..., ::-1])
    return image


def answers_of(model: Predictor, pictures: Sequence[Any]) -> list[dict[str, Any]]:
    """MMEdu's ``{"pred_label", "pred_score", "pred_class"}`` for each picture."""
    rows = model.predict_answers(list(pictures))
    return [{"pred_label": int(row.argmax()), "pred_score": float(row.max()), "pred_class": model.card.classes[int(row.argmax())]} for row in rows]


def in_chinese(answer: dict[str, Any], keys: Sequence[str] = KEYS) -> dict[str, Any]:
    """The same under XEdu's Chinese names, or others."""
    return dict(zip(keys, (answer["pred_label"], answer["pred_score"], answer["pred_class"])))


@cache
def font(size: int) -> Any:
    """Our Chinese font for Pillow; ``size`` in pixels."""
    from PIL import ImageFont

    return ImageFont.truetype(str(resource("edukit", "plots", "fonts", "EdukitHei.ttf")), size)


def draw(image: Any, answer: dict[str, Any]) -> UInt8Image:
    """The picture (RGB) with label and score in its corner."""
    from PIL import Image, ImageDraw

    canvas = Image.fromarray(as_image(image))
    size = max(10, min(canvas.size) // 14)
    pen, text = ImageDraw.Draw(canvas), f"{answer['pred_class']} {answer['pred_score']:.2f}"
    pen.rectangle(pen.textbbox((size // 3, size // 3), text, font=font(size)), fill=(0, 0, 0))
    pen.text((size // 3, size // 3), text, font=font(size), fill=(255, 255, 255))
    return np.asarray(canvas, np.uint8)


def save_drawn(image: UInt8Image, folder: Path, name: str) -> Path:
    """Saves a drawn picture under its name in ``folder``; a file there that was not drawn by us stays, and the new one gets a number."""
    from PIL import Image, PngImagePlugin

    folder.mkdir(parents=True, exist_ok=True)
    target, number = folder / name, 1
    while target.exists() and not _drawn_by_us(target):
        target, number = folder / f"{Path(name).stem}-{number}{Path(name).suffix}", number + 1
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", SIGN)
    extra: dict[str, Any] = {".png": {"pnginfo": info}, ".jpg": {"comment": SIGN, "quality": 92}, ".jpeg": {"comment": SIGN, "quality": 92}}
    with writing(target) as temporary:
        Image.fromarray(image).save(temporary, **extra.get(target.suffix.lower(), {}))
    return target


def _drawn_by_us(path: Path) -> bool:
    from PIL import Image

    try:
        with Image.open(path) as picture:
            comment = picture.info.get("comment", "")
    except (OSError, SyntaxError, ValueError):
        return False
    return (comment.decode("latin-1") if isinstance(comment, bytes) else str(comment)) == SIGN


def show_picture(image: UInt8Image) -> None:
    """Shows a picture in a notebook's cell; elsewhere there is nothing to show it in, and its file is enough."""
    try:
        from IPython import get_ipython
        from IPython.display import Image, display
    except ImportError:
        return
    if get_ipython() is not None:  # type: ignore[no-untyped-call, unused-ignore]
        from edukit.core.images import encode_png

        display(Image(encode_png(image)))  # type: ignore[no-untyped-call, unused-ignore]


def as_type(image: UInt8Image, kind: str) -> UInt8Image:
    """An RGB picture as ``img_type`` or ``get_img`` asks for: ``"cv2"`` BGR, ``"pil"`` RGB. Raises ``BadArgument``."""
    if kind not in ("cv2", "pil"):
        raise BadArgument(name="img_type", value=kind, wanted='"cv2" / "pil"')
    return np.ascontiguousarray(image[..., ::-1]) if kind == "cv2" else image
