"""The text files of the ImageNet format, written: classes.txt, and train.txt, val.txt, test.txt with lines ``class/file.jpg 0``."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from edukit.core.files import write_text
from edukit.data.label_files import LABEL_FILES


def write_text_files(folder: Path, classes: Sequence[str], files: Mapping[str, Iterable[tuple[str, str]]], only: Iterable[str] | None = None) -> None:
    """Writes them where they say something else than is there.

    Args:
        folder: The dataset's.
        classes: The labels in order.
        files: Split to ``("class/file.jpg", "class")``.
        only: The names of those to write; by default classes.txt and one for each split with pictures.

    Raises:
        DiskFull, OutputNotWritable
    """
    index = {label: place for place, label in enumerate(classes)}
    wanted = {"classes.txt": lambda: classes} | {
        name: lambda split=split: [f"{file} {index[label]}" for file, label in files.get(split, ())] for split, name in LABEL_FILES.items()
    }
    chosen = ["classes.txt", *(LABEL_FILES[split] for split in LABEL_FILES if files.get(split))] if only is None else only
    for name in chosen:
        text = "".join(f"{line}\n" for line in wanted[name]())
        path = folder / name
        if not path.is_file() or path.read_bytes() != text.encode():
            write_text(path, text)
