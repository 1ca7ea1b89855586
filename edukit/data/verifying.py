"""What a verb asks of a dataset before it begins: that every picture it will use can be read."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from edukit.core.errors import TooFewPictures
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.i18n import t
from edukit.core.preprocess import Preprocess
from edukit.data.checking import with_progress
from edukit.data.copies import copies
from edukit.data.dataset import Dataset, Split
from edukit.data.naming import printable
from edukit.data.picture_cache import PictureCache
from edukit.data.pictures import check_picture, picture_error
from edukit.data.problems import Problem, bad_dataset
from edukit.data.sample import with_cache


def verify(
    dataset: Dataset,
    splits: Sequence[str],
    *,
    preprocess: Preprocess | None = None,
    skip_bad: bool = False,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Dataset:
    """The dataset, once every picture in ``splits`` is known to decode.

    Args:
        dataset: What ``load_dataset`` gave.
        splits: The splits that the verb uses; the others are not looked at.
        preprocess: What the pictures will be fitted to, if that is known: far more of them are then kept in memory.
        skip_bad: Leave bad pictures out instead of refusing.
        on_event, should_stop: Progress, one ``"picture"`` at a time, and the wish to stop.

    Returns:
        The same dataset; with ``skip_bad`` without its bad pictures. Its test split carries a warning if it shares files with the training set.
        The samples of ``splits`` share a ``PictureCache`` that holds what was decoded.

    Raises:
        SplitMissing: The dataset lacks one of ``splits``.
        BadDataset: Names all bad pictures at once.
        TooFewPictures: Nothing is left of a training class.
        Stopped: The user asked to stop.
    """
    used = [dataset.split(name) for name in splits]
    good = verify_splits(used, Reporter(on_event, should_stop), preprocess=preprocess, skip_bad=skip_bad)
    for split in good:
        dataset = dataset.with_split(split)
    skipped = sum(map(len, used)) - sum(map(len, good))
    return replace(dataset, notes=(*dataset.notes, t("data.note.skipped", count=skipped))) if skipped else dataset


def verify_splits(splits: Sequence[Split], reporter: Reporter, *, preprocess: Preprocess | None = None, skip_bad: bool = False) -> list[Split]:
    """The same for splits of one dataset that stand alone. Raises as ``verify``."""
    cache = next((sample.cache for split in splits for sample in split if sample.cache), None) or PictureCache()
    bad: dict[Path, Problem] = {}
    for name, sample in with_progress([(split.name, sample) for split in splits for sample in split], reporter):
        path = sample.path
        check = check_picture(path, on_image=lambda image, path=path: cache.keep(path, image, preprocess))  # type: ignore[misc]
        if check.error:
            bad[path] = picture_error(check, path, name)
    if bad and not skip_bad:
        raise bad_dataset(splits[0].folder, list(bad.values()))
    good = []
    for split in splits:
        kept = with_cache((sample for sample in split if sample.path not in bad), cache)
        good.append(replace(split, samples=kept, warnings=_leak_warning(split)))
        _enough(split, good[-1])
    return good


def _enough(before: Split, after: Split) -> None:
    """A training class needs a picture left, any other split one at all."""
    if before.samples and not after.samples and not after.counts:
        raise TooFewPictures(path=printable(before.folder), found=0, wanted=1)
    for label, count in after.counts.items():
        if not count and (before.counts[label] or not after.samples) and (after.name == "train" or not after.samples):
            raise TooFewPictures(path=printable(before.folder / label), found=0, wanted=1)


def _leak_warning(split: Split) -> tuple[str, ...]:
    if not split.training:  # the training set itself, or a split that someone put together by hand
        return split.warnings
    known = set(split.training)
    groups = copies([*split.training, *(sample.path for sample in split)])
    count = sum(path not in known for group in groups if not known.isdisjoint(group) for path in group)
    return (t("data.warning.leak", count=count, total=len(split)),) if count else ()
