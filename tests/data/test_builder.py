"""A dataset in the making: every step through the builder, two builders at once, crashes, full disks, and what load_dataset makes of it."""
import io
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from PIL import Image

import edukit as ek
from edukit.core.errors import BadArgument, DatasetMissing, DiskFull, EdukitError, UnknownChoice
from edukit.core.workspace import Workspace, use
from edukit.data import DatasetBuilder, check_dataset, load_dataset, own_sets
from edukit.data.operations import LOG, Journal
from tests.dataset_files import encoded, folders, imagenet, picture, put


@pytest.fixture(autouse=True)
def home(tmp_path):
    use(Workspace(tmp_path / "home", student="li"))
    return tmp_path / "home" / "li" / "datasets"


def filled(name="pets", count=10, **options):
    builder = DatasetBuilder(name, **options)
    for label in ("cat", "dog"):
        builder.add(label, [picture() for _ in range(count)])
    return builder


def on_disk(builder):
    return sorted(path.relative_to(builder.folder).as_posix() for path in builder.folder.glob("*_set/*/*"))


def test_a_set_is_built_and_found_by_its_name(home):
    builder = ek.DatasetBuilder("my cats")
    assert builder.counts == {} and own_sets() == ("my cats",)
    builder.add_class("cat")
    assert builder.add("cat", [encoded("JPEG"), picture(), put(home.parent / "x" / "Tom.png")]) [2] == "Tom.png"
    builder.add("dog", [encoded() for _ in range(5)])
    assert builder.counts == {"cat": 3, "dog": 5} and builder.classes == ("cat", "dog")
    dataset = ek.load_dataset("my cats")
    assert dataset.classes == ("cat", "dog") and dataset.folder == home / "my cats" and len(dataset.train) and len(dataset.validation) and len(dataset.test)
    assert [problem.kind for problem in check_dataset("my cats").problems] == ["too_few", "too_few"]


def test_own_sets_come_before_samples_and_only_for_their_student(tmp_path):
    filled("emoji")
    assert load_dataset("emoji").classes == ("cat", "dog")
    use(Workspace(tmp_path / "home", student="wang"))
    assert len(load_dataset("emoji").classes) == 6 and own_sets() == ()
    with pytest.raises(DatasetMissing):
        load_dataset("pets")


def test_steps_and_undo(home):
    builder = filled(count=3)
    start = on_disk(builder)
    builder.rename_class("cat", "猫")
    assert builder.classes == ("猫", "dog") and (builder.folder / "classes.txt").read_text(encoding="utf-8") == "猫\ndog\n"
    builder.relabel([builder.pictures("猫")[0].name], "fox")
    builder.merge_classes(["fox", "dog"], "wild")
    assert builder.counts == {"猫": 2, "wild": 4}
    builder.delete([builder.pictures("猫")[0].name])
    builder.delete_class("wild")
    assert builder.counts == {"猫": 1}
    assert [builder.undo() for _ in range(5)] == ["delete_class", "delete", "merge", "relabel", "rename"]
    assert on_disk(builder) == start and builder.counts == {"cat": 3, "dog": 3} and builder.classes == ("cat", "dog")
    assert [builder.undo() for _ in range(3)] == ["add", "add", None] and builder.counts == {}


def test_renaming_to_a_class_that_is_there_makes_them_one_and_case_is_no_other_class():
    builder = filled(count=2)
    builder.add("CAT", [picture()])
    assert builder.counts == {"cat": 3, "dog": 2}
    builder.rename_class("cat", "Cat")
    builder.rename_class("dog", "cat")
    assert builder.counts == {"Cat": 5}
    builder.undo()
    assert builder.counts == {"Cat": 3, "dog": 2}


