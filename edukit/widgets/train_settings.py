"""What can be set for a training, with a picture of each network and what a value means for the chosen pictures."""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edukit.core.errors import EdukitError
from edukit.core.i18n import large_number, t
from edukit.core.svg import rectangle
from edukit.data import load_dataset
from edukit.models import Backbone, backbones, find_backbone
from edukit.models.inputs import model_file
from edukit.training.arguments import BATCH, HEAD_BATCH, HEAD_LEARNING_RATE
from edukit.widgets.artefacts import sample_of
from edukit.widgets.settings import Option, Setting, settings_of, values_of
from edukit.widgets.work import Work

EPOCHS = 12  # as many as make a curve to watch
SLOW_RATE = 0.002  # with the usual rate two epochs are enough, and there would be little to watch
OLD = "old_model"  # the setting of a lesson that goes on with a sample checkpoint
RATES = ((0.12, "tiny"), (0.6, "small"), (3.0, "fit"), (12.0, "large"), (math.inf, "huge"))  # as shares of the rate that suits
STRENGTHS = ((0.0, "none"), (0.9, "gentle"), (1.1, "usual"), (math.inf, "strong"))


@dataclass(frozen=True)
class Facts:
    """What decides what a value means: the pictures to learn from, the network, pictures a step, and whether only the head learns."""

    pictures: int
    network: Backbone
    batch: int
    frozen: bool

    def batches(self, size: int) -> int:
        """Steps of an epoch."""
        return math.ceil(self.pictures / size)


def train_settings(work: Work) -> tuple[Setting, ...]:
    """Network, epochs, learning rate; behind "More settings" what is rarely changed."""
    options = {"backbone": tuple(map(network_option, backbones()))}
    found = settings_of("train", start={"epochs": EPOCHS, "lr": SLOW_RATE}, options=options, saved=work.recall("train"))
    first = values_of(found, work.header.train)
    found = tuple(replace(setting, default=first[setting.name]) for setting in found)
    if old := old_model(work):
        found = (Setting(name=OLD, kind="check", label=t("widgets.train.old"), hint=t("widgets.train.old_hint", file=old.name), default=True), *found)
    values = values_of(found, work.recall("train"))
    facts = facts_of(work, training_of(work, values))
    found = tuple(setting for setting in found if setting.name != "backbone" or not values.get(OLD))  # the old model brings its network
    if facts is None:
        return found
    return tuple(
        replace(one, options=tuple(replace(option, meaning=MEANINGS[one.name](option.value, facts)) for option in one.options)) if one.name in MEANINGS else one
        for one in found
    )


def training_of(work: Work, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is set, as arguments of ``train``; going on from the old model means its weights and its network."""
    old, wanted = old_model(work), values.get(OLD)
    arguments = {name: value for name, value in values.items() if name not in (OLD, "run")}
    return arguments | {"backbone": model_file(old).card.backbone, "checkpoint": old} if old and wanted else arguments


def old_model(work: Work) -> Path | None:
    """The sample checkpoint that this lesson goes on with, if it is one for training on."""
    sample = sample_of("checkpoint", work.header)
    return sample if sample.is_file() else None


def facts_of(work: Work, training: Mapping[str, Any]) -> Facts | None:
    """What the chosen pictures and settings are; None while there are no pictures."""
    with suppress(EdukitError):
        network = find_backbone(training["backbone"])
        packed = bool(network.weights and network.weights.package)  # its weights are on every machine
        frozen = packed and training.get("pretrained") is not False if training.get("freeze") is None else bool(training["freeze"])
        batch = training.get("batch_size") or (HEAD_BATCH if frozen else BATCH)
        return Facts(len(load_dataset(work.dataset).train), network, batch, frozen)
    return None


def _epochs(value: int, facts: Facts) -> str:
    batches = facts.batches(facts.batch)
    return t("widgets.meaning.epochs", epochs=value, batches=batches, steps=value * batches)


def _batch_size(value: int | None, facts: Facts) -> str:
    return t("widgets.meaning.batch", size=value or facts.batch, batches=facts.batches(value or facts.batch))


def _lr(value: float | None, facts: Facts) -> str:
    suits = HEAD_LEARNING_RATE if facts.frozen else facts.network.learning_rate
    if value is None:
        return t("widgets.meaning.lr_auto", rate=f"{suits:g}", network=facts.network.name)
    return t("widgets.meaning.lr_" + next(name for most, name in RATES if value <= most * suits))


def _augment_strength(value: float, _facts: Facts) -> str:
    return t("widgets.meaning.augment_" + next(name for most, name in STRENGTHS if value <= most))


MEANINGS: dict[str, Callable[[Any, Facts], str]] = {one.__name__[1:]: one for one in (_epochs, _batch_size, _lr, _augment_strength)}


def network_option(network: Backbone) -> Option:
    """A network as a card: name, size, a sentence, and its picture."""
    told = t("widgets.train.network", weights=large_number(network.parameters), summary=network.summary)
    return Option(network.name, network.name, told, picture=network_picture(network))


def network_picture(network: Backbone) -> str:
    """A small drawing: how many blocks a picture passes stands for the work, how thick they are for the weights, how high the first one is for the input.

    Example:
        >>> network_picture(backbones()[0]).count("<rect")
        3
    """
    count = min(9, 3 + round(1.5 * max(0.0, math.log10(max(network.macs, 1) / 1e6))))
    thick, first = 3.5 + 2.2 * max(0.0, math.log10(network.parameters / 5e4)), 18 + 32 * min(1.0, network.size / 260)
    heights = [max(8.0, first * 0.82**place) for place in range(count)]
    blocks = (
        rectangle(2 + place * (thick + 3.5), 26 - high / 2, thick, high, "var(--ek-accent)", 1 - 0.6 * place / count) for place, high in enumerate(heights)
    )  # fmt: skip
    return f"<svg viewBox='0 0 116 52' width='87' height='39' aria-hidden='true'>{''.join(blocks)}</svg>"
