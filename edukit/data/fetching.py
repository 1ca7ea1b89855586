"""``fetch_dataset``: a well-known dataset downloaded once, checked, and written as a folder in ImageNet format that all students of the machine share."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from edukit.core.downloads import fetch_file
from edukit.core.errors import UnknownChoice
from edukit.core.events import OnEvent, Reporter, ShouldStop
from edukit.core.files import json_text, make_folder
from edukit.core.i18n import t
from edukit.core.parameters import Between, Names, verb
from edukit.core.workspace import current
from edukit.data.dataset import FOLDERS
from edukit.data.exporting import Written, filling
from edukit.data.label_files import text_files
from edukit.data.online import READERS, OnlineSet, Picture, fetched_folder, online_sets
from edukit.data.readers import read_draft
from edukit.data.samples import CARD

EVERY = 10  # where the makers name no validation pictures, each tenth training picture of a class is one


@dataclass(frozen=True)
class Fetched(Written):
    """What ``fetch_dataset`` brought.

    Args:
        path, images, by_split: As for ``Written``.
        name: What ``load_dataset`` takes.
        reused: Whether it was on this machine already.
    """

    name: str
    reused: bool = False


@verb
def fetch_dataset(
    name: Annotated[str, Names(online_sets)],
    *,
    per_class: Annotated[int | None, Between(1, 100_000)] = None,
    on_event: OnEvent | None = None,
    should_stop: ShouldStop | None = None,
) -> Fetched:
    """Downloads a well-known dataset; afterwards ``load_dataset`` knows it by its name, without the internet.

    A download that broke off is gone on with; each file must have the SHA-256 that ``online.json`` names. ``EDUKIT_DATASETS_URL`` names a mirror: a server,
    or a folder as ``file:///…``, that holds ``<name>/<file>``.

    Args:
        name: ``"mnist"``, ``"fashion-mnist"``, ``"cifar10"``, ``"flowers102"`` or ``"oxford-pets"``.
        per_class: At most so many pictures of each class in each split, for slow computers; the set is then called ``<name>-<per_class>``.
        on_event: Told the bytes, then the pictures.
        should_stop: Asked between them; what was downloaded is kept.

    Raises:
        UnknownChoice, DownloadFailed, DiskFull, OutputNotWritable
        Stopped: The user asked to stop.

    Example:
        >>> list(online_sets())  # fetch_dataset("mnist", per_class=100) downloads the first of them
        ['mnist', 'fashion-mnist', 'cifar10', 'flowers102', 'oxford-pets']
    """
    known = online_sets().get(str(name).lower())
    if known is None:
        raise UnknownChoice.among("name", name, online_sets())
    reporter, called = Reporter(on_event, should_stop), known.name if per_class is None else f"{known.name}-{per_class}"
    folder = fetched_folder() / called
    there = folder.is_dir()
    if not there:
        from filelock import FileLock

        downloads = make_folder(current().cache / "downloads" / known.name)
        with FileLock(downloads / ".lock"):  # two students of one class may ask at the same time
            if not folder.is_dir():
                reporter.message(t("downloads.fetching", title=known.source, size=known.size, licence=known.licence or t("downloads.no_licence")))
                files = {
                    one["name"]: fetch_file(known.urls(one["name"]), downloads / one["name"], size=one["size"], digest=one["sha256"], reporter=reporter)
                    for one in known.files
                }
                _write(known, called, files, folder, per_class, reporter)
    return Fetched.of(read_draft(folder).dataset, folder, name=called, reused=there)


def _write(known: OnlineSet, called: str, files: Mapping[str, Path], folder: Path, per_class: int | None, reporter: Reporter) -> None:
    labels = known.names["labels"]
    placed: dict[str, list[tuple[str, str]]] = defaultdict(list)
    taken: Counter[tuple[str, str]] = Counter()
    with filling(folder, overwrite=False) as put:
        for number, (split, label, name, data) in enumerate(_with_validation(READERS[known.reader](files, labels), known), 1):
            reporter.check()
            reporter.progress(number, known.images, "picture")
            if per_class is None or taken[split, label] < per_class:
                taken[split, label] += 1
                put(f"{FOLDERS[split]}/{label}/{name}", data)
                placed[split].append((f"{label}/{name}", label))
        for file, text in text_files(labels, placed).items():
            put(file, text)
        shown = {lang: dict(zip(labels, known.names[lang])) for lang in ("zh", "en") if lang in known.names}
        card = {"name": called, "title": known.title, "splits": list(FOLDERS), "class_names": shown, "source": known.source, "licence": known.licence}
        put(CARD, json_text(card | {"files": {one["name"]: one["sha256"] for one in known.files}}, indent=1) + "\n")


def _with_validation(pictures: Iterator[Picture], known: OnlineSet) -> Iterator[Picture]:
    """Every tenth training picture of a class becomes a validation picture, unless the makers chose some themselves."""
    seen: Counter[str] = Counter()
    for split, label, name, data in pictures:
        if split == "train" and known.reader != "flowers":
            seen[label] += 1
            yield ("validation" if seen[label] % EVERY == 0 else "train"), label, name, data
        else:
            yield split, label, name, data
