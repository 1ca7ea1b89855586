"""The verbs of the command line: what each takes, and how it is run."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edukit import verbs
from edukit.cli.arguments import Argument
from edukit.core.errors import UsageError
from edukit.core.i18n import t

Values = dict[str, Any]           # the arguments that were given, under their Python names
Hooks = Mapping[str, Any]         # on_event and should_stop


@dataclass(frozen=True)
class Command:
    """One verb.

    Args:
        name: As it is typed.
        arguments: What it takes.
        run: Does the work; gives a result that has ``to_dict()``, or a list of such.
        heavy: Whether a job of it waits for the machine's slot.
        stoppable: Whether the first Ctrl-C asks it to stop and keep what is done; else it ends at once.
        talks: Whether it prints for the user while it runs, and gives its exit code instead of an answer.
    """

    name: str
    arguments: tuple[Argument, ...]
    run: Callable[[Values, Hooks], Any]
    heavy: bool = False
    stoppable: bool = True
    talks: bool = False


def _demo(values: Values, hooks: Hooks) -> Any:
    from edukit.chain import demo

    return demo(values.pop("out"), **values, **hooks)


def _check_dataset(values: Values, hooks: Hooks) -> Any:
    from edukit.data import check_dataset

    return check_dataset(values.pop("dataset"), **values, **hooks)


def _train(values: Values, hooks: Hooks) -> Any:
    from edukit.training import train

    return train(values.pop("dataset"), **values, **hooks)


def _evaluate(values: Values, hooks: Hooks) -> Any:
    return verbs.evaluate(values.pop("model"), values.pop("dataset"), **values, **hooks)


def _convert(values: Values, hooks: Hooks) -> Any:
    return verbs.convert(values.pop("checkpoint"), values.pop("out", None), **values, **hooks)


def _quantize(values: Values, hooks: Hooks) -> Any:
    return verbs.quantize(values.pop("model"), values.pop("out", None), **values, **hooks)


def _compare(values: Values, hooks: Hooks) -> Any:
    if "data" not in values and not values.get("speed_only"):
        raise UsageError(detail=t("cli.missing", names="--data"))
    return verbs.compare(values.pop("models"), values.pop("data", None), **values, **hooks)


def _predict(values: Values, hooks: Hooks) -> Any:
    return verbs.predict(values.pop("model"), values.pop("images"), **values)


def _info(values: Values, hooks: Hooks) -> Any:
    return verbs.info(values["path"])


def _doctor(values: Values, hooks: Hooks) -> Any:
    from edukit.cli.doctor import doctor

    return doctor()


def _serve(values: Values, hooks: Hooks) -> Any:
    from edukit.classroom import serve

    return serve(**values)


def _lab(values: Values, hooks: Hooks) -> Any:
    from edukit.classroom.lab import open_lab

    return open_lab(**values)


_DATASET = Argument("dataset", shown="DATASET", positional=True)
_MODEL = Argument("model", shown="MODEL", positional=True)
_OUT = Argument("out", shown="DIR")
_OUT_FILE = Argument("out", shown="FILE")
_OVERWRITE = Argument("overwrite", "flag")
_SKIP_BAD = Argument("skip_bad", "flag")
_RANDOM_SEED = Argument("random_seed", "integer")
_THREADS = Argument("threads", "integer")
_BATCH_SIZE = Argument("batch_size", "integer")

COMMANDS = (
    Command(
        "demo",
        (
            Argument("out", shown="DIR", required=True), Argument("dataset", shown="NAME|FOLDER"), Argument("backbone", shown="NAME"), _OVERWRITE,
        ),
        _demo, heavy=True,
    ),
    Command("check-dataset", (Argument("dataset", shown="FOLDER", positional=True), _RANDOM_SEED), _check_dataset),
    Command(
        "train",
        (
            _DATASET, Argument("backbone", shown="NAME"), Argument("epochs", "integer"), _OUT, Argument("resume", "flag"), Argument("checkpoint", shown="FILE"),
            Argument("image_size", "integer"), Argument("pretrained", "boolean"), _RANDOM_SEED, Argument("lr", "number", shown="X"),
            _BATCH_SIZE, Argument("optimizer", shown="NAME"), Argument("weight_decay", "number", shown="X"), Argument("freeze", "boolean"),
            Argument("augment", "boolean"), _THREADS, Argument("device", shown="NAME"), _SKIP_BAD, _OVERWRITE,
        ),
        _train, heavy=True,
    ),
    Command(
        "evaluate",
        (_MODEL, _DATASET, Argument("split", choices=("train", "validation", "test")), _BATCH_SIZE, _THREADS, _SKIP_BAD),
        _evaluate, heavy=True,
    ),
    Command(
        "convert",
        (
            Argument("checkpoint", shown="CHECKPOINT", positional=True), _OUT_FILE, Argument("opset_version", "integer"), Argument("ir_version", "integer"),
            Argument("dynamic", choices=("batch", "all", "none")), Argument("backend", shown="NAME"), Argument("data", shown="DATASET"),
            Argument("tolerance", "number", shown="X"), _THREADS, _SKIP_BAD, _OVERWRITE,
        ),
        _convert, heavy=True,
    ),
    Command("quantize", (_MODEL, _OUT_FILE, Argument("calibration", shown="DATASET", required=True), _THREADS, _SKIP_BAD, _OVERWRITE), _quantize, heavy=True),
    Command(
        "compare",
        (
            Argument("models", shown="MODEL", positional=True, many=True), Argument("data", shown="DATASET"), _THREADS, _BATCH_SIZE,
            Argument("runs", "integer"), Argument("accuracy_only", "flag"), Argument("speed_only", "flag"), _SKIP_BAD,
        ),
        _compare, heavy=True,
    ),
    Command(
        "predict",
        (_MODEL, Argument("images", shown="IMAGE", positional=True, many=True), Argument("top", "integer"), _THREADS),
        _predict, stoppable=False,
    ),
    Command("info", (Argument("path", shown="FILE", positional=True),), _info, stoppable=False),
    Command("doctor", (), _doctor, stoppable=False),
    Command(
        "serve",
        (
            Argument("port", "integer"), Argument("ip", shown="ADDRESS"), Argument("base_url", shown="PREFIX"), Argument("token", shown="WORD"),
            Argument("no_token", "flag"), Argument("open_browser", "boolean"),
        ),
        _serve, stoppable=False, talks=True,
    ),
    Command("lab", (Argument("port", "integer"), Argument("ip", shown="ADDRESS"), Argument("open_browser", "boolean")), _lab, stoppable=False, talks=True),
)  # fmt: skip
