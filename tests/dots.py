"""A task, a network and a form of datasets that edukit does not know: where is the dot? Importing it adds nothing; ``add`` does."""
import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import nn

from edukit.core.i18n import texts
from edukit.core.images import encode_png
from edukit.core.preprocess import Preprocess
from edukit.data import Dataset, Sample, Split
from edukit.data.draft import Draft
from edukit.data.readers import READERS, Reader
from edukit.models import Backbone
from edukit.models.backbones import BACKBONES
from edukit.tasks import TASKS, BasePrediction, Figure, Task

SIDE = 24
TEXTS = {"dots.error": {"zh": "误差", "en": "error"}, "backbones.DotNet": {"zh": "找点的网络", "en": "finds a dot"}}


@dataclass(frozen=True)
class Dot(BasePrediction):
    x: float
    y: float

    def __str__(self):
        return f"dot at {self.x:.1f}, {self.y:.1f}"


class Dots(Task):
    """The x and the y of a dot are outputs of their own, in pixels of the input; an answer is a point of the picture."""

    name = "dots"
    outputs = ("x", "y")
    figures = (Figure(name="error_px", label="dots.error", higher_is_better=False, unit="px", worth=0.5),)
    compared = ("error_px",)
    can_freeze = False

    def head_width(self, classes):
        return 2

    def output_shapes(self, card):
        return {"x": (None, 1), "y": (None, 1)}

    def targets(self, samples, classes):
        return np.array([sample.target for sample in samples], np.float64).reshape(-1, 2)

    def fit_target(self, target, placement):
        return placement.to_input(target)

    def vary_target(self, target, matrix):
        return matrix @ (*target, 1)

    def batch_targets(self, targets):
        return {"point": np.asarray(targets, np.float32).reshape(-1, 2)}

    def loss(self, outputs, targets):
        return ((torch.cat([outputs["x"], outputs["y"]], 1) - targets["point"]) ** 2).mean() / 100

    def measure_batch(self, outputs, targets):
        return {"error_px": np.hypot(outputs["x"][:, 0] - targets["point"][:, 0], outputs["y"][:, 0] - targets["point"][:, 1])}

    def decode(self, outputs, card, shapes):
        points = np.concatenate([outputs["x"], outputs["y"]], axis=1)
        return np.stack([card.preprocess.placement(shape).to_image(point) for point, shape in zip(points, shapes)])

    def prediction(self, answer, card, image, top):
        return Dot(image, float(answer[0]), float(answer[1]))

    def measure(self, answers, targets):
        return {"error_px": float(np.linalg.norm(np.asarray(answers) - targets, axis=1).mean())}

    def same(self, answers, others):
        return np.linalg.norm(np.asarray(answers) - np.asarray(others), axis=1) < 1

    def answer_text(self, answer, classes):
        return f"{answer[0]:.0f},{answer[1]:.0f}"

    target_text = answer_text


class DotNet(nn.Module):
    """Two outputs come after the head."""

    def __init__(self, outputs, *, size):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.AvgPool2d(4), nn.Flatten())
        self.head = nn.Linear(4 * (size // 4) ** 2, outputs)

    def forward(self, batch):
        points = SIDE * torch.sigmoid(self.head(self.body(batch)))
        return points[:, :1], points[:, 1:]


NETWORK = Backbone(
    name="DotNet", source="own", builder=f"{__name__}:DotNet", head="head", head_is_last=False, features=144, parameters=402, min_size=SIDE, fixed_size=True,
    preprocess=Preprocess(size=(SIDE, SIDE), fit="stretch"), learning_rate=0.02,
)  # fmt: skip


def read_dots(path, random_seed):
    """A JSON file {"train": {picture: [x, y]}, ...} beside its pictures."""
    wanted = json.loads(path.read_text())
    make = partial(Split, classes=(), dataset_name="dots", folder=path.parent, task="dots")
    splits = [make(name=name, samples=tuple(Sample(path.parent / one, tuple(xy)) for one, xy in wanted[name].items())) for name in wanted]
    return Draft(Dataset("dots", path.parent, (), {}, *splits, "dots"), found=tuple(wanted))


def write_dots(folder, *, train=40, validation=10, test=10):
    """Pictures of 48 x 36 with a bright dot each, and the file that says where."""
    rng, wanted = np.random.default_rng(0), {}
    for split, count in (("train", train), ("validation", validation), ("test", test)):
        wanted[split] = {}
        for number in range(count):
            x, y = rng.integers(4, 44), rng.integers(4, 32)
            picture = rng.integers(0, 40, (36, 48, 3), dtype=np.uint8)
            picture[y - 3 : y + 3, x - 4 : x + 4] = 255
            (folder / f"{split} {number}.png").write_bytes(encode_png(picture))
            wanted[split][f"{split} {number}.png"] = [int(x), int(y)]
    (folder / "dots.json").write_text(json.dumps(wanted))
    return folder / "dots.json"


@contextmanager
def add():
    """The task, its network, its form of datasets, for the time of the block."""
    reader = Reader("dots", lambda path: path.suffix == ".json" and path.is_file(), read_dots)
    with ExitStack() as stack:
        stack.enter_context(TASKS.added(Dots()))
        stack.enter_context(BACKBONES.added(NETWORK))
        READERS.insert(0, reader)
        stack.callback(READERS.remove, reader)
        texts().update(TEXTS)  # and there they stay, which hurts nobody
        yield
