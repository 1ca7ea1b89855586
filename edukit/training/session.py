"""The epochs: learning and measuring, until the last one or a Stop."""
from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from edukit.core.errors import BadArgument, NotFinite, NothingToResume, OutOfMemory, PeerLost, UnknownChoice
from edukit.core.events import Reporter, Stopped
from edukit.core.i18n import t
from edukit.core.workspace import current
from edukit.data import Dataset
from edukit.tasks import find_task
from edukit.training.arguments import Settings
from edukit.training.arithmetic import choose_arithmetic
from edukit.training.checkpoints import CheckpointWriter
from edukit.training.learners import HeadInNetwork, HeadOnFeatures, Learner, Report, WholeNetwork
from edukit.training.memory import kept_memory
from edukit.training.parts import Parts, set_rate
from edukit.training.pictures import Pictures
from edukit.training.result import Row
from edukit.training.run_folder import RunFolder
from edukit.training.schedules import epochs_without_gain, rate_share
from edukit.training.starting import Start, new_start, resumed_start, start_from
from edukit.training.steps import TrainingLoss
from edukit.training.sums import Share, Sums, share_of

REPORT_SECONDS = 0.1
WITHIN_STEP = 0.5  # a step's rate is that of its middle: neither 0 at the beginning of a rise nor at the end of a fall
OPTIMIZERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "AdamW": (torch.optim.AdamW, {"fused": True}), "Adam": (torch.optim.Adam, {"fused": True}),  # one call for all weights: 142 in MobileNetV3-Small
    "SGD": (torch.optim.SGD, {"momentum": 0.9, "fused": True}), "Adagrad": (torch.optim.Adagrad, {}),  # Adagrad's is for CPUs alone
}  # fmt: skip


def run_session(
    settings: Settings, dataset: Dataset, folder: RunFolder, reporter: Reporter, *, fingerprint: str, resume: bool, began: float
) -> tuple[list[Row], bool]:
    """Trains in a locked folder.

    Args:
        settings: Checked.
        dataset: With verified training and validation sets.
        folder: Locked.
        reporter: Told and asked between steps.
        fingerprint: Of the dataset as the user gave it.
        resume: Whether to go on from the folder's latest checkpoint.
        began: When the run began, by ``time.monotonic``.

    Returns:
        One row an epoch, and whether the user stopped it.

    Raises:
        Stopped: Before anything was learnt.
        NotFinite, DiskFull, OutOfMemory, NothingToResume, WeightsUnavailable
    """
    with computing(settings):
        _check_ranks(settings, dataset, folder, reporter)
        start = settings.ranks.from_first(lambda: resumed_start(folder, dataset, reporter) if resume else start_of(settings, dataset, reporter))
        writer = CheckpointWriter(folder, settings, dataset, start, fingerprint=fingerprint, began=began)
        session = Session(settings, dataset, start, writer, reporter)
        stopped = session.run()
        return session.history, stopped


@contextmanager
def computing(settings: Settings) -> Iterator[None]:
    """PyTorch as a run wants it, with as many threads as before when it has ended; what it says of a lack of memory becomes ``OutOfMemory``."""
    threads = torch.get_num_threads()
    try:
        if settings.threads:
            torch.set_num_threads(settings.threads)
        torch.manual_seed(settings.random_seed)
        torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False  # else two runs on a GPU drift apart, and a resumed one too
        with kept_memory():
            yield
    except (MemoryError, RuntimeError) as error:
        if (lack := OutOfMemory.meant_by(error)) is not None:
            raise lack from error
        raise
    finally:
        torch.set_num_threads(threads)


def start_of(settings: Settings, dataset: Dataset, reporter: Reporter) -> Start:
    """The network that a new run begins with."""
    return start_from(settings.checkpoint, settings, dataset, reporter) if settings.checkpoint else new_start(settings, dataset, reporter)


def _check_ranks(settings: Settings, dataset: Dataset, folder: RunFolder, reporter: Reporter) -> None:
    """Processes that train together need enough pictures, and must mean the same training."""
    ranks, most = settings.ranks, len(dataset.train) // settings.backbone.least_batch
    if ranks.world > most > 0:
        raise BadArgument(name="nproc", value=ranks.world, wanted=t("training.wanted.fewer_processes", most=most, pictures=len(dataset.train)))
    if any(made != folder.made for made in ranks.gathered([folder.made])):
        raise PeerLost(count=ranks.world, reason=t("training.ranks_differ"))
    if not ranks.alone:
        reporter.message(t("training.ranks", count=ranks.world))


