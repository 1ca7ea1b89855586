"""One line in a verb's signature: command line, views, shown code and jobs know the argument."""
import json
from typing import Annotated

import pytest

from edukit import jobs, training
from edukit.cli.main import main
from edukit.core import i18n
from edukit.core.parameters import Between, Usual, verb
from edukit.widgets import TrainView
from edukit.widgets.settings import settings_of

WORDS = {"cli.help.sharpness": {"zh": "边缘有多清楚", "en": "how crisp edges are"}}


@pytest.fixture
def sharpness(monkeypatch):
    """``train`` with one argument more, and its words."""

    @verb
    def train(
        dataset: str,
        backbone: Annotated[str, Usual("LeNet", rare=False)] = "LeNet",
        *,
        epochs: Annotated[int, Between(1, 99), Usual(1, 12, rare=False, slider=True)] = 10,
        lr: Annotated[float | None, Between(0, 1), Usual(0.0005, rare=False, slider=True)] = None,
        out: str | None = None,
        skip_bad: bool = False,
        sharpness: Annotated[int, Between(0, 5), Usual(0, 2, 5)] = 2,
    ):
        return {"sharpness": sharpness}

    monkeypatch.setattr(training, "train", train)
    known = i18n.texts() | WORDS
    monkeypatch.setattr(i18n, "texts", lambda: known)
    monkeypatch.setattr("edukit.core.command_line.texts", lambda: known)


def test_a_new_argument_is_known_everywhere(sharpness, work, fake_jobs, capfd):
    assert main(["train", "--help"]) == 0
    assert "--sharpness N" in (said := capfd.readouterr().out) and "how crisp edges are (default: 2)" in said
    assert main(["train", "pets", "--sharpness", "9", "--json"]) == 2
    assert "--sharpness" in json.loads(capfd.readouterr().out)["error"]["message"]

    setting = next(one for one in settings_of("train") if one.name == "sharpness")
    assert ([option.value for option in setting.options], setting.default, setting.hint, setting.rare) == ([0, 2, 5], 2, "how crisp edges are", True)
    view = TrainView(work)
    assert "sharpness" not in view.code
    view.set("sharpness", 5)
    assert "sharpness=5" in view.code
    view.act("start")
    view.wait(60)
    words = fake_jobs.started[0]
    assert words[words.index("--sharpness") + 1] == "5"
    assert jobs.find(work.jobs("train")[0]).arguments["sharpness"] == 5
