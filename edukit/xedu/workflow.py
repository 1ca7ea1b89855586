"""``Workflow`` (XEduHub) and ``BaseDeploy`` on ONNX files that we or MMEdu wrote."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from edukit.core.errors import UnknownChoice
from edukit.core.files import user_path
from edukit.core.preprocess import UInt8Image
from edukit.models import load_model
from edukit.xedu.answers import KEYS, answers_of, as_type, draw, in_chinese, pictures_in, save_drawn, show_picture

TASKS = ("mmedu", "basenn")
LANGUAGES = {  # the keys of an answer about a picture, and of one about a row
    "zh": (KEYS, ("预测值", "分数")), "en": (("label", "confidence", "result"), ("prediction", "score")),
    "ru": (("метка", "уверенность", "результат"), ("предсказание", "оценка")), "de": (("Label", "Konfidenz", "Ergebnis"), ("Vorhersage", "Wert")),
    "fr": (("étiquette", "confiance", "résultat"), ("prédiction", "score")),
}  # fmt: skip


class Workflow:
    """A model file and what XEduHub's scripts ask of it.

    Args:
        task: ``"mmedu"`` for a classifier of pictures, ``"basenn"`` for a network of BaseNN's.
        checkpoint: The .onnx file.
        download_path, repo: Accepted; nothing is fetched.

    Raises:
        UnknownChoice, and what loading the file raises.
    """

    def __init__(self, task: str | None = None, checkpoint: str | os.PathLike[str] | None = None, download_path: Any = None, repo: Any = None) -> None:
        if task not in TASKS:
            raise UnknownChoice.among("task", task, TASKS)
        self.task, self.path = task, checkpoint
        self._answers: list[dict[str, Any]] = []
        self._many = False
        self._rows: Any = None
        if task == "basenn":
            from edukit.xedu.table import open_rows

            self._run = open_rows(checkpoint)
        else:
            self.model = load_model(checkpoint)  # type: ignore[arg-type]  # None is told as such

    def inference(self, data: Any = None, show: bool = False, img_type: str | None = None, thr: float = 0.3, bbox: Any = None, **_: Any) -> Any:
        """The answer: for ``"mmedu"`` ``{"标签", "置信度", "预测结果"}`` or a list of them, for ``"basenn"`` a list with one array.

        Args:
            data: A path, a folder, an array as OpenCV gives it; for tables a row or rows.
            show: Whether the last picture is shown, drawn, in a notebook.
            img_type: ``"cv2"`` or ``"pil"`` returns the last picture, drawn, as well.
            thr, bbox: Of detectors.
        """
        if self.task == "basenn":
            self._rows = self._run(data)
            return [self._rows]
        pictures, self._many = pictures_in(data)
        self._answers = answers_of(self.model, pictures)
        told = [in_chinese(answer) for answer in self._answers]
        result: Any = told if self._many else told[0]
        if not (show or img_type):
            return result
        drawn = draw(pictures[-1], self._answers[-1])
        if show:
            show_picture(drawn)
        return (result, as_type(drawn, img_type)) if img_type else result

    def format_output(self, lang: str = "zh", isprint: bool = True) -> Any:
        """The last answer in words of ``"zh"``, ``"en"``, ``"ru"``, ``"de"`` or ``"fr"``. Raises ``UnknownChoice``."""
        if lang not in LANGUAGES:
            raise UnknownChoice.among("lang", lang, LANGUAGES)
        if self.task == "basenn":
            rows = self._rows if self._rows is not None else []
            best = [(int(row.argmax()) if len(row) > 1 else float(row[0]), float(row.max())) for row in rows]
            result: Any = {number: dict(zip(LANGUAGES[lang][1], one)) for number, one in enumerate(best)}
        else:
            told = [in_chinese(answer, LANGUAGES[lang][0]) for answer in self._answers]
            result = told if self._many or not told else told[0]
        if isprint:
            print(result)
        return result

    def show(self, image: UInt8Image) -> None:
        """Shows a picture that ``inference`` gave (BGR) in a notebook; elsewhere nothing is opened."""
        show_picture(as_type(image, "cv2"))

    def save(self, image: UInt8Image, path: str | os.PathLike[str]) -> Path:
        """Saves a picture that ``inference`` gave (BGR); a file of the user's there stays, and the new one gets a number."""
        target = user_path(path, output=True)
        return save_drawn(as_type(image, "cv2"), target.parent, target.name)


class BaseDeploy(Workflow):
    """What ``import BaseDeploy as bd; bd(path)`` was.

    Args:
        path: The .onnx file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__("mmedu", path)

    def inference(  # type: ignore[override]
        self, data: Any = None, show: bool = False, get_img: str | None = None, score: float = 0.3, show_path: str | os.PathLike[str] | None = None
    ) -> Any:
        """The answer, or answer and drawn picture with ``get_img`` (``"cv2"``, ``"pil"``); ``show_path`` saves it."""
        if not (get_img or show_path):
            return super().inference(data, show)
        result, drawn = super().inference(data, show=show, img_type="cv2")
        if show_path:
            self.save(drawn, show_path)
        return (result, drawn if get_img == "cv2" else as_type(drawn[..., ::-1], get_img)) if get_img else result

    def print_result(self, result: Any = None) -> Any:
        """Prints and returns ``{"标签", "置信度", "预测结果"}`` of the last picture, a list for a folder."""
        return self.format_output("zh")
