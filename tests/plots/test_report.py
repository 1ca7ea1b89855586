"""The report: one file that asks for nothing, says everything, and reads names as names."""
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from edukit import plots
from edukit.core.errors import BadSuffix, OutputExists
from edukit.core.i18n import set_language
from edukit.data import Dataset
from edukit.plots.report import Findings
from edukit.tasks.classification_results import WrongPicture
from tests.comparisons import pictures, three
from tests.plots.test_figures import HOSTILE, evaluation
from tests.training.test_curves import history

VOID = {"meta", "link", "img", "source", "br"}


class Page(HTMLParser):
    """Every element with its attributes; raises when they do not nest."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.texts = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def findings(tmp_path):
    test = pictures(tmp_path, 14, classes=HOSTILE, warnings=())
    train, names = replace(test, name="train"), {"zh": {HOSTILE[5]: "天气和天空"}}
    dataset = Dataset("my <b>pictures</b>", tmp_path, HOSTILE, names, train, test.subset([]), test, "folders", ("<i>note</i>",))
    wrong = [WrongPicture(sample.path, sample.label, HOSTILE[0], 0.6) for sample in test.samples[:3]]
    card = SimpleNamespace(backbone="LeNet", made={"options": {"epochs": 3, "random_seed": 0}}, notes={"pretrained": None})
    gate = SimpleNamespace(agree=14, count=14)
    return Findings(
        comparison=replace(three(), warnings=("<script>leak</script>",)), dataset=dataset, evaluation=evaluation(HOSTILE, wrong),
        training=SimpleNamespace(history=history(3), seconds=12.3, card=card),
        conversion=SimpleNamespace(gate=gate, opset_version=17, nodes_before=20, nodes_after=9),
        quantization=SimpleNamespace(change=("90.0%", "89.0%"), task="classification", reduce_range=True),
    )  # fmt: skip


def test_the_page_asks_the_network_for_nothing(findings, lang, tmp_path):
    path = plots.write_report(tmp_path / "report.html", findings)
    page = Page(path.read_text(encoding="utf-8"))
    links = [value for _, attributes in page.elements for name, value in attributes.items() if name in ("src", "srcset", "href")]
    assert links and all(link.startswith("data:") for link in links)
    assert not page.all("script") and "@import" not in path.read_text() and "url(" not in path.read_text()


def test_the_page_names_its_language_and_every_picture(findings, lang, tmp_path):
    page = Page(plots.write_report(tmp_path / "report.html", findings).read_text(encoding="utf-8"))
    assert page.all("html")[0]["lang"] == {"en": "en", "zh": "zh-CN"}[lang]
    assert all(image.get("alt") for image in page.all("img")) and len(page.all("img")) > 10
    assert ("天气和天空" in "".join(page.texts)) == (lang == "zh")


def test_the_answer_stands_before_everything_else(findings, tmp_path):
    page = Page(plots.write_report(tmp_path / "report.html", findings).read_text(encoding="utf-8"))
    texts = [text for text in page.texts if text.strip()]
    answer = next(place for place, text in enumerate(texts) if "5.8 times as fast" in text)
    assert answer < next(place for place, text in enumerate(texts) if text == "90.5%")


def test_names_of_users_are_text(findings, tmp_path):
    page = Page(plots.write_report(tmp_path / "report.html", findings).read_text(encoding="utf-8"))
    said = "".join(page.texts)
    for text in ("my <b>pictures</b>", "<script>alert(1)</script>", "<script>leak</script>", "<i>note</i>", "A <cpu>", "$x_{1}$^2"):
        assert text in said


def test_a_comparison_alone_is_enough(tmp_path):
    for half in ({}, {"speed": False}, {"accuracy": False}):
        page = Page(plots.write_report(tmp_path / "report.html", Findings(comparison=three(**half))).read_text(encoding="utf-8"))
        assert len(page.all("section")) >= 2


def test_what_is_not_our_report_is_left_alone(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("<p>mine</p>")
    with pytest.raises(OutputExists):
        plots.write_report(path, Findings(comparison=three()))
    assert path.read_text() == "<p>mine</p>"
    plots.write_report(path, Findings(comparison=three()), overwrite=True)
    set_language("zh")
    assert "是 PyTorch 的 5.8 倍" in plots.write_report(path, Findings(comparison=three())).read_text(encoding="utf-8")


def test_bad_paths_are_named(tmp_path):
    with pytest.raises(BadSuffix):
        plots.write_report(tmp_path / "report.pdf", Findings(comparison=three()))
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(OutputExists):
        plots.write_report(tmp_path / "folder.html", Findings(comparison=three()), overwrite=True)
    assert [path.name for path in Path(tmp_path).iterdir()] == ["folder.html"]


def test_the_page_tells_where_the_pictures_come_from_whatever_the_card_holds(findings, tmp_path):
    card = tmp_path / "card.json"
    for text, said in (('{"license": "CC0-1.0", "sources": [{"package": "<b>x</b>"}, 3]}', "<b>x</b> · 3"), ('{"license": 5, "sources": {}}', ""), ("[", "")):
        card.write_text(text)
        page = Page(plots.write_report(tmp_path / "report.html", findings).read_text(encoding="utf-8"))
        assert said in "".join(page.texts) and ("CC0-1.0" in page.texts) == bool(said)
