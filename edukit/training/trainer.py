"""``train``: everything around the epochs. What can be wrong is found before torch is imported."""
from __future__ import annotations

import os
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

from edukit.core.errors import BadArgument, EmptyFile, NotACheckpoint, NothingToResume, OutputExists
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import user_path
from edukit.core.i18n import t
from edukit.core.packages import need
from edukit.core.parameters import Between, Metavar, Names, OneOf, Usual, verb
from edukit.core.preprocess import MAX_SIDE
from edukit.core.workspace import current
from edukit.data import Dataset, load_dataset, verify
from edukit.training.arguments import DEFAULT_BACKBONE, MAX_BATCH, Settings, backbone_names, parse_settings
from edukit.training.ranks import Ranks
from edukit.training.result import TrainResult
from edukit.training.run_folder import RunFolder, check_outside

_USED = ("train", "validation")


@verb
def train(
    dataset: Annotated[str | os.PathLike[str] | Dataset, Metavar("DATASET")],
    backbone: Annotated[str, Names(backbone_names), Usual(rare=False)] = DEFAULT_BACKBONE,
    *,
    epochs: Annotated[int, Between(1, 100_000), Usual(1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, rare=False, slider=True)] = 10,
    out: Annotated[str | os.PathLike[str] | None, Metavar("DIR")] = None,
    lr: Annotated[
        float | None, Between(0, 1000, above=True), Usual(0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, rare=False, slider=True)
    ] = None,
    batch_size: Annotated[int | None, Between(1, MAX_BATCH), Usual(8, 16, 32, 64)] = None,
    optimizer: Annotated[str, OneOf("AdamW", "SGD", "Adam", "Adagrad"), Usual()] = "AdamW",
    weight_decay: Annotated[float, Between(0, 1000)] = 0.01,
    image_size: Annotated[int | None, Between(1, MAX_SIDE)] = None,
    pretrained: Annotated[bool | None, Usual()] = None,
    freeze: Annotated[bool | None, Usual()] = None,
    augment: bool = True,
    augment_strength: Annotated[float, Between(0, 4), Usual(0.0, 0.5, 1.0, 1.5, 2.0, slider=True)] = 1.0,
    schedule: Annotated[str, OneOf("none", "cosine", "one-cycle", "step", "plateau"), Usual()] = "none",
    warmup_epochs: Annotated[float, Between(0, 1000)] = 0.0,
    early_stop: Annotated[int | None, Between(1, 100_000)] = None,
    label_smoothing: Annotated[float, Between(0, 0.9)] = 0.0,
    mixup: Annotated[float, Between(0, 10)] = 0.0,
    class_weights: Annotated[str, OneOf("none", "balanced")] = "none",
    freeze_parts: Annotated[int, Between(0, 1000)] = 0,
    unfreeze_every: Annotated[int | None, Between(1, 100_000)] = None,
    rate_decay: Annotated[float, Between(0, 1, above=True)] = 1.0,
    precision: Annotated[str, OneOf("auto", "fp32", "bf16")] = "auto",
    validate: bool = True,
    topk: Annotated[int | None, Between(1, 10_000)] = None,
    checkpoint: str | os.PathLike[str] | None = None,
    weights: str | os.PathLike[str] | None = None,
    resume: bool = False,
    random_seed: Annotated[int, Between(0, 2**31), Usual(*range(10))] = 0,
    threads: Annotated[int | None, Between(1, 1024)] = None,
    device: Annotated[str, OneOf("auto", "cpu", "cuda", "mps")] = "auto",
    nproc: Annotated[int, Between(1, 64)] = 1,
    nnodes: Annotated[int, Between(1, 64)] = 1,
    skip_bad: Annotated[bool, Usual()] = False,
    overwrite: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> TrainResult:
    """Trains a classifier.

    Args:
        dataset: A dataset, a folder, or a sample set's name; its training and validation sets are used.
        backbone: One of ``backbones()``, whatever its case.
        epochs: How often every training picture is shown; with ``resume`` those already done count.
        out: The run folder; by default a new one in the lesson's folder. A training there that the same call began is gone on with, or kept if it ended.
        lr: Learning rate; by default one that suits the backbone and what is trained.
        batch_size: Pictures a step; by default 16, for a head alone 32.
        optimizer: ``"AdamW"``, ``"SGD"`` (with momentum 0.9), ``"Adam"`` or ``"Adagrad"``.
        weight_decay: How strongly weights are pulled to zero.
        image_size: Height and width of the input, in pixels; by default the backbone's.
        pretrained: None uses ImageNet weights that are on this machine, True fetches them, False starts from nothing.
        freeze: True trains the head alone on the features of the frozen network, False everything; None freezes when the weights are pretrained.
        augment: Whether training pictures are varied: moved, turned, resized, lighter or darker, and mirrored unless the classes are single
            digits or letters. The head of a frozen network sees variations of small sets only.
        augment_strength: How much they are varied; 1 is usual.
        schedule: How the learning rate runs: ``"none"`` (stays), ``"cosine"`` (falls to 0), ``"one-cycle"`` (rises, then falls to 0), ``"step"`` (a tenth
            after each third) or ``"plateau"`` (less whenever three epochs brought nothing).
        warmup_epochs: So many epochs, also parts of one, in which the rate rises from 0.
        early_stop: End after so many epochs without a better figure.
        label_smoothing: The share of each label that is given to all classes alike.
        mixup: Pictures are laid over each other in pairs; the number is the alpha of the share's Beta distribution, 0.2 is usual, 0 mixes nothing.
        class_weights: ``"balanced"`` lets rare classes count as much as frequent ones.
        freeze_parts: So many parts of the network, from its input on, stay as they are while the rest learns.
        unfreeze_every: The head learns first; every so many epochs the part before joins. With this, ``freeze_parts`` or ``rate_decay`` the whole
            network is trained, unless ``freeze`` says otherwise.
        rate_decay: Each part learns with so much of the rate of the part after it: 0.9 moves the first parts gently.
        precision: Of the computation while the whole network learns: ``"fp32"``, ``"bf16"`` (mixed) or ``"auto"``: the faster one, which a measurement of
            a second decides once per machine, network and size; the card and the log say which it was.
        validate: Whether each epoch is measured on the validation pictures; without it the training figures decide which epoch is best.
        topk: Also tell how often the true class is among the best so many.
        checkpoint: Start from this one's weights; with other classes it gets a new head.
        weights: A file of pretrained weights of this backbone (.pth, as torchvision and timm give them); the head is new.
        resume: Go on with the training in ``out``, also for more epochs than it was begun for; finished epochs count as if it had never ended.
        random_seed: The same seed gives the same result on the same machine.
        threads: Of PyTorch, for the whole process; by default its own choice.
        device: ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"mps"``.
        nproc: So many processes on this machine train together, each with its own batch, one GPU each if there are so many.
        nnodes: On so many machines, where the same command runs on each; ``MASTER_ADDR`` and ``MASTER_PORT`` say where the first is, ``NODE_RANK`` which
            this one is: ``MASTER_ADDR=192.168.1.10 MASTER_PORT=29500 NODE_RANK=0 edukit train DATASET --nnodes 2`` on the first, with ``NODE_RANK=1``
            on the second. Only the first writes files. Under ``torchrun`` neither is needed.
        skip_bad: Leave bad pictures out instead of refusing.
        overwrite: Replace what is in ``out``.
        on_event: Told one progress event an epoch with its row of the history, and finer ones in between.
        should_stop: Asked between steps; what is done is kept.

    Raises:
        BadArgument, UnknownChoice, UnknownBackbone, BadDataset, OutputExists, FolderBusy, NothingToResume, WeightsUnavailable: Before any work.
        PeerLost: One of several processes ended; finished epochs are kept.
        NotFinite: The loss became NaN; the best checkpoint so far is kept.
        DiskFull: Finished files are kept.
        Stopped: The user stopped before anything was learnt.

    Example:
        >>> len(train("emoji", "LeNet", epochs=1).history)
        1
    """
    settings = parse_settings(locals(), Ranks.of(nproc, nnodes))
    ranks = settings.ranks
    began, reporter = time.monotonic(), Reporter(on_event, should_stop) if ranks.called else Reporter()
    path = _folder_path(out, resume)
    need("torch")
    used = _USED if validate else _USED[:1]
    # Not seeded by random_seed: evaluation must find the same pictures in the test set, whatever seed trained the network.
    loaded = load_dataset(dataset, skip_bad=skip_bad, splits=used)
    folder = RunFolder(path, _made(settings, loaded), settings.defaults())
    log = folder.settle(resume=resume, overwrite=overwrite) if ranks.first else None
    check_outside(path, loaded)
    if log and len(log["history"]) >= settings.epochs and (ranks.alone or ranks.here):  # others that were started with this one wait for it
        reporter.message(t("training.reused", path=folder.path))
        return folder.result(log["history"], float(log.get("seconds") or 0), reused=True)
    usable = verify(loaded, used, preprocess=settings.preprocess, skip_bad=skip_bad, on_event=reporter.on_event, should_stop=reporter.should_stop)
    for note in usable.notes:
        reporter.message(note)
    told = {**settings.given, "dataset": getattr(dataset, "folder", dataset), "out": path}
    with folder.locked() if ranks.first else nullcontext(), ranks.joined(told, reporter):
        from edukit.training.session import run_session

        reporter.check()
        try:
            history, stopped = run_session(settings, usable, folder, reporter, fingerprint=loaded.fingerprint, resume=log is not None, began=began)
        except (EmptyFile, NotACheckpoint, NothingToResume) as error:
            if resume or log is None:
                raise
            raise OutputExists(path=path) from error  # nobody asked to go on; what lies there is damaged, and may still hold a good model
        if not ranks.first:
            reporter.message(t("training.files_there", address=os.environ.get("MASTER_ADDR", "")))
        return ranks.from_first(lambda: folder.result(history, time.monotonic() - began, stopped=stopped))


def _folder_path(out: str | os.PathLike[str] | None, resume: bool) -> Path:
    if out is None:
        if resume:
            raise BadArgument(name="out", value="None", wanted=t("training.wanted.run_folder"))
        return current().new_run_folder("train")
    return user_path(out, output=True)


def _made(settings: Settings, dataset: Dataset) -> dict[str, Any]:
    inputs = {"dataset": dataset.fingerprint}
    if settings.checkpoint:
        inputs["checkpoint"] = settings.checkpoint.sha256
    if settings.weights:
        inputs["weights"] = settings.weights.sha256
    return {"verb": "train", "options": settings.options(), "inputs": inputs}
