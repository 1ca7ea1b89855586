"""The names of ImageNet's thousand classes, in both languages."""
from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("imagenet_classes.csv")
COUNT = 1000
_SYNSET = re.compile(r"n\d{8}")


@cache
def imagenet_classes() -> tuple[dict[str, str], ...]:
    """``{"index", "synset", "en", "zh"}`` of each class, in the order of the networks' outputs.

    Example:
        >>> imagenet_classes()[281]["zh"]
        '虎斑猫'
    """
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def imagenet_names(classes: Sequence[str]) -> dict[str, dict[str, str]]:
    """Names for people where ``classes`` are ImageNet's, by their synsets or their English names: language to label to name; nothing for others.

    Example:
        >>> imagenet_names(["n02123045"])["en"], imagenet_names(["cat", "dog"])
        ({'n02123045': 'tabby'}, {})
    """
    if not classes or (len(classes) != COUNT and not _SYNSET.fullmatch(classes[0])):  # most models: the table need not be read
        return {}
    for column, least in (("synset", 1), ("en", COUNT)):
        rows = {row[column]: row for row in imagenet_classes()}
        if len(classes) >= least and all(label in rows for label in classes):
            return {lang: {label: rows[label][lang] for label in classes} for lang in ("zh", "en")}
    return {}
