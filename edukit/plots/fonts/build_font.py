"""Builds EdukitHei.ttf, the font of every plot: the GB2312 characters of WenQuanYi Micro Hei.

    python edukit/plots/fonts/build_font.py /usr/share/fonts/truetype/wqy/wqy-microhei.ttc

The source is Debian's package fonts-wqy-microhei; fontTools comes with matplotlib. The result is the same bytes every time.
"""
from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "Edukit Hei"  # a name of its own: a full Micro Hei on the same machine must not be taken for this file
COPYRIGHT, FAMILY_NAME, FULL_NAME, POSTSCRIPT_NAME, LICENSE, LICENSE_URL = 0, 1, 4, 6, 13, 14
KEPT_NAMES = [COPYRIGHT, FAMILY_NAME, 2, 3, FULL_NAME, 5, POSTSCRIPT_NAME, LICENSE, LICENSE_URL]


def characters() -> set[int]:
    """What a plot may hold: GB2312, Latin with accents, Greek, general punctuation, arrows and mathematical signs."""
    encoded = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    chinese = {ord(text) for pair in encoded if len(text := pair.decode("gb2312", "ignore")) == 1}
    ranges = ((0x20, 0x7F), (0xA0, 0x180), (0x370, 0x400), (0x2010, 0x2050), (0x20A0, 0x20C0), (0x2190, 0x21A0), (0x2200, 0x2270), (0xFF00, 0xFFF0))
    return chinese | {code for first, last in ranges for code in range(first, last)}


def build(source: Path, target: Path) -> None:
    """Writes the subset of the first face in ``source`` to ``target``."""
    font = TTFont(source, fontNumber=0, recalcTimestamp=False)
    options = Options(hinting=False, name_IDs=KEPT_NAMES, name_languages=[0x409], drop_tables=["FFTM", "vhea", "vmtx", "GSUB"], notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (FAMILY_NAME, FULL_NAME):
            record.string = FAMILY
        if record.nameID == POSTSCRIPT_NAME:
            record.string = FAMILY.replace(" ", "")
    font.save(target)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(__file__).parent / "EdukitHei.ttf")
