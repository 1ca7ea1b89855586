"""A dataset in HTML: a few of its pictures in a notebook, of one's own sets words alone; and what a check found, as a file to be kept and handed in."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edukit.core.errors import EdukitError
from edukit.core.html import answer, esc, picture_uri, shots, shown_alone, stylesheet, table, tag
from edukit.core.i18n import language, t
from edukit.core.page import page_html
from edukit.core.workspace import current
from edukit.data.problems import DatasetReport, Problem

if TYPE_CHECKING:
    from edukit.data.dataset import Dataset, Split

KIND = "check-dataset"  # of page
MOST_PICTURES = 24  # of one kind of problem
SHOWN = 12  # pictures of a split
_CSS = """
body { max-width: 960px; margin: 24px auto; padding: 0 16px; font-family: system-ui, sans-serif }
figure { display: inline-block; margin: 8px; width: 120px; vertical-align: top; font-size: 12px; overflow-wrap: anywhere }
img { max-width: 104px; max-height: 104px }
.pair { display: flex; gap: 4px }
.pair img + img, .pair img:has(+ img) { max-width: 56px }
"""


def report_html(report: DatasetReport) -> str:
    """The whole page: the outcome, the numbers of pictures, and each kind of problem once with its files."""
    by_kind: dict[str, list[Problem]] = {}
    for found in report.problems:
        by_kind.setdefault(found.kind, []).append(found)
    splits = report.counts["by_split"]
    classes = list(dict.fromkeys(label for counts in splits.values() for label in counts))
    rows = [(label, *(str(counts.get(label, 0)) for counts in splits.values())) for label in classes]
    heads = (t("data.class"), *(t(f"data.split.{split}") for split in splits))
    parts = [tag("h1", report.name), tag("p", report.summary), *(tag("p", note) for note in report.notes), table(heads, rows) if rows else ""]
    parts += [_section(found) for found in by_kind.values()]
    return page_html(report.name, "".join(parts), kind=KIND, css=stylesheet("results") + _CSS)


def _section(problems: list[Problem]) -> str:
    first = problems[0]
    more = tag("p", t("data.more", count=len(problems) - MOST_PICTURES)) if len(problems) > MOST_PICTURES else ""
    title = f"{t('data.severity.' + first.severity)} · {first.detail} ({len(problems)})"
    return f"<section>{tag('h2', title)}{tag('p', first.remedy)}{''.join(_figure(found) for found in problems[:MOST_PICTURES])}{more}</section>"


def _figure(found: Problem) -> str:
    pictures = "".join(_picture(path) for path in (found.path, found.other) if path)
    return f"<figure><div class='pair'>{pictures}</div>{tag('figcaption', Path(found.path).name)}{tag('small', found.detail)}</figure>"


def _picture(path: str) -> str:
    try:
        return f'<img alt="{esc(Path(path).name)}" src="{picture_uri(Path(path))}">'
    except (EdukitError, OSError):  # what is wrong with it may be just that
        return ""


def dataset_html(dataset: Dataset) -> str:
    """The dataset's name, size and classes, and a few pictures of its first split."""
    names = t("data.comma").join(dataset.shown(label, language()) for label in dataset.classes)
    sizes = t("data.comma").join(f"{t('data.split.' + split.name)} {len(split)}" for split in dataset.splits)
    notes = "".join(tag("p", note) for note in dataset.notes)
    return shown_alone(answer(dataset.name, f"· {sizes}"), tag("p", names), notes, _pictures(dataset.splits[0]) if dataset.splits else "")


def grid_html(split: Split) -> str:
    """A few pictures, taken evenly from all classes, with their labels."""
    return shown_alone(_pictures(split))


def _pictures(split: Split) -> str:
    if split.folder.absolute().is_relative_to(current().datasets):  # a notebook is saved and handed on with what it shows
        return tag("p", t("data.own_not_shown"))
    step = max(1, len(split) // SHOWN)
    return shots((split[i].path, split.caption(i), "") for i in range(0, len(split), step)[:SHOWN])
