"""How a network is computed while it learns, memory format and precision: measured once per machine, network and size, not believed."""
from __future__ import annotations

import copy
import math
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from torch import nn

from edukit.core.errors import EdukitError
from edukit.core.files import read_record, write_json
from edukit.training.arguments import Settings

SECONDS = 1.0            # of a measurement
WORTH_SECONDS = 5.0      # of a training, as estimated; a shorter one gains nothing by it
USUAL_SPEED = 3e10       # multiplications and additions a second, of two cores: for the estimate alone
LAYOUTS = ("channels_last", "contiguous")
UNSAFE = ("RepVGG",)  # PyTorch 2.13 writes beyond its memory there, channels last in fp32 on a CPU (seen at 224 pixels): the process dies
HOPELESS = 4             # so many times slower than the best at the first try: not tried again
GAIN = {"contiguous": 1.05, "bf16": 1.15}  # what another format, or fewer digits, must bring
BATCH, LARGE = 16, 100   # pictures of a trial step, as training usually has them; a quarter above so many pixels, where a step takes a second


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """How a network is computed while it learns.

    Args:
        memory_format: ``"channels_last"`` or ``"contiguous"``.
        precision: ``"fp32"`` or ``"bf16"`` (mixed: weights stay fp32).
        images_per_s: What was measured, by ``"<memory format> <precision>"``; empty where nothing was.
    """

    memory_format: str = "channels_last"
    precision: str = "fp32"
    images_per_s: Mapping[str, float] = field(default_factory=dict)

    @property
    def layout(self) -> torch.memory_format:
        """As torch has it."""
        return torch.channels_last if self.memory_format == "channels_last" else torch.contiguous_format

    def to_dict(self) -> dict[str, Any]:
        """For card and log."""
        return asdict(self)


def choose_arithmetic(settings: Settings, network: nn.Module, device: torch.device, *, pictures: int, noted: Any, cache: Path) -> Arithmetic:
    """The fastest arithmetic that was asked for; a resumed training keeps its own.

    Args:
        settings: Their ``precision``; with ``"auto"`` the measurement decides.
        network: As it is trained; stays as it is.
        device: Where.
        pictures: How many are shown in the whole training; for few the usual arithmetic is taken unmeasured.
        noted: What the card of a resumed training says.
        cache: The folder where measurements are kept.
    """
    if isinstance(noted, Mapping):
        return Arithmetic(**{one.name: noted[one.name] for one in fields(Arithmetic) if one.name in noted})
    precisions = ["fp32", "bf16"] if settings.precision == "auto" else [settings.precision]
    backbone, shape = settings.backbone, (settings.preprocess.channels, *settings.preprocess.size)
    work = 3 * pictures * backbone.macs * (shape[1] * shape[2]) / backbone.size**2
    if work / USUAL_SPEED < WORTH_SECONDS:
        return Arithmetic(precision=precisions[0])
    key = f"{platform.node()} {device.type} steps of {BATCH} torch {torch.__version__} threads {torch.get_num_threads()} {backbone.name} {shape}"
    path = cache / "arithmetic.json"
    known = read_record(path)
    speeds = known.get(key)
    if not isinstance(speeds, dict) or not all(any(one in name.split() for name in speeds) for one in precisions):
        speeds = (speeds if isinstance(speeds, dict) else {}) | measure(network, device, shape, precisions, LAYOUTS[backbone.name in UNSAFE :])
        _keep(path, known | {key: speeds})
    allowed = {name: float(speed) for name, speed in speeds.items() if name.split()[1] in precisions}
    return fastest(allowed)


def fastest(speeds: Mapping[str, float]) -> Arithmetic:
    """The arithmetic that the measured speeds (images a second, by name) speak for: what is unusual must gain something."""

    def value(name: str) -> float:
        return speeds[name] / math.prod(GAIN.get(word, 1.0) for word in name.split())

    memory_format, precision = max(speeds, key=value).split()
    measured = {name: round(speed, 1) for name, speed in speeds.items()}
    return Arithmetic(memory_format=memory_format, precision=precision, images_per_s=measured)


def measure(network: nn.Module, device: torch.device, shape: tuple[int, ...], precisions: Sequence[str], layouts: Sequence[str] = LAYOUTS) -> dict[str, float]:
    """Images a second of a training step, by ``"<memory format> <precision>"``: turn by turn, the best of each.

    Args:
        network: Copied for each.
        device: Where.
        shape: Of one input: (channels, height, width).
        precisions, layouts: Those that are allowed.
    """
    count = BATCH if shape[1] <= LARGE else BATCH // 4
    names = [f"{layout} {precision}" for precision in precisions for layout in layouts]
    steps = {name: step_of(network, device, (count, *shape), Arithmetic(memory_format=name.split()[0], precision=name.split()[1])) for name in names}
    began, turns, best = time.perf_counter(), 0, dict.fromkeys(names, math.inf)
    while turns < 2 or time.perf_counter() - began < SECONDS:
        for name in list(steps):
            seconds = steps[name]()
            best[name] = min(seconds, best[name]) if turns != 1 else seconds  # the first turn warms up
            if seconds > HOPELESS * min(best.values()):
                del steps[name]
        turns += 1
    return {name: count / seconds for name, seconds in best.items()}


def step_of(network: nn.Module, device: torch.device, shape: tuple[int, ...], how: Arithmetic) -> Callable[[], float]:
    """A training step on a fixed batch of that shape: forward, backward, the optimizer's update. It gives its seconds; the network is copied."""
    trial = copy.deepcopy(network).train().to(device, memory_format=how.layout)  # type: ignore[call-overload]
    batch = torch.rand(shape, generator=torch.Generator().manual_seed(0)).to(device).contiguous(memory_format=how.layout)
    optimizer = torch.optim.AdamW(trial.parameters(), 1e-6, fused=True)

    def step() -> float:
        began = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=how.precision == "bf16"):
            outputs = trial(batch)
        total: Any = sum(one.float().square().mean() for one in (outputs if isinstance(outputs, (list, tuple)) else [outputs]))
        total.backward()
        optimizer.step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - began

    return step


def _keep(path: Path, record: dict[str, Any]) -> None:
    try:
        write_json(path, record)
    except (OSError, EdukitError):
        return  # measured again next time
