"""``MMClassification`` with MMEdu's arguments, over the verbs train, predict and convert."""
from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import edukit
from edukit.core.errors import BadArgument, UnknownChoice
from edukit.core.files import user_path
from edukit.core.i18n import t
from edukit.data import Dataset, load_dataset, verify
from edukit.models import load_model
from edukit.runtime import Predictor
from edukit.xedu.answers import answers_of, draw, in_chinese, pictures_in, save_drawn, show_picture
from edukit.xedu.checkpoints import checkpoint_of, network_name
from edukit.xedu.onnx_writing import write_onnx, write_samples
from edukit.xedu.training_log import TrainingLog

OPTIMIZERS = ("SGD", "Adam", "Adagrad", "AdamW")


def _device(name: str) -> str:
    """``"cuda:0"`` is ``"cuda"``; where no graphics card can be used, the CPU, and it is said: the pages' scripts ask for one as a matter of course."""
    if not name.startswith("cuda"):
        return name
    import torch

    if torch.cuda.is_available():
        return "cuda"
    print(t("xedu.no_gpu", device=name))
    return "cpu"


class MMClassification:
    """A classifier as MMEdu's scripts know it.

    Args:
        backbone: A network's name as MMEdu has it, whatever its case.
        num_classes: How many classes the dataset has; -1 takes the dataset's word.
        dataset_path: A dataset, loaded at once.

    Attributes:
        checkpoint: Used where ``inference`` is given none.
        save_fold: Where ``train`` leaves its files.

    Raises:
        UnknownBackbone
    """

    def __init__(self, backbone: str = "LeNet", num_classes: int = -1, dataset_path: str | os.PathLike[str] | None = None, **_: Any) -> None:
        network_name(backbone)
        self.backbone, self.num_classes = backbone, num_classes
        self.checkpoint: str | os.PathLike[str] | None = None
        self.save_fold: str | os.PathLike[str] = "./checkpoints/cls_model/"
        self.dataset: Dataset | None = None
        self._result: list[dict[str, Any]] = []
        self._fast: Predictor | None = None
        if dataset_path:
            self.load_dataset(dataset_path)

    @staticmethod
    def sota() -> list[str]:
        """Prints and returns the networks that can be trained."""
        names = [backbone.name for backbone in edukit.backbones()]
        print(", ".join(names))
        return names

    def load_dataset(self, path: str | os.PathLike[str], check: bool = True) -> None:
        """Reads a dataset; nothing is written into it.

        Args:
            path: In ImageNet's form or any other that edukit reads.
            check: Whether every picture is looked at now; training looks at all of them anyway.

        Raises:
            BadDataset: Names the damaged pictures.
        """
        self.dataset = load_dataset(path)
        if check:
            verify(self.dataset, ("train", "validation"))

    def train(
        self, random_seed: int = 0, save_fold: str | os.PathLike[str] | None = None, distributed: bool = False, validate: bool = True,
        device: str = "cpu", metric: str = "accuracy", save_best: str = "auto", optimizer: str = "SGD", epochs: int = 100, lr: float = 0.01,
        weight_decay: float = 0.001, checkpoint: str | os.PathLike[str] | None = None, batch_size: int | None = None,
        topk: Sequence[int] | None = None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Trains, prints a line an epoch, and returns the lines of the log.

        Args:
            random_seed, save_fold, validate, device, epochs, lr, weight_decay, batch_size: As in MMEdu.
            distributed: One machine trains; True says so.
            metric, save_best: Accuracy is what a classifier is measured by.
            optimizer: ``"SGD"``, ``"Adam"`` or ``"Adagrad"``.
            checkpoint: Goes on from these weights; other classes get a new head.
            topk: By default (1,), with more than five classes (5,).

        Raises:
            BadArgument, UnknownChoice, WrongBackbone, and what ``edukit.train`` raises.
        """
        dataset = self._checked_dataset()
        if metric != "accuracy":
            raise UnknownChoice.among("metric", metric, ["accuracy"])
        if str(optimizer) not in OPTIMIZERS:
            raise UnknownChoice.among("optimizer", optimizer, OPTIMIZERS)
        if distributed:
            print(t("xedu.one_machine"))
        ks = tuple(topk or ((1,) if len(dataset.classes) <= 5 else (5,)))
        start = None if checkpoint is None else checkpoint_of(checkpoint, self.backbone)
        folder = user_path(save_fold or self.save_fold, output=True)
        folder.mkdir(parents=True, exist_ok=True)
        run = Path(tempfile.mkdtemp(prefix=".run-", dir=folder))
        log = TrainingLog(folder, run, epochs, ks)
        try:
            edukit.train(
                dataset, network_name(self.backbone, start), epochs=epochs, out=run, lr=lr, batch_size=batch_size, optimizer=optimizer,
                weight_decay=weight_decay, freeze=False, validate=validate, topk=next((k for k in ks if k != 1), None),
                checkpoint=None if start is None else start.path, random_seed=random_seed, device=_device(device), on_event=log,
            )  # fmt: skip
        finally:
            shutil.rmtree(run, ignore_errors=True)  # ours; MMEdu's files lie beside it
        return log.lines

    def _checked_dataset(self) -> Dataset:
        if self.dataset is None:
            raise BadArgument(name="path", value=None, wanted=t("xedu.wanted.dataset"))
        if self.num_classes not in (-1, len(self.dataset.classes)):
            raise BadArgument(name="num_classes", value=self.num_classes, wanted=len(self.dataset.classes))
        return self.dataset

    def inference(
        self, device: str = "cpu", checkpoint: str | os.PathLike[str] | None = None, image: Any = None, show: bool = True,
        class_path: Any = None, save_fold: str | os.PathLike[str] = "cls_result", **_: Any,
    ) -> Any:  # fmt: skip
        """The answer for a picture, ``{"pred_label", "pred_score", "pred_class"}``, or a list of them for a folder.

        Args:
            device, class_path: Accepted; classes are read off the checkpoint, one picture is quickest on the CPU.
            checkpoint: A .pth of edukit's or MMEdu's; by default ``self.checkpoint``.
            image: A path, a folder, or an array as OpenCV gives it.
            show: Whether the drawn picture is saved in ``save_fold`` and shown in a notebook.
            save_fold: Where drawn pictures go, under the name of the original.

        Raises:
            BadArgument, FileMissing, WrongBackbone, and what reading a picture raises.
        """
        pictures_in(image)
        file = checkpoint_of(checkpoint or self.checkpoint, self.backbone)
        return self._answer(load_model(file), image, show, save_fold)

    def load_checkpoint(self, checkpoint: str | os.PathLike[str] | None = None, device: str = "cpu") -> None:
        """Loads a checkpoint once, for ``fast_inference``."""
        self._fast = load_model(checkpoint_of(checkpoint or self.checkpoint, self.backbone))

    def fast_inference(self, image: Any = None, show: bool = True, save_fold: str | os.PathLike[str] = "cls_result", verbose: bool = True) -> Any:
        """As ``inference``, with the checkpoint that ``load_checkpoint`` loaded."""
        if self._fast is None:
            self.load_checkpoint()
        assert self._fast is not None
        return self._answer(self._fast, image, show, save_fold)

    def _answer(self, model: Predictor, image: Any, show: bool, save_fold: str | os.PathLike[str]) -> Any:
        pictures, many = pictures_in(image)
        self._result = answers_of(model, pictures)
        if show:
            for number, (picture, answer) in enumerate(zip(pictures, self._result)):
                drawn = draw(picture, answer)
                save_drawn(drawn, user_path(save_fold, output=True), picture.name if isinstance(picture, Path) else f"{number}.jpg")
                if not many:
                    show_picture(drawn)
        return self._result if many else self._result[0]

    def print_result(self, res: Any = None) -> list[dict[str, Any]]:
        """Prints and returns ``[{"标签", "置信度", "预测结果"}]`` of a result, by default the last one."""
        given = self._result if res is None else res if isinstance(res, list) else [res]
        told = [in_chinese(answer) for answer in given]
        for one in told:
            print(f"标签: {one['标签']}， 置信度: {one['置信度']:.2f}， 预测结果: {one['预测结果']!r}")
        return told

    def convert(
        self, checkpoint: str | os.PathLike[str] | None = None, backend: str = "ONNX", out_file: str | os.PathLike[str] = "convert_model.onnx",
        opset_version: int = 11, ir_version: int = 6, class_path: Any = None,
    ) -> None:  # fmt: skip
        """Writes an ONNX file that BaseDeploy and XEduHub can run too, with sample code beside it.

        Raises:
            UnknownChoice, BadSuffix, OutputExists, WrongBackbone, and what ``edukit.convert`` raises.
        """
        if backend != "ONNX":
            raise UnknownChoice.among("backend", backend, ["ONNX"])
        file = checkpoint_of(checkpoint or self.checkpoint, self.backbone)
        path = write_onnx(file, out_file, opset_version=opset_version, ir_version=ir_version)
        write_samples(path, "mmedu")
        print(t("xedu.converted", path=path.name))
