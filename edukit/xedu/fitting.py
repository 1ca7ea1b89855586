"""The training of a BaseNN network; in a notebook's cell its loss is a curve that grows."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from edukit.core.errors import BadArgument, NotFinite
from edukit.core.events import Event
from edukit.core.i18n import t


def train(
    network: Any, inputs: Any, targets: Any, *, optimizer: Any, measure: Callable[[Any, Any], Any], epochs: int, batch_size: int, place: Any,
    on_event: Callable[[Event], None] | None = None, should_stop: Callable[[], bool] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Lets a network learn, prints BaseNN's line an epoch, and returns ``{"epoch", "loss"}`` of each; an interrupt keeps what is done.

    Args:
        network, optimizer, measure: Of torch; ``measure`` gives the loss of outputs and targets.
        inputs, targets: Tensors with one row an example.
        epochs, batch_size: How long, and how many rows at a time.
        place: Where the network will be saved, for an error's text.
        on_event, should_stop: As verbs have them.

    Raises:
        BadArgument: The layers do not fit each other or the data.
        NotFinite: The loss became NaN.
    """
    import torch

    log: list[dict[str, Any]] = []
    try:
        while len(log) < epochs and not (should_stop and should_stop()):
            total = 0.0
            for part in torch.randperm(len(inputs)).split(batch_size):  # type: ignore[no-untyped-call]
                optimizer.zero_grad()
                loss = measure(network(inputs[part]), targets[part])
                loss.backward()
                optimizer.step()
                total += float(loss.detach()) * len(part)
            log.append({"epoch": len(log), "loss": total / len(inputs)})
            print(f"{{epoch:{log[-1]['epoch']}  Loss:{log[-1]['loss']:.4f}}}")
            if not math.isfinite(total):
                raise NotFinite(path=place, where=t("training.loss_word"))
            if on_event:
                on_event(Event(event="progress", done=len(log), total=epochs, unit="epoch", values={"epoch": len(log), "train_loss": log[-1]["loss"]}))
    except (RuntimeError, IndexError, ValueError) as error:  # torch's words for layers that do not fit
        if isinstance(error, NotFinite):
            raise
        raise BadArgument(name="size", value=str(error).split("\n")[0][:100], wanted=t("xedu.wanted.network")) from error
    return log
