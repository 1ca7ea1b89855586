"""Who is timed by ``compare_speed``: a name, and the files that bear it, one for each size of input where sizes are fixed."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edukit.comparison.kinds import model_style
from edukit.comparison.subjects import Listed, listed_files
from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument
from edukit.core.i18n import t
from edukit.core.parameters import shorten
from edukit.core.preprocess import MAX_SIDE
from edukit.models.inputs import ModelLike
from edukit.runtime.formats import format_of
from edukit.runtime.model_file import ModelFile

EAGER, COMPILE, BF16 = FORMS = ("eager", "compile", "bf16")


@dataclass(frozen=True)
class Contestant:
    """A model under one name.

    Args:
        name: What people call it.
        form: How PyTorch computes a checkpoint; empty for other formats.
        files: Its files, each with a card given by hand if there is one.
    """

    name: str
    form: str
    files: tuple[Listed, ...]

    def file_for(self, side: int, batch: int) -> Listed | None:
        """The file for inputs of this size: one that is made for it, else one that may take it; None if there is none."""
        fitting = [one for one in self.files if _may_take(one[0], side, batch)]
        made_for = [one for one in fitting if (one[1] or one[0].card).preprocess.size == (side, side)]
        return next(iter(made_for or fitting), None)


def contestants_of(
    models: Sequence[ModelLike], names: str | Sequence[str], forms: str | Sequence[str], cards: Sequence[ModelCard | None] | None
) -> list[Contestant]:
    """The models by name, in the order in which they were given; a checkpoint stands once for each form.

    Raises:
        BadArgument, and what inspecting a model file raises.
    """
    called, computed = read_names(names), read_names(forms)
    if not computed or any(form not in FORMS for form in computed):
        raise BadArgument(name="forms", value=shorten(forms), wanted=", ".join(FORMS))
    files = listed_files(models, cards)
    if called and len(called) != len(models):
        raise BadArgument(name="names", value=len(called), wanted=t("speed.wanted.names", count=len(models)))
    own = [model_style(format_of(file.path).name.removesuffix(" checkpoint"), (card or file.card).precision).label for file, card in files]
    kinds = called or [f"{kind} {file.path.stem}" if own.count(kind) > 1 else kind for kind, (file, _) in zip(own, files)]
    found: dict[tuple[str, str], list[Listed]] = {}
    for kind, one in zip(kinds, files):
        for form in computed if format_of(one[0].path).name == "PyTorch checkpoint" else [""]:
            found.setdefault((kind if form in ("", EAGER) else f"{kind} {form}", form), []).append(one)
    return [Contestant(name, form, tuple(some)) for (name, form), some in found.items()]


def unfit_models(models: Sequence[ModelLike], shapes: str, batches: str) -> list[str]:
    """The names of the models that cannot be measured at some of these sizes. Raises ``BadArgument``, and what inspecting a model file raises."""
    places = [(side, batch) for side in read_numbers("shapes", shapes, 1, MAX_SIDE) for batch in read_numbers("batches", batches, 1, 1024)]
    return [one.name for one in contestants_of(models, "", EAGER, None) if any(one.file_for(*place) is None for place in places)]


def read_numbers(name: str, given: Any, least: int, most: int) -> list[int]:
    """Whole numbers from ``"64,224"`` or from a sequence, each once, the smallest first.

    Raises:
        BadArgument

    Example:
        >>> read_numbers("shapes", "224, 64", 1, 2048)
        [64, 224]
    """
    wanted = t("speed.wanted.numbers", least=least, most=most)
    try:
        parts = given.replace("，", ",").split(",") if isinstance(given, str) else [given] if isinstance(given, int) else list(given)
        numbers = sorted({int(part) for part in parts})
    except (TypeError, ValueError) as error:
        raise BadArgument(name=name, value=shorten(given), wanted=wanted) from error
    if not numbers or not least <= numbers[0] <= numbers[-1] <= most or any(isinstance(part, (bool, float)) for part in parts):
        raise BadArgument(name=name, value=shorten(given), wanted=wanted)
    return numbers


def read_names(given: str | Sequence[str]) -> list[str]:
    """Names from ``"a,b"`` or from a sequence."""
    parts = given.split(",") if isinstance(given, str) else given
    return [str(part).strip() for part in parts if str(part).strip()]


def _may_take(file: ModelFile, side: int, batch: int) -> bool:
    """Whether nothing in the file speaks against such an input; what a format does not tell shows when it runs."""
    if file.fixed_batch not in (None, batch):
        return False
    inputs = getattr(file, "inputs", ())
    shape = (inputs[0].shape if inputs else None) or ()
    return len(shape) != 4 or all(not isinstance(size, int) or size in (-1, 0, side) for size in shape[-2:])
