"""Builds the sample sets emoji, emoji-twemoji and emoji-fluent from three npm packages.

    python datasets/build_emoji.py emoji-datasource-google-16.0.0.tgz emoji-datasource-twitter-16.0.0.tgz lobehub-fluent-emoji-3d-1.1.0.tgz

Without arguments the packages are fetched by ``npm pack``. Which glyph is in which class and family is said in emoji_glyphs.txt; families are dealt
out to training, validation and test by a seeded shuffle, the same for every vendor, so that no test glyph was seen in training, whoever drew it.
The same Pillow and libwebp give the same bytes.
"""
from __future__ import annotations

import argparse
import io
import json
import random
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, features
from PIL import __version__ as pillow_version
from sample_set import HERE, SPLITS, finish, fresh_folder

GLYPH = 64      # pixels, as the packages have them
MARGIN = 4      # so that a network's centre crop of 7/8 keeps the whole glyph
QUALITY = 90    # of WebP; about 1.8 KB a picture
SHARES = {"test": 0.3, "validation": 0.1}
MOST_TESTED = 15  # glyphs of a class; the rest is worth more in training
SEED = 0
CLASS_NAMES = {
    "en": {"animal": "animal", "building": "building", "face": "face", "food": "food", "tool": "tool", "vehicle": "vehicle"},
    "zh": {"animal": "动物", "building": "建筑", "face": "表情", "food": "食物", "tool": "工具", "vehicle": "交通工具"},
}


@dataclass(frozen=True)
class Vendor:
    """Who drew the glyphs, and the package that holds them."""

    name: str
    title: dict[str, str]
    package: str
    version: str
    folder: str
    licence: str
    licence_file: str
    notice: str
    splits: tuple[str, ...] = ("test",)


VENDORS = (
    Vendor(
        "emoji", {"en": "Emoji (Noto)", "zh": "表情符号（Noto）"}, "emoji-datasource-google", "16.0.0", "package/img/google/64/", "Apache-2.0",
        "Apache-2.0.txt",
        "Pictures: Noto Emoji, Copyright Google LLC, licensed under the Apache License, Version 2.0 (LICENSE.txt).\n"
        "https://github.com/googlefonts/noto-emoji\n", tuple(SPLITS),
    ),
    Vendor(
        "emoji-twemoji", {"en": "Emoji (Twemoji)", "zh": "表情符号（Twemoji）"}, "emoji-datasource-twitter", "16.0.0", "package/img/twitter/64/", "CC-BY-4.0",
        "CC-BY-4.0.txt", "Pictures: Twemoji, Copyright Twitter, Inc and other contributors, licensed under CC-BY 4.0 (LICENSE.txt).\n"
        "https://github.com/twitter/twemoji\n",
    ),
    Vendor(
        "emoji-fluent", {"en": "Emoji (Fluent 3D)", "zh": "表情符号（Fluent 3D）"}, "@lobehub/fluent-emoji-3d", "1.1.0", "package/assets/", "MIT",
        "MIT-fluent.txt",
        "Pictures: Fluent Emoji, Copyright Microsoft Corporation, packaged by LobeHub, licensed under the MIT License (LICENSE.txt).\n"
        "https://github.com/microsoft/fluentui-emoji\n",
    ),
)  # fmt: skip
CHANGES = f"Changes: made {GLYPH} pixels high, given a transparent margin of {MARGIN} pixels, saved as WebP, sorted into classes by datasets/build_emoji.py.\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="*", type=Path, help="the three .tgz files; fetched by npm if absent")
    parser.add_argument("--out", type=Path, default=HERE, help="where the sets' folders go")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        archives = arguments.archives or [fetch(vendor, Path(scratch)) for vendor in VENDORS]
        packages = {package["name"]: (path, package) for path in archives for package in [package_json(path)]}
        codes = glyph_codes(packages["emoji-datasource-google"][0])
        for vendor in VENDORS:
            path, package = packages[vendor.package]
            if package["version"] != vendor.version:
                raise SystemExit(f"{path} is version {package['version']}, wanted {vendor.version}")
            build(vendor, path, codes, arguments.out)


