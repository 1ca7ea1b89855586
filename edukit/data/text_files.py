"""The text files of the ImageNet format, written: classes.txt, and train.txt, val.txt, test.txt with lines ``class/file.jpg 0``."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from edukit.core.files import write_text
from edukit.data.label_files import LABEL_FILES


def text_files(classes: Sequence[str], files: Mapping[str, Iterable[tuple[str, str]]]) -> dict[str, str]:
    """Name to text: classes.txt, and one for each split that has pictures.

    Args:
        classes: The labels in order.
        files: Split to ``("class/file.jpg", "class")``.

    Example:
        >>> text_files(["cat", "dog"], {"test": [("dog/a.png", "dog")]})
        {'classes.txt': 'cat\\ndog\\n', 'test.txt': 'dog/a.png 1\\n'}
    """
    index = {label: place for place, label in enumerate(classes)}
    lists = {LABEL_FILES[split]: [f"{file} {index[label]}" for file, label in listed] for split, listed in files.items()}
    return {name: "".join(f"{line}\n" for line in lines) for name, lines in {"classes.txt": classes, **lists}.items()}


def write_text_files(folder: Path, classes: Sequence[str], files: Mapping[str, Iterable[tuple[str, str]]]) -> None:
    """Writes them where they say something else than is there. Raises ``DiskFull``, ``OutputNotWritable``."""
    for name, text in text_files(classes, files).items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != text.encode():
            write_text(path, text)
