"""The names of ImageNet's 1000 classes: in the order of the networks' outputs, in both languages, none empty and none twice."""
import csv
from pathlib import Path

import edukit

TABLE = Path(edukit.__file__).parent / "core" / "imagenet_classes.csv"


def test_every_class_has_a_name_of_its_own_in_both_languages():
    rows = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
    assert [int(row["index"]) for row in rows] == list(range(1000))
    assert all(len({row[name].strip() for row in rows} - {""}) == 1000 for name in ("synset", "en", "zh"))
    assert (rows[281]["en"], rows[281]["zh"]) == ("tabby", "虎斑猫") and rows[281]["synset"] == "n02123045"