def test_two_tabs_lose_nothing():
    one = filled(count=2)
    other = DatasetBuilder("pets")
    one.rename_class("cat", "kitty")
    other.add("cat", [picture()])  # its page still shows the old name
    assert one.counts == other.counts == {"kitty": 3, "dog": 2}
    other.delete_class("dog")
    one.undo()
    assert one.counts == {"cat": 2, "kitty": 1} and other.undo() == "delete_class" and one.counts == {"cat": 2, "kitty": 1, "dog": 2}

    def record(builder):
        for _ in range(8):
            builder.add("cat", [picture()], names=["a.png"])

    threads = [threading.Thread(target=record, args=(builder,)) for builder in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one.counts["cat"] == 18 == len(list((one.folder / "training_set" / "cat").iterdir())) and DatasetBuilder("pets").counts == other.counts


def test_a_group_is_never_torn_apart_and_what_is_split_stays():
    builder = DatasetBuilder("bursts")
    for label in ("cat", "dog"):
        for burst in range(6):
            builder.add(label, [picture() for _ in range(4)], group=f"{label}-{burst}")
    loaded = {picture.path.name: split.name for split in load_dataset("bursts").splits for picture in split}
    assert together(builder, loaded)
    counts = builder.split("0.5,0.25,0.25")
    assert set(counts) == {"train", "validation", "test"} and counts["train"]["cat"] in (12, 16)
    before = {one.name: one.split for one in builder.pictures()}
    assert together(builder, before)
    builder.add("cat", [picture() for _ in range(3)], group="cat-0")
    builder.add("cat", [picture() for _ in range(30)])
    after = {one.name: one.split for one in builder.pictures()}
    assert before.items() <= after.items() and together(builder, after) and set(after.values()) == {"train", "validation", "test"}
    assert builder.split("0.5,0.25,0.25") and {one.name: one.split for one in builder.pictures()} == after
    assert load_dataset("bursts").format == "imagenet" and check_dataset("bursts").errors() == ()


def together(builder, split_of):
    groups = {}
    for one in builder.pictures():
        groups.setdefault(one.group or one.name, set()).add(split_of[one.name])
    return all(len(splits) == 1 for splits in groups.values())


def test_a_class_recorded_in_one_go_is_usable_and_said_to_be():
    builder = DatasetBuilder("once")
    for label in ("cat", "dog"):
        builder.add(label, [picture() for _ in range(20)], group=label)
    dataset = load_dataset("once")
    assert len(dataset.test) and any("one or two goes" in note for note in dataset.notes)


def test_private_things_stay_out_and_removed_ones_are_really_deleted():
    exif = Image.Exif()
    exif[0x010F] = "SECRET"
    stream = io.BytesIO()
    Image.fromarray(picture()).save(stream, "JPEG", exif=exif)
    builder = filled(count=1)
    (name,) = builder.add("cat", [stream.getvalue()])
    assert not any(b"SECRET" in path.read_bytes() for path in builder.folder.rglob("*") if path.is_file())
    builder.delete([name])
    assert builder.forget_removed() == 1 and builder.undo() == "delete" and builder.counts == {"cat": 1, "dog": 1}
    assert not [path for path in builder.folder.rglob(name)]


def test_no_picture_of_ones_own_gets_into_a_notebook():
    mine = filled(count=6).dataset()
    for shown in (mine, mine.train):
        assert "data:image" not in shown._repr_html_() and "lesson.view" in shown._repr_html_()
    assert "data:image" in load_dataset("emoji")._repr_html_()


@pytest.mark.parametrize("name", ["", "  ", "../x", "a/b", "a\\b", "..", ".", "\0", None, 3])
def test_bad_names(name):
    with pytest.raises(BadArgument):
        DatasetBuilder(name)
    builder = filled(count=1)
    with pytest.raises(BadArgument):
        builder.add_class(name)
    assert builder.counts == {"cat": 1, "dog": 1}


def test_names_of_other_systems_become_safe():
    builder = DatasetBuilder("CON")
    assert builder.folder.name == "CON_"
    assert builder.add("aux", [encoded()], names=["nul.png"]) == ("nul_.png",) and builder.classes == ("aux_",)
    assert builder.add("b", [encoded(), encoded(), encoded("JPEG")], names=["A:1.png", "a_1.PNG", "x.png"]) == ("A_1.png", "a_1-2.PNG", "x.jpg")


def test_what_is_no_picture_adds_nothing():
    builder = filled(count=1)
    for bad in (b"", b"text", encoded("JPEG")[:-80], np.zeros((3, 3)), "nowhere.png"):
        with pytest.raises(EdukitError):
            builder.add("cat", [picture(), bad])
    with pytest.raises(UnknownChoice):
        builder.rename_class("fox", "x")
    with pytest.raises(BadArgument):
        builder.split("0.9,0.9,0.1")
    with pytest.raises(BadArgument):
        builder.split(group="(")
    assert builder.counts == {"cat": 1, "dog": 1}


def test_a_full_disk_in_the_middle_changes_nothing(monkeypatch):
    builder = filled(count=4)
    before, real, moved = on_disk(builder), Journal.move, []

    def full(self, origin, to):
        moved.append(to)
        if len(moved) == 3:
            raise OSError(28, "No space left on device")
        real(self, origin, to)

    monkeypatch.setattr(Journal, "move", full)
    with pytest.raises(DiskFull):
        builder.rename_class("cat", "kitty")
    assert on_disk(builder) == before and builder.classes == ("cat", "dog") and DatasetBuilder("pets").counts == {"cat": 4, "dog": 4}


def test_a_full_disk_in_the_middle_of_a_recording_keeps_what_was_written_as_one(monkeypatch):
    builder, real, written = DatasetBuilder("pets"), Path.write_bytes, []

    def full(path, data):
        written.append(path)
        if len(written) > 3:
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DiskFull):
        builder.add("cat", [np.full((8, 8, 3), 20 * number, np.uint8) for number in range(6)], group="one recording")
    monkeypatch.undo()
    assert builder.counts == {"cat": 3} == DatasetBuilder("pets").counts and {one.group for one in builder.pictures()} == {"one recording"}
    builder.undo()
    assert builder.counts.get("cat", 0) == 0


