"""From a name or a folder to a dataset, or to the one error that says what is wrong with it."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from edukit.core.card import CLASSIFICATION
from edukit.core.errors import (
    BadArgument,
    DatasetMissing,
    DatasetNotAFolder,
    DatasetNotFetched,
    DatasetUnknown,
    EdukitError,
    FileUnreadable,
    FolderMissing,
    OneClass,
    TooFewPictures,
    UnknownChoice,
    nearest,
)
from edukit.core.i18n import t
from edukit.data.dataset import SPLITS, Dataset, split_missing, without_empty_classes
from edukit.data.draft import Draft
from edukit.data.naming import printable
from edukit.data.online import fetched_folder, fetched_sets, online_sets
from edukit.data.own import own_set, own_sets
from edukit.data.problems import bad_dataset, errors_in
from edukit.data.readers import read_draft, reader_of
from edukit.data.samples import sample_set, sample_sets
from edukit.data.splitting import FEWEST

DatasetLike = str | os.PathLike[str] | Dataset


def load_dataset(source: DatasetLike, *, random_seed: int = 0, skip_bad: bool = False, splits: Sequence[str] | None = None) -> Dataset:
    """Reads a dataset; pictures are listed, not decoded, and nothing is written.

    Args:
        source: The name of one's own set, of a sample set or of one that ``fetch_dataset`` brought, a folder in ImageNet format (training_set, val_set,
            test_set), or a folder of plain class folders, which is split in memory. A ``Dataset`` is handed back.
        random_seed: Of the split in memory.
        skip_bad: Go on where classes are empty or absent, or label files disagree with the folders; the folders then decide.
        splits: The splits that must be there; by default all that a dataset of its kind has, but no test pictures beside validation ones.

    Raises:
        DatasetMissing, DatasetNotAFolder, DatasetEmpty, OneClass, SplitMissing, BadDataset, TooFewPictures

    Example:
        >>> dataset = load_dataset("emoji")
        >>> len(dataset.classes)
        6
    """
    if type(random_seed) is not int or random_seed < 0:
        raise BadArgument(name="random_seed", value=random_seed, wanted=t("data.wanted.seed"))
    for name in splits or ():
        if name not in SPLITS:
            raise UnknownChoice.among("split", name, SPLITS)
    if isinstance(source, Dataset):
        for name in splits or ():
            source.split(name)
        return source
    draft = read_draft(find_folder(source), random_seed=random_seed)
    return _accept_draft(draft, splits or _usual(draft), skip_bad)


def find_folder(source: str | os.PathLike[str]) -> Path:
    """The folder that the name of one's own set or of a sample set, or a path means.

    Raises:
        DatasetMissing, DatasetNotAFolder, FileUnreadable, BadArgument
    """
    if not isinstance(source, (str, os.PathLike)):
        raise BadArgument(name="dataset", value=repr(source)[:60], wanted=t("data.wanted.dataset"))
    own = own_set(source) if isinstance(source, str) else None
    known = sample_set(source) if isinstance(source, str) else None
    if own or known:
        return own or known.folder  # type: ignore[union-attr]  # one of them is there
    if isinstance(source, str) and source in fetched_sets():
        return fetched_folder() / source
    text = os.fsdecode(source)
    if any(mark in text for mark in "/\\~:"):  # a path, and no name of a sample set
        missing: EdukitError = FolderMissing(path=printable(text)[:300])
    else:
        names = [*own_sets(), *(sample.name for sample in sample_sets()), *fetched_sets()]
        near = nearest(Path(text).name, names, likeness=0.6)
        told = {"name": printable(text)[:200], "names": ", ".join(names)}
        missing = DatasetMissing(**told, nearest=near) if near else DatasetUnknown(**told)
        if (online := online_sets().get(text.lower())) is not None:
            missing = DatasetNotFetched(name=online.name, size=online.size)
    try:
        folder = Path(text).expanduser().absolute()
        if not text or not folder.exists():
            raise missing
        if not folder.is_dir() and not reader_of(folder):
            raise DatasetNotAFolder(path=printable(folder))
    except PermissionError as error:
        raise FileUnreadable(path=printable(text), reason=os.strerror(error.errno or 0)) from error
    except (OSError, ValueError, RuntimeError) as error:  # a name that no file system takes, or the home of nobody
        raise error if isinstance(error, EdukitError) else missing from None
    return folder


def _usual(draft: Draft) -> list[str]:
    """The splits that a dataset must have where the caller names none: test pictures may come later, and verbs then measure on the validation set."""
    return [name for name in draft.expected if name != "test" or "test" in draft.found or "validation" not in draft.found]


def _accept_draft(draft: Draft, splits: Sequence[str], skip_bad: bool) -> Dataset:
    for name in splits:
        if name not in draft.expected or name not in draft.found:
            raise split_missing(draft.dataset.folder, name)
    dataset = without_empty_classes(draft.dataset) if skip_bad else draft.dataset
    if len(dataset.classes) == 1 and dataset.task == CLASSIFICATION:
        raise OneClass(path=printable(dataset.folder), label=dataset.classes[0])
    problems = errors_in(draft.problems, splits)
    if problems and not skip_bad:
        raise bad_dataset(draft.dataset.folder, problems)
    if draft.short and not skip_bad:
        short, count = draft.short[0]
        raise TooFewPictures(path=printable(short), found=count, wanted=FEWEST)
    for name in splits:
        dataset.split(name)
    return dataset
