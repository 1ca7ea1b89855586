"""The Studio without its page: one's own set, features as pictures come in, a head solved on them, and what is kept of it."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from edukit.core.errors import EdukitError
from edukit.core.preprocess import Float32Array
from edukit.core.workspace import Workspace, current
from edukit.data import BuiltPicture, DatasetBuilder
from edukit.tasks import find_task
from edukit.training.bodies import Body, int8_body
from edukit.training.head import Head, fit_head
from edukit.training.head_files import head_card, write_models

EVERY = 5  # this one of a class is held back for the test
AT_ONCE = 60  # of more pictures that come together, such as a zip, features wait until one trains


@dataclass(frozen=True)
class Tested:
    """An honest test: pictures that the head never saw.

    Args:
        count, right: How many were held back, and how many of them it knew.
        wrong: File and answer of the others.
        bursts: Whether some come from a recording whose other frames were learnt, which makes the test too easy.
    """

    count: int
    right: int
    wrong: tuple[tuple[Path, str], ...]
    bursts: bool


class HeadStudio(DatasetBuilder):
    """A set in the making whose model is ready a moment after its last picture.

    Args:
        name: Of the set, in the student's folder of datasets.
        workspace: Whose; by default the one in use.

    Attributes:
        head: The last head that was solved; None before.
        tested: Its honest test, where one was asked for.

    Example:
        >>> studio = HeadStudio("my cats")
        >>> studio.classes
        ()
    """

    def __init__(self, name: str, *, workspace: Workspace | None = None) -> None:
        super().__init__(name, workspace=workspace)
        self.workspace = workspace or current()
        self.head: Head | None = None
        self.tested: Tested | None = None
        self._learnt: list[BuiltPicture] = []
        self._features: dict[str, Float32Array] = {}
        self._body: Body | None = None
        self._last: tuple[Float32Array, int] | None = None  # features of the picture that was looked at, and the answer's place

    @property
    def body(self) -> Body:
        """The network without head; loaded when it is first needed."""
        if self._body is None:
            self._body = Body(int8_body(self.workspace))
        return self._body

    def add(self, label: str, pictures: Iterable[Any], *, group: str = "", names: Sequence[str] = ()) -> tuple[str, ...]:
        """Adds pictures as ``DatasetBuilder.add`` does, and computes their features at once, unless they are too many to wait for."""
        taken = list(pictures)
        added = super().add(label, taken, group=group, names=names)
        if len(added) <= AT_ONCE:
            self._features |= {name: self.body.features([picture]) for name, picture in zip(added, taken)}
        return added

    def blur(self, name: str, box: Sequence[float]) -> None:
        """Blurs a part of a picture as ``DatasetBuilder.blur`` does; what is learnt from now on is learnt from the blurred one."""
        super().blur(name, box)
        self._features.pop(name, None)

    def unseen(self) -> list[BuiltPicture]:
        """Pictures whose features are not known: those of a set that was opened again, or that came another way."""
        return [one for one in self.pictures() if one.name not in self._features]

    def train(self, *, hold_back: bool = False) -> Head:
        """Solves the head on all pictures, or on four of five and tests it on the others.

        Raises:
            BadArgument: Fewer than two classes have pictures.
        """
        pictures = [one for one in self.pictures() if self.see(one)]
        held = _held_back(pictures) if hold_back else set()
        self._learnt = [one for one in pictures if one.name not in held]
        classes = [label for label in self.classes if any(one.label == label for one in self._learnt)]
        rows = np.concatenate([self._features[one.name] for one in self._learnt]) if self._learnt else np.zeros((0, 1), np.float32)
        self._last, self.head = None, fit_head(rows, [one.label for one in self._learnt], classes=classes)
        self.tested = self._test([one for one in pictures if one.name in held]) if held else None
        return self.head

    def follow(self, before: Sequence[str]) -> None:
        """After a change of the set: the head takes on the classes' new names, and one that knows a class which is gone is forgotten.

        Args:
            before: The classes before the change.
        """
        if self.head is not None and before != self.classes:
            now = self.classes
            renamed = dict(zip(before, now)) if len(before) == len(now) else {}
            classes = tuple(renamed.get(one, one) for one in self.head.classes)
            self.head = replace(self.head, classes=classes) if set(classes) <= set(now) else None

    def look(self, picture: Any) -> tuple[Float32Array, bool]:
        """What the head says: probabilities (classes,), and whether the picture is unlike all it has learnt."""
        assert self.head is not None
        features = self.body.features([picture])
        shares = self.head.probabilities(features)[0]
        self._last = features, int(shares.argmax())
        return shares, bool(self.head.unknown(features)[0])

    def reasons(self, count: int = 3) -> tuple[str, list[tuple[Path, float]], list[tuple[Path, float]]]:
        """The last answer, and the pictures that speak most for it and most against it, with how much each adds to the score; "" where none was given."""
        if self.head is None or self._last is None:
            return "", [], []
        features, place = self._last
        label, here = self.head.classes[place], {one.name: one.path for one in self.pictures()}  # renamed or deleted since
        pulls = self.head.contributions(features, label)
        learnt = [(place, self._learnt[place].name) for place in map(int, np.argsort(pulls))]
        chosen = [(here[name], float(pulls[place])) for place, name in learnt if name in here]
        return label, [one for one in reversed(chosen[-count:]) if one[1] > 0], [one for one in chosen[:count] if one[1] < 0]

    def keep(self, folder: Path) -> tuple[Path, ...]:
        """Writes the model files into a folder; the set itself is on the disk already. Raises ``OutputNotWritable``, ``DiskFull``."""
        assert self.head is not None
        metrics = {f"val_{find_task().best.name}": self.tested.right / self.tested.count} if self.tested and self.tested.count else {}
        about = {"name": self.name, "folder": str(self.folder), "fingerprint": ""}
        return write_models(self.head, folder, head_card(self.head, self.body.card, dataset=about, class_names={}, metrics=metrics), self.workspace)

    def see(self, picture: BuiltPicture) -> bool:
        """Computes a picture's features where they are not known; whether that could be done."""
        if picture.name not in self._features:
            try:
                self._features[picture.name] = self.body.features([picture.path])
            except EdukitError:  # put there by hand and no picture, or gone
                return False
        return True

    def _test(self, held: Sequence[BuiltPicture]) -> Tested:
        assert self.head is not None
        found = self.head.probabilities(np.concatenate([self._features[one.name] for one in held])).argmax(axis=1)
        answers = [self.head.classes[place] for place in found]
        groups = {one.group for one in self._learnt if one.group}
        wrong = tuple((one.path, said) for one, said in zip(held, answers) if said != one.label)
        return Tested(len(held), len(held) - len(wrong), wrong, any(one.group in groups for one in held))


def _held_back(pictures: Sequence[BuiltPicture]) -> set[str]:
    """The names of every fifth picture of each class; of whole recordings where a class has enough of them."""
    held: set[str] = set()
    for label in dict.fromkeys(one.label for one in pictures):
        mine = [one for one in pictures if one.label == label]
        parts = list(dict.fromkeys(one.group or one.name for one in mine))
        chosen = set(parts[EVERY - 1 :: EVERY])
        held |= {one.name for one in mine if (one.group or one.name) in chosen} if chosen else {one.name for one in mine[EVERY - 1 :: EVERY]}
    return held