def test_a_crash_in_the_middle_is_finished_when_the_set_is_opened(monkeypatch):
    builder = filled(count=4)
    real, moved = Journal.move, []

    def killed(self, origin, to):
        moved.append(to)
        if len(moved) == 3:
            raise KeyboardInterrupt  # as a kill, it runs no clean-up of ours
        real(self, origin, to)

    monkeypatch.setattr(Journal, "move", killed)
    with pytest.raises(KeyboardInterrupt):
        builder.rename_class("cat", "kitty")
    monkeypatch.undo()
    with (builder.folder / LOG).open("ab") as stream:
        stream.write(b'{"kind": "ren')  # the power went
    again = DatasetBuilder("pets")
    assert again.counts == {"kitty": 4, "dog": 4} and DatasetBuilder("pets").counts == again.counts
    again.add("dog", [picture()])
    assert DatasetBuilder("pets").counts == {"kitty": 4, "dog": 5}


def test_files_put_there_by_hand_are_taken_in(home):
    imagenet(home / "mine")
    builder = DatasetBuilder("mine")
    assert builder.counts == {"cat": 19, "dog": 19} and len({one.name for one in builder.pictures()}) == 38
    put(home / "mine" / "training_set" / "cat" / "deep" / "0.png")
    (home / "mine" / "test_set" / "dog" / "0.png").unlink(missing_ok=True)
    assert DatasetBuilder("mine").counts["cat"] == 20
    assert load_dataset("mine").format == "imagenet" and check_dataset("mine").errors() == ()


def test_other_datasets_are_added(tmp_path):
    builder = filled(count=1)
    put(folders(tmp_path / "more", cat=3, 鸟=4) / "cat" / "bad.png", b"x")
    assert builder.add_dataset(str(tmp_path / "more")) == {"cat": 3, "鸟": 4} and builder.counts == {"cat": 4, "dog": 1, "鸟": 4}


class Steps(RuleBasedStateMachine):
    """Any steps by two builders: folders, log and both views agree, and no picture is lost but by delete."""

    def __init__(self):
        super().__init__()
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        workspace = Workspace(Path(self.folder.name))
        self.builders = [DatasetBuilder("s", workspace=workspace) for _ in range(2)]
        self.workspace = workspace

    @rule(who=st.integers(0, 1), label=st.sampled_from("abc"), group=st.sampled_from(["", "g", "h"]))
    def add(self, who, label, group):
        before = sum(self.builders[0].counts.values())
        self.builders[who].add(label, [np.zeros((2, 2, 3), np.uint8)] * 2, group=group)
        assert sum(self.builders[0].counts.values()) == before + 2

    @rule(who=st.integers(0, 1), old=st.sampled_from("abc"), new=st.sampled_from("abC"), how=st.sampled_from(["rename", "merge", "relabel"]))
    def move(self, who, old, new, how):
        builder, total = self.builders[who], sum(self.builders[0].counts.values())
        if old in builder.classes and how == "rename":
            builder.rename_class(old, new)
        elif old in builder.classes and how == "merge":
            builder.merge_classes([old], new)
        else:
            builder.relabel([one.name for one in builder.pictures()[:1]], new)
        assert sum(builder.counts.values()) == total

    @rule(who=st.integers(0, 1))
    def delete(self, who):
        self.builders[who].delete([one.name for one in self.builders[who].pictures()[:1]])

    @rule(who=st.integers(0, 1))
    def undo(self, who):
        self.builders[who].undo()

    @rule(seed=st.integers(0, 3))
    def split(self, seed):
        self.builders[0].split(random_seed=seed)

    @invariant()
    def all_agree(self):
        one, other = self.builders
        assert one.counts == other.counts == DatasetBuilder("s", workspace=self.workspace).counts
        assert {picture.path for picture in one.pictures()} == {path for path in one.folder.glob("*_set/*/*")}

    def teardown(self):
        self.folder.cleanup()


