"""The run folder: what is there decides what may happen."""
import json

import pytest

from edukit.core.errors import FolderBusy, NothingToResume, OutputExists, OutputNotWritable
from edukit.data import load_dataset
from edukit.training.run_folder import RunFolder, check_outside
from tests.dataset_files import folders, imagenet

MADE = {"verb": "train", "options": {"epochs": 2, "lr": None}, "inputs": {"dataset": "abc"}}


@pytest.fixture
def run(tmp_path):
    return RunFolder(tmp_path / "a" / "run", MADE)


def filled(run, state="finished", made=MADE):
    run.path.mkdir(parents=True)
    run.write_log(state, [{"epoch": 1}])
    run.log.write_text(json.dumps(json.loads(run.log.read_text()) | {"made": made}))
    for path in (run.best, run.latest):
        path.write_bytes(b"weights")
    return run


def test_a_new_or_empty_folder_or_one_that_only_a_job_uses_is_free(run):
    assert run.settle(resume=False, overwrite=False) is None and not run.path.exists()
    run.path.mkdir(parents=True)
    for name in ("job.json", "events.jsonl", "stop", ".lock"):
        (run.path / name).touch()
    assert run.settle(resume=False, overwrite=False) is None


@pytest.mark.parametrize("state", ["finished", "stopped", "running"])
def test_a_run_of_the_same_is_kept_or_gone_on_with_and_never_begun_anew_unless_asked(run, state):
    assert filled(run, state).settle(resume=False, overwrite=False)["history"] == [{"epoch": 1}]
    assert run.settle(resume=False, overwrite=True) is None
    run.latest.unlink()
    assert run.settle(resume=False, overwrite=False) is None


@pytest.mark.parametrize("made", [{}, {"verb": "train"}, MADE | {"verb": "convert"}, MADE | {"inputs": {"dataset": "x"}}, [], None, "train"])
def test_a_run_of_something_else_is_not_ours_to_replace(run, made):
    filled(run, made=made)
    with pytest.raises(OutputExists):
        run.settle(resume=False, overwrite=False)
    with pytest.raises(NothingToResume):
        run.settle(resume=True, overwrite=False)
    assert run.settle(resume=False, overwrite=True) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"made": 3}', "\x00", "[" * 100_000])
def test_a_log_that_cannot_be_read_is_as_good_as_none(run, text):
    filled(run).log.write_text(text)
    with pytest.raises(OutputExists):
        run.settle(resume=False, overwrite=False)
    with pytest.raises(NothingToResume):
        run.settle(resume=True, overwrite=False)


def test_more_epochs_are_a_continuation_other_options_are_not(run):
    filled(run)
    longer = RunFolder(run.path, MADE | {"options": {"epochs": 5, "lr": None}})
    assert longer.settle(resume=True, overwrite=False)["state"] == "finished"
    with pytest.raises(OutputExists):
        longer.settle(resume=False, overwrite=False)
    with pytest.raises(NothingToResume, match="lr"):
        RunFolder(run.path, MADE | {"options": {"epochs": 5, "lr": 0.5}}).settle(resume=True, overwrite=False)


def test_the_lock_lets_one_in_and_an_empty_folder_vanishes(run, tmp_path):
    with run.locked(), pytest.raises(FolderBusy), RunFolder(run.path, MADE).locked():
        pass
    assert not list(tmp_path.iterdir())
    with run.locked():
        run.best.write_bytes(b"weights")
    assert run.best.exists()
    with run.locked():
        pass


def test_a_log_holds_strict_json(run):
    run.write_log("running", [{"epoch": 1, "val_loss": float("nan")}])
    assert json.loads(run.log.read_text(), parse_constant=pytest.fail)["history"] == [{"epoch": 1, "val_loss": None}]


def test_a_run_folder_may_not_lie_among_the_classes_of_its_dataset(tmp_path):
    plain, split = load_dataset(folders(tmp_path / "plain")), load_dataset(imagenet(tmp_path / "split"))
    (tmp_path / "link").symlink_to(tmp_path / "plain")
    for path, dataset in ((tmp_path / "plain" / "run", plain), (tmp_path / "link" / "a" / "b", plain), (tmp_path / "split" / "test_set" / "run", split)):
        with pytest.raises(OutputNotWritable, match="class"):
            check_outside(path, dataset)
    check_outside(tmp_path / "split" / "run", split)
    check_outside(tmp_path / "run", plain)


def test_a_run_of_an_earlier_version_was_made_with_the_defaults_of_what_it_does_not_name(run):
    run.path.mkdir(parents=True)
    run.write_log("stopped", [])
    for path in (run.best, run.latest):
        path.touch()
    options = MADE["options"] | {"sharpness": 2}
    assert RunFolder(run.path, MADE | {"options": options}, {"sharpness": 2}).settle(resume=False, overwrite=False)["history"] == []
    assert RunFolder(run.path, MADE | {"options": options}, {"sharpness": 2}).settle(resume=True, overwrite=False)["history"] == []
    with pytest.raises(NothingToResume, match="sharpness"):
        RunFolder(run.path, MADE | {"options": options | {"sharpness": 3}}, {"sharpness": 2}).settle(resume=True, overwrite=False)
