"""Pictures that are uploaded in the view of the data: many files, a folder, a zip; what cannot be used; whose computer it is."""
import io
import zipfile
from dataclasses import replace

import pytest
from dataset_files import encoded, gbk_zip

from edukit.core.workspace import use
from edukit.data import DatasetBuilder
from edukit.widgets.collect import Collect
from edukit.widgets.data_view import DataView
from edukit.widgets.work import Work


@pytest.fixture
def view(work):
    use(work.workspace)
    made = DataView(work)
    made.set("source", "upload")
    return made


def send(view, files):
    for place, (name, data) in enumerate(files.items()):
        view.hear({"do": "file", "name": name, "part": 0, "parts": 1, "size": len(data), "left": len(files) - 1 - place}, [data])


def test_a_folder_becomes_a_set_of_ones_own_and_is_chosen(view, work):
    assert view.upload["folder"] and [setting["name"] for setting in view.settings] == ["source", "set", "label"]
    view.set("set", "fruit")
    DatasetBuilder("fruit", workspace=work.workspace).add_class("Class 1")  # an empty card, such as the collecting view begins with
    send(view, {f"photos/{label}/{number}.png": encoded() for label in ("apple", "pear") for number in range(4)})
    assert view.error == {} and view.values["source"] == "fruit" == work.dataset and view.upload == {} and "8 pictures of 2 classes" in view.status
    assert DatasetBuilder("fruit", workspace=work.workspace).counts == {"apple": 4, "pear": 4} and view.body.count("<img") > 2


def test_single_pictures_need_their_class(view, work):
    send(view, {"a.png": encoded()})
    assert view.error["near"] == "label" and "class" in view.error["remedy"] and view.values["source"] == "upload"
    view.set("label", "apple")
    send(view, {"a.png": encoded(), "b.png": encoded(), "notes.png": b"no picture", "c.png": encoded()})
    assert DatasetBuilder("my-pictures", workspace=work.workspace).counts == {"apple": 3}, "the others are not kept out"
    assert "1 files" in view.status and view.error["code"]


def test_a_zip_brings_its_classes(view, work):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for label in ("apple", "pear"):
            for number in range(4):
                archive.writestr(f"fruit/{label}/{number}.png", encoded())
    send(view, {"fruit.zip": stream.getvalue()})
    assert view.error == {} and work.dataset == "my-pictures" and "8 pictures" in view.status
    send(view, {"bomb.zip": b"PK no zip"})
    assert view.error["code"] and DatasetBuilder("my-pictures", workspace=work.workspace).counts == {"apple": 4, "pear": 4}


@pytest.mark.parametrize("kind", [DataView, Collect])
def test_a_zip_whose_names_were_guessed_is_shown_before_it_is_taken(kind, work, monkeypatch):
    use(work.workspace)
    view, heard = kind(work), []
    monkeypatch.setattr(view, "send", lambda content, buffers=None: heard.append(content))
    view.set("source", "upload") if kind is DataView else None
    builder = DatasetBuilder("my-pictures", workspace=work.workspace)
    before = builder.counts

    def asked():
        data = gbk_zip("小猫", "小狗<b>", count=4)
        view._heard(view, {"do": "file", "name": "学校.zip", "label": "", "part": 0, "parts": 1, "size": len(data), "left": 0}, [data])
        assert view.error == {} and builder.counts == before, "nothing is taken before the answer"
        return [content["ask"] for content in heard if "ask" in content][-1]

    told = asked()
    assert told["lines"] == ["小猫: 4 (0.png, 1.png, 2.png)", "小狗_b_: 4 (0.png, 1.png, 2.png)"] and "学校.zip" in told["title"]
    view._heard(view, {"do": "decide", "about": told["about"], "take": False}, [])
    assert builder.counts == before
    told = asked()
    for _ in range(2):  # a second answer does nothing
        view._heard(view, {"do": "decide", "about": told["about"], "take": True}, [])
    assert view.error == {} and builder.counts["小猫"] == builder.counts["小狗_b_"] == 4 and "8" in view.status
    if kind is DataView:
        assert view.values["source"] == "my-pictures" == work.dataset


def test_a_path_is_asked_for_on_ones_own_computer_alone(work):
    values = [option["value"] for option in DataView(work).settings[0]["options"]]
    assert {"own", "upload", "emoji"} <= set(values)
    of_class = Work(replace(work.workspace, student="小明"), work.header)
    assert "own" not in [option["value"] for option in DataView(of_class).settings[0]["options"]]


def test_an_online_set_is_offered_and_chosen_only_once_it_is_here(work, monkeypatch, tmp_path):
    monkeypatch.setenv("EDUKIT_DATASETS_URL", (tmp_path / "no stick").as_uri())
    use(work.workspace)
    view, before = DataView(work), work.dataset
    view.set("source", "mnist")
    assert view.error == {} and "Download (11.6 MB)" in view.actions[0]["label"] and "CC BY-SA" in view.body and "fetch_dataset" in view.code
    view.act("start")
    view.wait(60)
    assert view.error["code"] == "E606" and str(work.workspace.cache / "downloads" / "mnist") in view.error["remedy"] and work.dataset == before
    for split in ("training_set", "val_set", "test_set"):
        for label in "01":
            (work.workspace.cache / "sets" / "mnist" / split / label).mkdir(parents=True)
            for number in range(3):
                (work.workspace.cache / "sets" / "mnist" / split / label / f"{split}{number}.png").write_bytes(encoded())
    view = DataView(work)
    view.set("source", "mnist")
    offered = [one["label"] for one in view.settings[0]["options"] if one["value"] == "mnist"]
    assert view.error == {} and work.dataset == "mnist" and offered == ["Fetched: mnist"]