TestSteps = Steps.TestCase
TestSteps.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


def test_a_disk_without_room_for_the_log_adds_nothing_and_a_recording_cut_short_stays_one(monkeypatch):
    builder, pictures = filled(count=3), [np.full((8, 8, 3), 20 * number, np.uint8) for number in range(6)]
    real, lengths = Journal._write, []

    def full(journal, step):
        if lengths and len(step.moves) >= lengths[-1]:  # no room but for a shorter line than the one that stood there
            raise OSError(28, "No space left on device")
        lengths.append(len(step.moves))
        return real(journal, step)

    def broken(path, data):
        if path.parent.name == "fox" and len(list(path.parent.glob("*"))) == 3:
            raise DiskFull(path=path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    monkeypatch.setattr(Journal, "_write", full)
    monkeypatch.setattr("edukit.data.operations.write_bytes", broken)
    with pytest.raises(DiskFull):
        builder.add("fox", pictures, group="one recording")
    with pytest.raises(DiskFull):
        builder.add("wolf", pictures, group="another")
    monkeypatch.undo()
    again = DatasetBuilder("pets")
    assert builder.counts == again.counts == {"cat": 3, "dog": 3, "fox": 3} and {one.group for one in again.pictures("fox")} == {"one recording"}
    assert load_dataset("pets").classes == ("cat", "dog", "fox") and not (builder.folder / "training_set" / "wolf").exists()


def test_text_files_that_a_full_disk_kept_from_being_written_are_written_when_the_set_is_opened(home):
    filled(count=4)
    (home / "pets" / "classes.txt").write_text("cat\n", encoding="utf-8")
    DatasetBuilder("pets")
    assert load_dataset("pets").classes == ("cat", "dog")


def test_what_was_deleted_before_the_page_was_closed_comes_back():
    builder = filled(count=3)
    builder.delete([builder.pictures("cat")[0].name])
    builder.delete_class("dog")
    again = DatasetBuilder("pets")
    again.add("fox", [picture()])
    assert [again.undo() for _ in range(4)] == ["add", "delete_class", "delete", None] and again.counts == {"cat": 3, "dog": 3}
    again.delete_class("dog")
    again.forget_removed()
    assert not DatasetBuilder("pets").can_undo, "what is really deleted comes back nowhere"


@pytest.mark.parametrize("name", ["__pycache__", "Thumbs.db", "lost+found", ".git", "~$x"])
def test_a_class_called_like_what_systems_leave_behind_keeps_its_pictures(name):
    builder = filled(count=3)
    builder.add(name, [picture() for _ in range(3)])
    label = builder.classes[-1]
    assert DatasetBuilder("pets").counts[label] == 3 and len(load_dataset("pets").classes) == 3


def test_a_set_put_there_by_hand_keeps_the_order_of_its_classes(home):
    imagenet(home / "mine")
    (home / "mine" / "classes.txt").write_bytes("dog\r\ncat\r\n".encode("utf-8-sig"))
    assert DatasetBuilder("mine").classes == ("dog", "cat") == load_dataset("mine").classes


def test_a_large_dataset_is_added_part_by_part(tmp_path, monkeypatch):
    monkeypatch.setattr("edukit.data.preparing.MOST_BYTES", 200)
    builder, sizes, real = DatasetBuilder("large"), [], DatasetBuilder.add
    monkeypatch.setattr(DatasetBuilder, "add", lambda self, label, pictures, **more: sizes.append(len(pictures)) or real(self, label, pictures, **more))
    assert builder.add_dataset(folders(tmp_path / "photos", cat=7, dog=5)) == {"cat": 7, "dog": 5} == builder.counts and len(sizes) > 2


def test_a_pattern_that_finds_no_group_is_told():
    builder = filled(count=4)
    with pytest.raises(BadArgument, match="finds nothing"):
        builder.split(group="near-duplicates")
    assert builder.counts == {"cat": 4, "dog": 4} and {one.split for one in builder.pictures()} == {"train"}


def test_recordings_stay_whole_when_a_set_joins_another():
    one, other = DatasetBuilder("li"), DatasetBuilder("class")
    one.add("cat", [picture() for _ in range(4)], group="go")
    one.add("cat", [picture() for _ in range(2)])
    other.add("cat", [picture()], group="go")
    assert other.add_dataset("li") == {"cat": 6}
    groups = [picture.group for picture in other.pictures()]
    assert groups == ["go", *["li/go"] * 4, "", ""]
