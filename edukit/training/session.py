"""The epochs: learning, measuring, and keeping the best and the latest checkpoint after each."""
from __future__ import annotations

import math
import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from edukit.core.card import ModelCard, finite
from edukit.core.errors import NotFinite, NothingToResume, OutOfMemory, UnknownChoice
from edukit.core.events import Reporter, Stopped
from edukit.core.i18n import t
from edukit.data import Dataset
from edukit.models.checkpoint import read_checkpoint, save_checkpoint
from edukit.models.networks import build_network, set_head
from edukit.training.arguments import Settings
from edukit.training.learners import HeadOnFeatures, Learner, WholeNetwork
from edukit.training.pictures import Pictures
from edukit.training.run_folder import RunFolder

REPORT_SECONDS = 0.1
Row = dict[str, Any]


class Session:
    """One training, from a network to the files of its run folder.

    Args:
        settings: Checked.
        dataset: With verified training and validation sets.
        folder: Locked.
        reporter: Told and asked between steps.
        fingerprint: Of the dataset as the user gave it.
        resume: Whether to go on from the folder's latest checkpoint.
    """

    def __init__(self, settings: Settings, dataset: Dataset, folder: RunFolder, reporter: Reporter, *, fingerprint: str, resume: bool) -> None:
        self.settings, self.dataset, self.folder, self.reporter, self.fingerprint = settings, dataset, folder, reporter, fingerprint
        self.history: list[Row] = []
        if settings.threads:
            torch.set_num_threads(settings.threads)
        torch.manual_seed(settings.random_seed)
        self.device = _device(settings.device)
        self.optimizer_state: dict[str, Any] | None = None
        self.network, self.notes = self._earlier() if resume else self._network()
        self.frozen = bool(self.notes["frozen"])
        self.rate = settings.learning_rate(frozen=self.frozen, warm=bool(self.notes["pretrained"]) or settings.checkpoint is not None)
        self.taken = 0    # steps
        self.told = 0.0   # when the last fine report went out

    def run(self, began: float) -> bool:
        """Trains to the last epoch or until a Stop; says whether it was stopped.

        Raises:
            Stopped: Before anything was learnt.
            NotFinite, DiskFull, OutOfMemory
        """
        try:
            return self._run(began)
        except (MemoryError, torch.cuda.OutOfMemoryError) as error:
            raise OutOfMemory(detail=str(error)[:100] or "RAM") from error
        except RuntimeError as error:
            if "allocate memory" in str(error):  # what torch says when the machine has none left
                raise OutOfMemory(detail=str(error).split("\n")[0][:100]) from error
            raise

    def _run(self, began: float) -> bool:
        self.network.to(self.device)
        try:
            learner = self._learner()
            optimizer = self._optimizer(learner.module)
            self.reporter.message(t("training.head" if self.frozen else "training.whole", name=self.settings.backbone.name, lr=f"{self.rate:g}"))
            for epoch in range(len(self.history) + 1, self.settings.epochs + 1):
                self.history.append(self._epoch(epoch, learner, optimizer))
                self._keep(optimizer, began)
                self.reporter.progress(epoch, self.settings.epochs, "epoch", **self.history[-1])
        except Stopped:
            self._keep_what_there_is(began)
            return True
        self.folder.write_log("finished", self.history, **self._facts(began))
        return False

    def _epoch(self, epoch: int, learner: Learner, optimizer: torch.optim.Optimizer) -> Row:
        start = time.monotonic()
        torch.manual_seed((self.settings.random_seed * 1_000_003 + epoch) % 2**63)  # dropout too goes on exactly after a resume
        train_loss, train_top1 = self._learn(epoch, learner, optimizer)
        val_loss, val_top1 = self._measure(learner)
        return {
            "epoch": epoch, "train_loss": train_loss, "train_top1": train_top1, "val_loss": val_loss, "val_top1": val_top1,
            "lr": self.rate, "seconds": time.monotonic() - start,
        }  # fmt: skip

    def _learn(self, epoch: int, learner: Learner, optimizer: torch.optim.Optimizer) -> tuple[float, float]:
        learner.set_training(True)
        loss_sum, right, seen = 0.0, 0, 0
        for step, (inputs, labels) in enumerate(learner.train_batches(epoch), start=1):
            self.reporter.check()
            optimizer.zero_grad(set_to_none=True)
            logits = learner.logits(inputs)
            self.reporter.check()  # twice, because a step of a large network takes a second
            loss = nn.functional.cross_entropy(logits, labels)
            value = float(loss.detach())
            if not math.isfinite(value):
                raise NotFinite(path=self.folder.path, where=t("training.loss_word"))
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            self.taken += 1
            loss_sum, seen = loss_sum + value * len(labels), seen + len(labels)
            right += int((logits.detach().argmax(1) == labels).sum())
            self._tell(epoch - 1 + step / learner.steps, step=step, steps=learner.steps, train_loss=loss_sum / seen)
        return loss_sum / seen, right / seen

    def _measure(self, learner: Learner) -> tuple[float | None, float | None]:
        learner.set_training(False)
        loss_sum, right, seen = 0.0, 0, 0
        with torch.no_grad():
            for inputs, labels in learner.validation_batches():
                self.reporter.check()
                logits = learner.logits(inputs)
                loss_sum += float(nn.functional.cross_entropy(logits, labels, reduction="sum"))
                right, seen = right + int((logits.argmax(1) == labels).sum()), seen + len(labels)
        if not math.isfinite(loss_sum):
            raise NotFinite(path=self.folder.path, where=t("training.loss_word"))
        return (loss_sum / seen, right / seen) if seen else (None, None)

    def _tell_features(self, epoch: int | None, share: float) -> None:
        self.reporter.check()
        if epoch is not None:
            self._tell(epoch - 1 + 0.9 * share, step="features")  # a head's own steps take the rest, which is nearly nothing

    def _tell(self, done: float, **values: Any) -> None:
        if time.monotonic() - self.told >= REPORT_SECONDS:
            self.told = time.monotonic()
            self.reporter.progress(done, self.settings.epochs, "epoch", **values)

    def _keep(self, optimizer: torch.optim.Optimizer, began: float) -> None:
        """Writes best.pth when this epoch is the best, latest.pth and the log: each whole, whatever happens next."""
        row = self.history[-1]
        card = self._card(row)
        training = {"epoch": row["epoch"], "optimizer": optimizer.state_dict(), "history": [dict(row) for row in self.history]}
        if row is best_row(self.history):
            save_checkpoint(self.folder.best, self.network, card)
        save_checkpoint(self.folder.latest, self.network, card, training=training)
        self.folder.write_log("running", self.history, **self._facts(began))

    def _keep_what_there_is(self, began: float) -> None:
        """After a Stop: finished epochs are on disk already; a first epoch that was broken off is kept as it is, if anything was learnt.

        Raises:
            Stopped: Nothing was.
        """
        if not self.history:
            if not self.taken:
                raise Stopped
            card = self._card(None)
            save_checkpoint(self.folder.best, self.network, card)
            save_checkpoint(self.folder.latest, self.network, card, training={"epoch": 0, "optimizer": None, "history": []})
        self.folder.write_log("stopped", self.history, **self._facts(began))

    def _facts(self, began: float) -> dict[str, Any]:
        best = best_row(self.history)
        return {
            "seconds": time.monotonic() - began, "best_epoch": best["epoch"] if best else None, "epochs": self.settings.epochs,
            "dataset": self.dataset.name, "classes": list(self.dataset.classes),
        }  # fmt: skip

    def _card(self, row: Row | None) -> ModelCard:
        names = ("epoch", "train_loss", "train_top1", "val_loss", "val_top1")
        return ModelCard(
            backbone=self.settings.backbone.name,
            classes=self.dataset.classes,
            class_names={lang: dict(names) for lang, names in self.dataset.class_names.items()},
            preprocess=self.settings.preprocess,
            metrics=finite({name: row[name] for name in names if row[name] is not None}) if row else {},
            made=self.folder.made,
            dataset={"name": self.dataset.name, "folder": str(self.dataset.folder), "fingerprint": self.fingerprint},
            notes=self.notes | ({} if row else {"unfinished": True}),
            versions={"torch": str(torch.__version__), "numpy": np.__version__, "python": platform.python_version()},
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _network(self) -> tuple[nn.Module, dict[str, Any]]:
        settings = self.settings
        if settings.checkpoint is not None:
            return self._started_from(settings.checkpoint)
        preprocess = settings.preprocess
        network, notes = build_network(
            settings.backbone.name, len(self.dataset.classes), pretrained=settings.pretrained, channels=preprocess.channels,
            image_size=preprocess.size[0], reporter=self.reporter,
        )  # fmt: skip
        return network, notes | {"frozen": bool(notes["pretrained"]) if settings.freeze is None else settings.freeze}

    def _started_from(self, path: Path) -> tuple[nn.Module, dict[str, Any]]:
        start = read_checkpoint(path)
        network = start.network()
        if start.card.classes != self.dataset.classes:
            set_head(network, len(self.dataset.classes))
            self.reporter.message(t("training.new_head", path=path.name))
        return network, {"pretrained": start.card.notes.get("pretrained"), "started_from": path.name, "frozen": bool(self.settings.freeze)}

    def _earlier(self) -> tuple[nn.Module, dict[str, Any]]:
        """Network and notes of the folder's latest checkpoint; sets history and the optimizer's state."""
        latest = read_checkpoint(self.folder.latest, with_training=True)
        state, notes = latest.training or {}, {name: note for name, note in latest.card.notes.items() if name != "unfinished"}
        if not {"optimizer", "history"} <= state.keys() or not {"frozen", "pretrained"} <= notes.keys() or latest.card.classes != self.dataset.classes:
            raise NothingToResume(path=self.folder.path, reason=t("training.resume.nothing"))
        self.optimizer_state = state["optimizer"]
        self.history = [dict(row) for row in state["history"]]
        self.reporter.message(t("training.resumed", epoch=len(self.history) + 1))
        return latest.network(), notes

    def _learner(self) -> Learner:
        settings = self.settings
        splits = (self.dataset.train, self.dataset.validation)
        train, validation = (Pictures(split.samples, settings.preprocess, random_seed=settings.random_seed) for split in splits)
        common: dict[str, Any] = {
            "augment": settings.augment, "batch_size": settings.batch(frozen=self.frozen), "random_seed": settings.random_seed, "device": self.device,
        }  # fmt: skip
        if self.frozen:
            return HeadOnFeatures(self.network, train, validation, tell=self._tell_features, **common)
        return WholeNetwork(self.network, train, validation, **common)

    def _optimizer(self, module: nn.Module) -> torch.optim.Optimizer:
        parameters, decay = list(module.parameters()), self.settings.weight_decay
        optimizer: torch.optim.Optimizer
        if self.settings.optimizer == "SGD":
            optimizer = torch.optim.SGD(parameters, lr=self.rate, momentum=0.9, weight_decay=decay)
        else:
            optimizer = torch.optim.AdamW(parameters, lr=self.rate, weight_decay=decay)
        if self.optimizer_state is not None:
            try:
                optimizer.load_state_dict(self.optimizer_state)
            except (ValueError, KeyError, TypeError, RuntimeError) as error:
                raise NothingToResume(path=self.folder.path, reason=t("training.resume.nothing")) from error
        return optimizer


def best_row(history: list[Row]) -> Row | None:
    """The epoch with the best validation accuracy, of equals the one with the lowest loss; without validation pictures the training figures decide."""

    def rank(row: Row) -> tuple[float, float]:
        top1, loss = (row["train_top1"], row["train_loss"]) if row["val_top1"] is None else (row["val_top1"], row["val_loss"])
        return top1, -loss

    return max(history, key=rank, default=None)


def _device(name: str) -> torch.device:
    there = ["cpu"] + (["cuda"] if torch.cuda.is_available() else []) + (["mps"] if torch.backends.mps.is_available() else [])
    if name == "auto":
        return torch.device(there[-1])
    if name not in there:
        raise UnknownChoice.among("device", name, ["auto", *there])
    return torch.device(name)
