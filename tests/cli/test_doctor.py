"""The doctor: a line for everything, in both languages, and a remedy wherever something is amiss."""
import json

import pytest

from edukit.cli import doctor as module
from edukit.cli.main import main
from edukit.core.i18n import LANGUAGES, t


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_line_is_ok_or_says_what_to_do(capfd, lang, monkeypatch):
    monkeypatch.setattr(module, "_TRY_TORCHVISION", "print(True)")  # the real one takes seconds
    assert main(["doctor", "--json", "--lang", lang]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert len(answer["lines"]) >= 12 and all(line["found"] and (line["state"] == "ok") == (line["remedy"] == "") for line in answer["lines"])
    assert answer["ready"] == all(line["state"] == "ok" for line in answer["lines"])
    assert main(["doctor", "--lang", lang]) == 0
    shown, colon = capfd.readouterr().out, "：" if lang == "zh" else ": "
    assert all(line["name"] + colon in shown for line in answer["lines"])


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(module.PACKAGES, "train", {"torch": "torch", "no-such-package": "no_such_package"})
    line = module._packages("train")
    assert line.state == "warn" and "no-such-package" in line.found and "[train]" in line.remedy


def test_the_base_without_extras_is_no_reason_to_fail(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    monkeypatch.setattr(module, "installed", lambda name: False)
    warned = [line for line in (*module._software(), *module._pages()) if line.state == "warn"]
    for name in ("torch", "operators", "font"):
        assert next(line.remedy for line in warned if line.name == t(f"cli.doctor.{name}"))


def test_too_little_room_and_a_foolish_thread_count_are_told(monkeypatch):
    monkeypatch.setattr(module, "LEAST_DISK_BYTES", 10**18)
    monkeypatch.setattr(module, "LEAST_MEMORY_BYTES", 10**18)
    monkeypatch.setenv("OMP_NUM_THREADS", "1000")
    warned = {line.name for line in module._machine() if line.state == "warn" and line.remedy}
    assert warned == {t(f"cli.doctor.{name}") for name in ("disk", "memory", "threads")}


def test_torchvision_is_tried_in_a_fresh_process(monkeypatch):
    assert module._operators().state == "ok"
    monkeypatch.setattr(module, "_TRY_TORCHVISION", "import no_such_module")
    assert module._operators().state == "warn" and "no_such_module" in module._operators().found
