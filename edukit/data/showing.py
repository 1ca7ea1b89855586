"""How a dataset looks in a notebook: a few pictures of each split, each with its label, in one piece of HTML."""
from __future__ import annotations

import html

from edukit.core.errors import EdukitError
from edukit.core.html import data_uri
from edukit.core.i18n import language, t
from edukit.core.images import encode_png, thumbnail
from edukit.data.dataset import Dataset, Split
from edukit.data.sample import Sample

SHOWN = 12     # pictures of a split
SIDE = 72      # pixels


def dataset_html(dataset: Dataset) -> str:
    """The dataset's name, size and classes, and a few pictures of its first split."""
    lang = language()
    names = html.escape(t("data.comma").join(dataset.shown(label, lang) for label in dataset.classes))
    sizes = html.escape(t("data.comma").join(f"{t('data.split.' + split.name)} {len(split)}" for split in dataset.splits))
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in dataset.notes)
    grid = grid_html(dataset.splits[0]) if dataset.splits else ""
    return f"<div class='ek-dataset'><p><b>{html.escape(dataset.name)}</b> · {sizes}</p><p>{names}</p>{notes}{grid}</div>"


def grid_html(split: Split, count: int = SHOWN) -> str:
    """A few pictures, taken evenly from all classes, with their labels."""
    step = max(1, len(split) // count)
    cells = "".join(_cell(sample, split.shown(sample.label, language())) for sample in split.samples[::step][:count])
    return f"<div class='ek-grid' style='display:flex;flex-wrap:wrap;gap:8px'>{cells}</div>"


def _cell(sample: Sample, name: str) -> str:
    label = html.escape(name)
    try:
        shown = data_uri(encode_png(thumbnail(sample.image(), SIDE)), "image/png")
        picture = f"<img alt='{label}' src='{shown}' style='width:{SIDE}px;height:{SIDE}px;object-fit:contain'>"
    except EdukitError:
        picture = f"<div style='width:{SIDE}px;height:{SIDE}px;text-align:center'>?</div>"
    return f"<figure style='margin:0;text-align:center'>{picture}<figcaption>{label}</figcaption></figure>"
