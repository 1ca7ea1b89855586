"""BaseNN's ``nn``: a network put together layer by layer, for pictures or for tables."""
from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import edukit
from edukit.core.card import CLASSIFICATION, ModelCard
from edukit.core.errors import BadArgument, UnknownChoice
from edukit.core.files import input_file, user_path
from edukit.core.i18n import t
from edukit.core.images import read_image
from edukit.core.preprocess import Preprocess
from edukit.data import load_dataset, verify
from edukit.models import CheckpointFile, check_checkpoint, load_model
from edukit.models.checkpoint import read_checkpoint, save_checkpoint
from edukit.models.checkpoint_reader import inspect_checkpoint
from edukit.models.layers import build_layers, describe_layer
from edukit.tasks import find_task
from edukit.training.pictures import Pictures
from edukit.xedu.answers import pictures_in
from edukit.xedu.basenn_file import ours
from edukit.xedu.fitting import train
from edukit.xedu.onnx_writing import make_room, room_for, write_graph, write_onnx, write_samples
from edukit.xedu.table import TABLE, rows_of

MAX_CSV_BYTES = 50_000_000
OPTIMIZERS = ("SGD", "Adam", "Adagrad", "ASGD")


class nn:  # noqa: N801 - BaseNN's name
    """A network as BaseNN's scripts know it.

    Args:
        task: ``"cls"`` for classes, ``"reg"`` for a number.
        save_fold: Where ``basenn.pth`` goes.

    Raises:
        UnknownChoice
    """

    def __init__(self, task: str = "cls", save_fold: str | os.PathLike[str] | None = None) -> None:
        if task not in ("cls", "reg"):
            raise UnknownChoice.among("task", task, ("cls", "reg"))
        self.task, self.save_fold = task, save_fold or "checkpoints"
        self.layers: list[dict[str, Any]] = []
        self.optimizer, self.batch_size = "SGD", 32
        self.classes: tuple[str, ...] = ()
        self.preprocess: Preprocess | None = None
        self._inputs: Any = None
        self._targets: Any = None
        self._result: Any = None

    def add(self, layer: str | None = None, *, optimizer: str | None = None, **values: Any) -> None:
        """Adds a layer (``size``, ``kernel_size``, ``activation``…) or says which optimizer learns. Raises ``UnknownChoice``, ``BadArgument``."""
        if optimizer is not None:
            if optimizer not in OPTIMIZERS:
                raise UnknownChoice.among("optimizer", optimizer, OPTIMIZERS)
            self.optimizer = optimizer
        if layer is not None:
            self.layers.append(describe_layer(layer, values))

    def load_dataset(self, x: Any, y: Any) -> None:
        """Takes rows of numbers and a label for each."""
        self._inputs, labels = rows_of(x), [str(label) for label in np.asarray(y).ravel()]
        if len(labels) != len(self._inputs):
            raise BadArgument(name="y", value=len(labels), wanted=len(self._inputs))
        if self.task == "reg":
            self._targets = rows_of([[float(label)] for label in labels])
            return
        self.classes = tuple(sorted(set(labels)))
        with suppress(ValueError):  # words stay in the order of their letters
            self.classes = tuple(sorted(self.classes, key=float))
        self._targets = np.array([self.classes.index(label) for label in labels], np.int64)

    def load_tab_data(self, data: str | os.PathLike[str], batch_size: int = 32, **_: Any) -> None:
        """Reads a CSV file: a header, then rows of numbers with the label last. Raises ``BadArgument`` with the line that is none."""
        path = input_file(data, max_bytes=MAX_CSV_BYTES)
        rows = [row for row in csv.reader(io.StringIO(path.read_text("utf-8-sig", errors="replace"))) if row][1:]
        if not rows or len(rows[0]) < 2:
            raise BadArgument(name="data", value=path.name, wanted=t("xedu.wanted.table"))
        numbers: list[list[float]] = []
        for line, row in enumerate(rows, start=2):
            try:
                numbers.append([float(value) for value in row[:-1]])
                if len(row) != len(rows[0]):
                    raise ValueError
            except ValueError:
                raise BadArgument(name="data", value=f"{path.name}, {line}", wanted=t("xedu.wanted.table")) from None
        self.load_dataset(numbers, [row[-1].strip() for row in rows])
        self.batch_size = batch_size

    def load_img_data(
        self, data: str | os.PathLike[str], color: str = "RGB", batch_size: int = 32, classes: Any = None, transform: Any = None, **_: Any
    ) -> None:
        """Reads the training pictures of a dataset, brought to the size of the first one or to ``transform={"Resize": (height, width)}``."""
        dataset = verify(load_dataset(data), ("train",))
        asked = (transform or {}).get("Resize") if isinstance(transform, dict) else None
        size = (asked, asked) if isinstance(asked, int) else tuple(asked) if asked else read_image(dataset.train[0].path).shape[:2]
        channels = 1 if str(color).lower() in ("grayscale", "gray", "l") else 3
        self.preprocess = Preprocess(size=size, fit="stretch", crop_share=1.0, mean=(0.0,) * channels, std=(255.0,) * channels)
        self.classes, self.batch_size = dataset.classes, batch_size
        pictures = Pictures(dataset.train.samples, find_task(CLASSIFICATION), dataset.classes, self.preprocess)
        self._inputs, targets = pictures.batch(range(len(pictures)))
        self._targets = np.asarray(targets, np.int64)

    def train(self, lr: float = 0.1, epochs: int = 30, checkpoint: str | os.PathLike[str] | None = None, **_: Any) -> list[dict[str, Any]]:
        """Learns, prints the loss of each epoch, writes ``basenn.pth`` (an earlier one becomes ``basenn-N.pth``), and returns the losses.

        Raises:
            BadArgument: No data or no layers, or layers that do not fit each other or the data.
            NotFinite: The loss became NaN.
        """
        if self._inputs is None or not self.layers:
            raise BadArgument(name="layer", value=None, wanted=t("xedu.wanted.network"))
        import torch

        torch.manual_seed(0)
        known = None if checkpoint is None else self._table(checkpoint, self.layers)
        network = known[1].train() if known else build_layers(self.layers)
        if checkpoint is not None and not known:
            network = read_checkpoint(inspect_checkpoint(ours(checkpoint)), card=self._card()).network()
        log: list[dict[str, Any]] = edukit._live(train)(
            network, torch.from_numpy(self._inputs), torch.from_numpy(self._targets), epochs=epochs, batch_size=self.batch_size, place=self.save_fold,
            optimizer=getattr(torch.optim, self.optimizer)(network.parameters(), lr=lr),
            measure=torch.nn.functional.cross_entropy if self.task == "cls" else torch.nn.functional.mse_loss,
        )  # fmt: skip
        self.checkpoint = user_path(self.save_fold, output=True) / "basenn.pth"
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        make_room(self.checkpoint)
        save_checkpoint(self.checkpoint, network.eval(), self._card())
        return log

    def _card(self) -> ModelCard:
        network = {"builder": "layers", "backbone": "BaseNN", "layers": self.layers}
        task = TABLE if self.preprocess is None else CLASSIFICATION
        return ModelCard(task=task, network=network, classes=self.classes, preprocess=self.preprocess or Preprocess(), notes={"kind": self.task})

    def _table(self, checkpoint: Any, layers: list[dict[str, Any]] | None = None) -> tuple[CheckpointFile, Any, ModelCard] | None:
        """File, network and card of a checkpoint for tables, with the layers of its card or these; None for one for pictures."""
        file = inspect_checkpoint(ours(checkpoint or getattr(self, "checkpoint", "checkpoints/basenn.pth")))
        if file.card.task != TABLE:
            return None
        network = build_layers(layers or file.card.network.get("layers", []))
        import torch

        try:
            network.load_state_dict(torch.load(file.path, map_location="cpu", weights_only=True)["state_dict"])
        except RuntimeError as error:  # it holds another network
            raise BadArgument(name="checkpoint", value=file.path.name, wanted=t("xedu.wanted.network")) from error
        return file, network.eval(), file.card

    def inference(self, data: Any = None, checkpoint: str | os.PathLike[str] | None = None, **_: Any) -> Any:
        """Probabilities (rows, classes), for ``"reg"`` values (rows, 1), of rows of numbers or of pictures."""
        found = self._table(checkpoint)
        if found is None:
            model = load_model(checkpoint or self.checkpoint)
            self.classes, self._result = model.card.classes, np.asarray(model.predict_answers(pictures_in(data)[0]))
            return self._result
        import torch

        network, card = found[1:]
        self.classes, self.task = card.classes, str(card.notes.get("kind", "cls"))
        try:
            with torch.no_grad():
                scores = network(torch.from_numpy(rows_of(data)))
        except RuntimeError as error:
            raise BadArgument(name="data", value=str(error).split("\n")[0][:100], wanted=t("xedu.wanted.rows")) from error
        self._result = (scores if self.task == "reg" else scores.softmax(1)).numpy()
        return self._result

    def print_result(self, result: Any = None) -> dict[int, dict[str, Any]]:
        """Prints and returns ``{number: {"预测值", "置信度"}}``; the class by its name where it is known."""
        told: dict[int, dict[str, Any]] = {}
        for number, row in enumerate(np.atleast_2d(self._result if result is None else result)):
            best = int(row.argmax())
            name: Any = float(row[0]) if self.task == "reg" else self.classes[best] if best < len(self.classes) else best
            told[number] = {"预测值": name, "置信度": float(row.max()) if self.task == "cls" else None}
        print(told)
        return told

    def convert(
        self, checkpoint: str | os.PathLike[str] | None = None, out_file: str | os.PathLike[str] = "basenn.onnx", opset_version: int = 11, ir_version: int = 6,
        **more: Any,
    ) -> Path:  # fmt: skip
        """Writes an ONNX file with probabilities inside, and sample code beside it. An earlier file of ours is kept under a number.

        Raises:
            BadSuffix, OutputExists, and what reading the checkpoint raises.
        """
        checkpoint = checkpoint or more.get("checkppint") or getattr(self, "checkpoint", None)  # the page's own spelling
        found = self._table(checkpoint)
        if found is None:
            path = write_onnx(check_checkpoint(checkpoint), out_file, opset_version=opset_version, ir_version=ir_version, codebase="BaseNN")  # type: ignore[arg-type]
        else:
            path = _write_table(*found, user_path(out_file, output=True), opset_version, ir_version)
        write_samples(path, "basenn")
        print(t("xedu.converted", path=path.name))
        return path


def _write_table(file: CheckpointFile, network: Any, card: ModelCard, target: Path, opset_version: int, ir_version: int) -> Path:
    import onnx
    import torch

    made = room_for(target, file, opset_version=opset_version, ir_version=ir_version)
    if made is None:
        return target
    if card.notes.get("kind") == "cls":
        network = torch.nn.Sequential(network, torch.nn.Softmax(dim=1))
    stream, columns = io.BytesIO(), next(iter(network.parameters())).shape[1]
    torch.onnx.export(
        network, (torch.zeros(1, columns),), stream, dynamo=False, opset_version=opset_version,  # type: ignore[arg-type]
        input_names=["input"], output_names=["scores"], dynamic_axes={"input": {0: "batch"}, "scores": {0: "batch"}},
    )  # fmt: skip
    model = onnx.load_model_from_string(stream.getvalue())
    write_graph(target, model, card.replace(made=made), ir_version=ir_version, codebase="BaseNN", network="BaseNN")
    return target