class Session:
    """The epochs of one run.

    Args:
        settings: Checked.
        dataset: With verified training and validation sets.
        start: The network and what is done already.
        writer: Writes the files after each epoch; none where no epochs are run.
        reporter: Told and asked between steps.
    """

    def __init__(self, settings: Settings, dataset: Dataset, start: Start, writer: CheckpointWriter | None, reporter: Reporter) -> None:
        self.settings, self.dataset, self.start, self.reporter = settings, dataset, start, reporter
        self.ranks = settings.ranks
        if writer is not None:
            self.writer = writer
        self.task = find_task(dataset.task)
        self.history: list[Row] = list(start.history)
        self.rate = settings.learning_rate(frozen=start.frozen, warm=start.warm)
        self.loss = TrainingLoss(settings, dataset, self.task)
        self.parts: Parts | None = None
        self.taken = 0    # steps
        self.data_seconds = 0.0  # that the epoch's steps waited for pictures
        self.reported = 0.0   # when the last fine report went out

    def run(self) -> bool:
        """Trains to the last epoch or until a Stop; says whether it was stopped."""
        self.reporter.message(t("training.head" if self.start.frozen else "training.whole", name=self.settings.backbone.name, lr=f"{self.rate:g}"))
        learner = learner_of(self.settings, self.dataset, self.start, self._report_features)
        if self.settings.by_parts and not self.start.frozen:
            self.parts = Parts(learner.module, self.settings)
        optimizer = self._optimizer(learner.module)
        try:
            learner.prepare(len(self.history) + 1, self.settings.epochs)
            for epoch in range(len(self.history) + 1, self.settings.epochs + 1):
                if self._is_idle():
                    self.reporter.message(t("training.early_stop", epochs=self.settings.early_stop, epoch=epoch - 1))
                    break
                self.history.append(self._epoch(epoch, learner, optimizer))
                self.writer.write(self.history, optimizer)
                self.reporter.progress(epoch, self.settings.epochs, "epoch", **self.history[-1], steps=learner.steps, data_seconds=self.data_seconds)
        except Stopped:
            if not self.history and not self.taken:
                raise
            if not self.history:
                self.writer.write_unfinished()
            self.writer.log("stopped", self.history)
            return True
        self.writer.log("finished", self.history)
        return False

    def _is_idle(self) -> bool:
        patience = self.settings.early_stop
        return patience is not None and bool(self.history) and epochs_without_gain(self.history, self.task) >= patience

    def _set_rate(self, optimizer: torch.optim.Optimizer, place: float) -> float:
        rate = self.rate * rate_share(self.settings, place, self.history, self.task)
        set_rate(optimizer, rate)
        return rate

    def _epoch(self, epoch: int, learner: Learner, optimizer: torch.optim.Optimizer) -> Row:
        began = time.monotonic()
        torch.manual_seed((self.settings.random_seed * 1_000_003 + epoch + self.ranks.rank * 2**40) % 2**63)  # dropout too goes on exactly after a resume
        train, validation = self._learn(epoch, learner, optimizer), self._measure(learner)
        parts = {f"{part}_{name}": value for part, values in (("train", train), ("val", validation)) for name, value in values.items()}
        return {"epoch": epoch, **parts, "lr": optimizer.param_groups[-1]["lr"], "seconds": time.monotonic() - began}

    def _learn(self, epoch: int, learner: Learner, optimizer: torch.optim.Optimizer) -> Row:
        learner.set_training(True)
        if self.parts:
            self.parts.apply(epoch)
        sums, me = Sums(self.task, self.settings.topk), (self.ranks.rank,) if self.ranks.rank else ()
        learner.shared = self.ranks.wrap(learner.network)
        self.data_seconds, waiting = 0.0, time.monotonic()
        for step, (inputs, targets) in enumerate(learner.train_batches(epoch), start=1):
            self.data_seconds += time.monotonic() - waiting
            self._check()
            optimizer.zero_grad(set_to_none=True)
            self._set_rate(optimizer, epoch - 1 + (step - 1 + WITHIN_STEP) / learner.steps)
            loss, outputs = self.loss.step(learner, inputs, targets, key=(self.settings.random_seed, epoch, step, *me))
            shares = list(self.ranks.gathered([share_of(loss, outputs, targets, len(inputs), stop=self.reporter.wants_stop())]))
            if any(share.stop for share in shares):  # asked twice, because a step of a large network takes a second
                raise Stopped
            for share in shares:
                self._finite(share.loss)
            (loss * (len(inputs) * self.ranks.world / sum(share.pictures for share in shares))).backward()  # so that each picture counts the same
            optimizer.step()
            self.taken += 1
            for share in shares:
                sums.add(share)
            self._report(epoch - 1 + step / learner.steps, step=step, steps=learner.steps, train_loss=sums.loss / sums.count)
            waiting = time.monotonic()
        learner.shared = None
        self.ranks.level(learner.network)
        return sums.row()

    def _measure(self, learner: Learner) -> Row:
        learner.set_training(False)
        sums = Sums(self.task, self.settings.topk)
        if not self.settings.validate:
            return sums.row()
        with torch.no_grad():
            for share in self.ranks.gathered(self._measured(learner)):
                self._finite(share.loss)
                sums.add(share)
        return sums.row()

    def _measured(self, learner: Learner) -> Iterator[Share]:
        for inputs, targets in learner.validation_batches():
            self._check()
            loss, outputs = self.task.step(learner.forward, inputs, targets)
            yield share_of(loss, outputs, targets, len(inputs), stop=self.reporter.wants_stop())

    def _check(self) -> None:
        if self.ranks.alone:  # several processes stop after the same step
            self.reporter.check()

    def _finite(self, loss: float) -> float:
        if not math.isfinite(loss):
            raise NotFinite(path=self.writer.folder.path, where=t("training.loss_word"))
        return loss

    def _report_features(self, done: int, total: int) -> None:
        self.reporter.check()
        if time.monotonic() - self.reported >= REPORT_SECONDS or done == total:
            self.reported = time.monotonic()
            self.reporter.progress(done, total, "picture", step="features")

    def _report(self, done: float, **values: Any) -> None:
        if time.monotonic() - self.reported >= REPORT_SECONDS:
            self.reported = time.monotonic()
            self.reporter.progress(done, self.settings.epochs, "epoch", **values)

    def _optimizer(self, module: nn.Module) -> torch.optim.Optimizer:
        groups: Any = self.parts.groups() if self.parts else [{"params": list(module.parameters()), "share": 1.0}]
        kind, more = OPTIMIZERS[self.settings.optimizer]
        optimizer: torch.optim.Optimizer = kind(groups, lr=self.rate, weight_decay=self.settings.weight_decay, **more)
        if self.start.optimizer is not None:
            try:
                optimizer.load_state_dict(self.start.optimizer)
            except (ValueError, KeyError, TypeError, RuntimeError) as error:
                raise NothingToResume(path=self.writer.folder.path, reason=t("training.resume.nothing")) from error
        return optimizer