def fetch(vendor: Vendor, folder: Path) -> Path:
    """The package's archive, from whatever registry npm is set up for."""
    packed = subprocess.run(["npm", "pack", "--silent", f"{vendor.package}@{vendor.version}"], cwd=folder, check=True, capture_output=True, text=True)
    return folder / packed.stdout.split()[-1]


def package_json(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as tar:
        return json.load(tar.extractfile("package/package.json"))  # type: ignore[arg-type]


def glyph_codes(archive: Path) -> dict[str, list[str]]:
    """Short name to the code points that file names may be made of: the full form, and the one without a variation selector."""
    with tarfile.open(archive) as tar:
        entries = json.load(tar.extractfile("package/emoji.json"))  # type: ignore[arg-type]
    return {entry["short_name"]: [code.lower() for code in (entry["unified"], entry["non_qualified"]) if code] for entry in entries}


def families() -> dict[str, list[list[str]]]:
    """Class to families of glyphs, as emoji_glyphs.txt lists them."""
    found: dict[str, list[list[str]]] = {}
    for line in (HERE / "emoji_glyphs.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = current = []
        elif line.strip() and not line.startswith("#"):
            current.append(line.split())
    return found


def split_glyphs() -> dict[str, dict[str, list[str]]]:
    """Split to class to glyphs; families stay whole."""
    dealt: dict[str, dict[str, list[str]]] = {split: {} for split in SPLITS}
    for label, groups in families().items():
        total = sum(map(len, groups))
        wanted = {"test": min(MOST_TESTED, round(total * SHARES["test"])), "validation": round(total * SHARES["validation"])}
        parts: dict[str, list[str]] = {split: [] for split in SPLITS}
        shuffled = sorted(groups)
        random.Random(f"{SEED} {label}").shuffle(shuffled)
        for group in shuffled:
            split = next((split for split, count in wanted.items() if len(parts[split]) < count), "train")
            parts[split] += group
        for split, glyphs in parts.items():
            dealt[split][label] = sorted(glyphs)
    return dealt


def build(vendor: Vendor, archive: Path, codes: dict[str, list[str]], out: Path) -> None:
    folder = fresh_folder(out / vendor.name)
    dealt = split_glyphs()
    wanted = {(split, label, glyph) for split in vendor.splits for label, glyphs in dealt[split].items() for glyph in glyphs}
    for split, label, glyph, data in pictures(vendor, archive, codes, wanted):
        path = folder / SPLITS[split] / label / f"{glyph}.webp"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    card = {
        "name": vendor.name, "title": vendor.title, "task": "classification", "license": vendor.licence,
        "sources": [{"registry": "npm", "package": vendor.package, "version": vendor.version}],
        "built_by": {"script": "datasets/build_emoji.py", "pillow": pillow_version, "webp": features.version("webp"), "seed": SEED},
        "class_names": CLASS_NAMES,
    }  # fmt: skip
    finish(folder, card, notice=vendor.notice + CHANGES, licence=vendor.licence_file)
    print(vendor.name, {split: sum(map(len, dealt[split].values())) for split in vendor.splits})


def pictures(vendor: Vendor, archive: Path, codes: dict[str, list[str]], wanted: set[tuple[str, str, str]]) -> Iterator[tuple[str, str, str, bytes]]:
    """Every wanted glyph as WebP bytes; all of them must be in the package."""
    places = {f"{vendor.folder}{code}.{ending}": item for item in wanted for code in codes[item[2]] for ending in ("png", "webp")}
    left = set(wanted)
    with tarfile.open(archive) as tar:
        for member in tar:
            item = places.get(member.name)
            if item in left:
                left.remove(item)
                yield (*item, as_webp(Image.open(tar.extractfile(member))))  # type: ignore[arg-type]
    if left:
        raise SystemExit(f"{archive} lacks {sorted(left)}")


def as_webp(glyph: Image.Image) -> bytes:
    """The glyph on its transparent canvas."""
    drawn = glyph.convert("RGBA")
    if drawn.size != (GLYPH, GLYPH):
        drawn = drawn.resize((GLYPH, GLYPH), Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", (GLYPH + 2 * MARGIN,) * 2)
    canvas.paste(drawn, (MARGIN, MARGIN))
    stream = io.BytesIO()
    canvas.save(stream, "WEBP", quality=QUALITY, method=6)
    return stream.getvalue()


if __name__ == "__main__":
    main()
