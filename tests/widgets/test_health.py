"""Collecting pictures, looking after them, and repairing them into a new set: as a student does it in lesson 02."""
import pytest
from dataset_files import encoded, picture

from edukit.core.errors import DatasetEmpty
from edukit.core.images import encode_png
from edukit.core.workspace import use
from edukit.data import DatasetBuilder, Version, check_dataset, own_sets, versions
from edukit.data.practice import faulty_set
from edukit.widgets import Collect, DataView, HealthView
from edukit.widgets.work import Work


@pytest.fixture
def mine(work):
    """A lesson whose student has chosen nothing yet."""
    use(work.workspace)
    work.remember("data", {})
    return Work(work.workspace, work.header)


def collected(work, twins=0):
    view = Collect(work)
    view.sent = []
    view.send = lambda content, buffers=None: view.sent.append(content)
    names = [card["label"] for card in view.cards]
    for label in names:
        for number in range(20):
            view.hear({"do": "frame", "label": label, "group": f"{label}-{number // 2}", "number": 1}, [encoded(side=32)])
    same = encode_png(picture(32))
    for _ in range(twins):
        view.hear({"do": "file", "label": names[0], "name": "again.png", "part": 0, "parts": 1, "size": len(same), "number": 1}, [same])
    return view


def test_collected_pictures_become_the_lessons_set_without_learning(mine, monkeypatch):
    monkeypatch.setattr("edukit.training.studio.int8_body", lambda *_: pytest.fail("no network is needed to collect"))
    view = Collect(mine)
    assert view.collecting and view.words["train"] == "Use this set" and view.sets["name"] == "my-pictures"
    with pytest.raises(DatasetEmpty):
        view.hear({"do": "train"}, [])
    assert mine.dataset != "my-pictures", "an empty set cannot be used"
    view = collected(mine)
    view.hear({"do": "train"}, [])
    assert view.error == {} and mine.dataset == "my-pictures" and "40 pictures of 2 classes" in view.status
    data = DataView(mine)
    assert data.values["source"] == "my-pictures" and data.error == {}


def test_problems_are_told_once_and_repaired_into_a_new_set(mine):
    collected(mine, twins=4).hear({"do": "train"}, [])
    view, data = HealthView(mine), DataView(mine)
    assert view.error == {} and "24" in view.body and "versions" not in view.body and [action["name"] for action in view.actions] == ["start", "practise"]
    view.act("start")
    view.wait(60)
    assert view.error == {} and view.body.count("<section class='ek-box warn'") in (1, 2), "one card a kind"
    assert "leave out 3 file(s)" in view.body and view.actions[1]["label"].endswith("my-pictures-v2")
    assert "my-pictures-v2" not in own_sets(mine.workspace), "shown before it is done"
    view.act("repair")
    view.wait(60)
    assert view.error == {} and mine.dataset == "my-pictures-v2" and "44 pictures before, 41 now" in view.body and "✓" in view.body
    assert data.error == {} and data.values["source"] == "my-pictures-v2" and data.pills[0]["text"].startswith("my-pictures-v2"), "other views follow"
    assert check_dataset("my-pictures-v2").problems == () and sum(DatasetBuilder("my-pictures").counts.values()) == 44, "the old one stays"
    again = DatasetBuilder("my-pictures-v2")
    assert sum(again.counts.values()) == 41 and again.classes == DatasetBuilder("my-pictures").classes, "and can be built further"
    assert HealthView(Work(mine.workspace, mine.header)).next_name == "my-pictures-v3"


def test_versions_are_listed_with_what_changed_and_one_is_chosen(mine):
    collected(mine, twins=4).hear({"do": "train"}, [])
    first, second = DatasetBuilder("my-pictures").classes
    assert [one.name for one in versions("my-pictures")] == ["my-pictures"]
    check_dataset("my-pictures", repair=mine.workspace.datasets / "my-pictures-v2")
    builder = DatasetBuilder("my-pictures-v2")
    names = [[one.name for one in builder.pictures(label)] for label in (first, second)]
    builder.relabel(names[1][:2], first)
    builder.delete(names[0][:1])
    builder.add("A&B", [encoded(side=20)])
    check_dataset("my-pictures-v2", repair=mine.workspace.datasets / "my-pictures-v3")
    one, two, three = versions("my-pictures-v3")
    assert (one.before, two.before, three.before) == ("", "my-pictures", "my-pictures-v2") and (one.images, two.images) == (44, 41) and one.changes == {}
    assert two.changes == {first: {"removed": 4, "relabelled": 2}, "A&B": {"added": 1}} and two.repaired == {"left_out": 3, "converted": 0, "renamed": 0}
    assert three.changes == {} and Version.from_dict(two.to_dict()) == two
    view = HealthView(mine)
    assert view.error == {} and view.body.count("data-do='version'") == 3 and "4 removed, 2 relabelled into it" in view.body and "A&amp;B: 1 added" in view.body
    view.act("version", "my-pictures-v2")
    assert view.error == {} and mine.dataset == Work(mine.workspace, mine.header).dataset == "my-pictures-v2"
    assert view.body.count("aria-pressed='true'") == 1 and "data-value='my-pictures-v2' aria-pressed='true'" in view.body


def test_a_record_that_somebody_else_wrote_is_no_version(mine):
    collected(mine)
    check_dataset("my-pictures", repair=mine.workspace.datasets / "my-pictures-v2")
    for record in ('{"of": "/", "repaired": 7}', '{"of": "my-pictures-v2", "repaired": {"left_out": "x"}}', "[]"):
        (mine.workspace.datasets / "my-pictures-v2" / "edukit.json").write_text(record)
        assert [(one.before, one.repaired) for one in versions("my-pictures")] == [("", {}), ("my-pictures", {})]


def test_a_set_that_is_gone_is_told(mine):
    mine.dataset = "nowhere"
    assert HealthView(mine).error["code"]


def test_a_set_with_faults_to_practise_on_is_repaired_but_for_what_no_repair_can_make(mine):
    view = HealthView(mine)
    view.act("practise")
    assert view.error == {} and mine.dataset == "faulty" and "practise" not in [action["name"] for action in view.actions]
    found = check_dataset("faulty").counts["by_kind"]
    assert found["leak"] == 20 and found["duplicate"] == 4 and {"truncated", "not_an_image", "exif_rotated", "wrong_extension", "junk_file"} <= set(found)
    view.act("start")
    view.wait(120)
    view.act("repair")
    view.wait(120)
    assert view.error == {} and mine.dataset == "faulty-v2" and check_dataset("faulty-v2").counts["by_kind"] == {"imbalance": 1}
    assert view.pills[0]["text"].startswith("faulty-v2"), "not called by the name in the old card"
    assert {path.name: path.stat().st_size for path in faulty_set(mine.workspace).rglob("*.*")}["half.png"] == 1500, "what is there is left as it is"