def learner_of(settings: Settings, dataset: Dataset, start: Start, report: Report) -> Learner:
    """What learns: the whole network, or its head.

    Args:
        settings: Checked.
        dataset: With verified training and validation sets.
        start: The network; how it computes is noted in its notes.
        report: Told the progress of computing features.
    """
    ranks, task = settings.ranks, find_task(dataset.task)
    device = _device(settings.device, alone=ranks.alone)
    train, validation = (
        Pictures(split.samples, task, dataset.classes, settings.preprocess, random_seed=settings.random_seed, strength=settings.augment_strength)
        for split in (dataset.train, dataset.validation)
    )
    common: dict[str, Any] = {
        "augment": settings.augment, "batch_size": settings.batch(frozen=start.frozen), "random_seed": settings.random_seed, "device": device, "ranks": ranks,
        "least_batch": settings.backbone.least_batch,
    }  # fmt: skip
    network = start.network.to(device)
    if start.frozen and settings.backbone.head_is_last:
        return HeadOnFeatures(network, train, validation, backbone=settings.backbone, cache=current().cache / "features", report=report, **common)
    if start.frozen:
        return HeadInNetwork(network, train, validation, backbone=settings.backbone, **common)
    pictures, noted = len(train) * (settings.epochs - len(start.history)), start.notes.get("arithmetic")
    arithmetic = ranks.from_first(lambda: choose_arithmetic(settings, network, device, pictures=pictures, noted=noted, cache=current().cache))
    start.notes["arithmetic"] = arithmetic.to_dict()
    return WholeNetwork(network, train, validation, arithmetic=arithmetic, **common)


def _device(name: str, *, alone: bool) -> torch.device:
    mps = alone and torch.backends.mps.is_available()  # several processes have no way between them there
    there = ["cpu"] + (["cuda"] if torch.cuda.is_available() else []) + (["mps"] if mps else [])
    if name == "auto":
        return torch.device(there[-1])
    if name not in there:
        raise UnknownChoice.among("device", name, ["auto", *there])
    return torch.device(name)
