"""Files: whole or not at all, and never over what is not ours."""
import errno
import hashlib
import json
import math
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from edukit.core import files
from edukit.core.errors import (
    BadSuffix,
    DiskFull,
    EdukitError,
    FileMissing,
    FileTooLarge,
    FileUnreadable,
    NotAFile,
    NotAnImage,
    OutputExists,
    OutputNotWritable,
)
from edukit.core.files import (
    check_writable,
    human_size,
    input_file,
    json_text,
    output_error,
    read_json,
    read_record,
    settle_output,
    sha256,
    strict,
    write_json,
    write_text,
    writing,
)

LONG = "长" * 83  # 249 bytes
LONGEST = LONG + "a"  # 250 bytes; 255 is what file systems allow


def left_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def locked(tmp_path):
    """A folder in which nothing can be made, even by root."""
    not_a_folder = tmp_path / "locked"
    not_a_folder.write_text("a file where a folder is wanted")
    return not_a_folder


def test_a_file_appears_whole_with_its_folder(tmp_path):
    with writing(tmp_path / "新 folder" / "out.bin") as temporary:
        temporary.write_bytes(b"half")
        assert not (tmp_path / "新 folder" / "out.bin").exists()
        temporary.write_bytes(b"whole")
    assert (tmp_path / "新 folder" / "out.bin").read_bytes() == b"whole" and left_in(tmp_path / "新 folder") == ["out.bin"]


@pytest.mark.parametrize("failure", [RuntimeError("ours"), KeyboardInterrupt(), NotAnImage(path="a"), ValueError("theirs")], ids=repr)
def test_a_failure_leaves_what_was_there(tmp_path, failure):
    out = tmp_path / "out.bin"
    out.write_bytes(b"before")
    with pytest.raises(type(failure)), writing(out) as temporary:
        temporary.write_bytes(b"half")
        raise failure
    assert out.read_bytes() == b"before" and left_in(tmp_path) == ["out.bin"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path, number):
    out = tmp_path / "out.bin"
    out.write_bytes(b"before")
    with pytest.raises(DiskFull) as caught, writing(out) as temporary:
        temporary.write_bytes(b"half")
        raise OSError(number, os.strerror(number))
    assert caught.value.found["path"] == str(out)
    assert out.read_bytes() == b"before" and left_in(tmp_path) == ["out.bin"]


def test_a_really_full_device_is_the_same_error():
    with pytest.raises(DiskFull):
        try:
            Path("/dev/full").write_bytes(b"x")
        except OSError as error:
            raise output_error(error, Path("out.bin")) from error


def test_a_file_larger_than_the_system_grants_leaves_nothing(tmp_path):
    """A real write that fails half-way: a child process that may write 64 KB at most."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from edukit.core.files import write_text\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "try: write_text(Path(sys.argv[1]), 'x' * 200_000)\n"
        "except OSError as error: sys.exit(7)"
    )
    out = tmp_path / "big.txt"
    assert subprocess.run([sys.executable, "-c", code, str(out)], cwd=Path(__file__).parents[2], check=False).returncode == 7
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("name", [LONGEST, LONG[:-4] + ".onnx", "it's \"quoted\" <script>.json", "😀.json", "a\nb.json", "-rf", ".hidden"])
def test_any_name_that_a_file_system_allows_can_be_written(tmp_path, name):
    write_text(tmp_path / name, "text")
    assert left_in(tmp_path) == [name] and (tmp_path / name).read_text() == "text"


def test_a_name_too_long_for_the_system_is_a_coded_error(tmp_path):
    with pytest.raises(OutputNotWritable):
        write_text(tmp_path / ("x" * 256), "text")
    assert left_in(tmp_path) == []


def test_a_place_that_cannot_be_written_is_a_coded_error(locked):
    before = locked.read_text()
    with pytest.raises(OutputNotWritable) as caught:
        write_text(locked / "out.txt", "text")
    assert str(locked) in str(caught.value) and caught.value.found["reason"] and locked.read_text() == before


def test_readers_see_the_old_or_the_new_file_and_never_a_mixture(tmp_path):
    out, seen = tmp_path / "state.json", set()
    write_text(out, "a" * 100_000)
    finished = threading.Event()

    def read() -> None:
        while not finished.is_set():
            seen.add(out.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for letter in "bcdef" * 8:
        write_text(out, letter * 100_000)
    finished.set()
    reader.join()
    assert all(len(text) == 100_000 and len(set(text)) == 1 for text in seen)


def test_text_is_utf8_with_unix_line_ends_everywhere(tmp_path):
    write_text(tmp_path / "a.txt", "一\n二\n")
    assert (tmp_path / "a.txt").read_bytes() == "一\n二\n".encode()


def test_json_is_strict_and_readable(tmp_path):
    write_json(tmp_path / "a.json", {"loss": math.nan, "名": [math.inf, (1, 2.5)], "path": Path("x") / "猫", 3: None, "deep": {"b": -math.inf}})
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=pytest.fail) == {"loss": None, "名": [None, [1, 2.5]], "path": str(Path("x") / "猫"), "3": None, "deep": {"b": None}}
    assert "猫" in text and text.endswith("}\n")


def test_a_name_that_is_no_unicode_survives_json():
    name = os.fsdecode(b"caf\xe9.jpg")
    text = json_text({"path": name})
    text.encode("utf-8")
    assert json.loads(text) == {"path": name}


def test_strict_leaves_plain_values_alone():
    assert strict([1, "a", None, True, 0.5]) == [1, "a", None, True, 0.5]


def test_checking_a_place_leaves_nothing_there(tmp_path):
    check_writable(tmp_path / "new" / "deeper" / "out.onnx")
    check_writable(tmp_path / LONGEST)
    assert left_in(tmp_path) == []


def test_checking_a_place_that_cannot_be_written(locked):
    with pytest.raises(OutputNotWritable):
        check_writable(locked / "out.onnx")
    with pytest.raises(OutputNotWritable):
        check_writable(locked / "new" / "out.onnx")


@pytest.mark.parametrize("name", ["x" * 256 + ".onnx", "x" * 256 + "/model.onnx", "nul\0.onnx"], ids=["long file", "long folder", "null"])
def test_a_name_that_cannot_be_is_said_before_any_work(tmp_path, name):
    with pytest.raises(OutputNotWritable):
        settle_output(tmp_path / name, suffix=".onnx", overwrite=False, made=MADE, made_of=lambda _: None)
    assert left_in(tmp_path) == []


def test_a_read_only_file_system_is_said(tmp_path, monkeypatch):
    def refuse(self, **_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(OutputNotWritable) as caught:
        check_writable(tmp_path / "out.onnx")
    assert caught.value.found["reason"] == os.strerror(errno.EROFS)


MADE = {"verb": "convert", "options": {"opset_version": 17}, "inputs": {"checkpoint": "abc"}}


@pytest.mark.parametrize(
    "there, overwrite, outcome",
    [
        ("nothing", False, "write"), ("nothing", True, "write"),
        ("same", False, "keep"), ("same", True, "write"),
        ("other options", False, OutputExists), ("other options", True, "write"),
        ("no card", False, OutputExists), ("no card", True, "write"),
        ("folder", False, OutputExists), ("folder", True, OutputExists),
        ("dangling link", False, OutputExists), ("dangling link", True, "write"),
    ],
)
def test_an_output_is_settled_before_any_work(tmp_path, there, overwrite, outcome):
    out = tmp_path / "model.onnx"
    if there == "folder":
        out.mkdir()
    elif there == "dangling link":
        out.symlink_to(tmp_path / "nowhere")
    elif there != "nothing":
        out.write_text(there)
    cards = {"same": MADE, "other options": MADE | {"options": {"opset_version": 11}}}
    names = left_in(tmp_path)

    def settle() -> bool:
        return settle_output(out, suffix=".onnx", overwrite=overwrite, made=MADE, made_of=lambda path: cards.get(path.read_text()) if path.is_file() else None)

    if isinstance(outcome, str):
        assert settle() is (outcome == "keep")
    else:
        with pytest.raises(outcome):
            settle()
    assert left_in(tmp_path) == names and (not out.is_file() or out.read_text() == there)


@pytest.mark.parametrize("name", ["model", "model.pth", "model.onnx.txt", ".onnx"])
def test_an_output_with_another_suffix_is_refused(tmp_path, name):
    with pytest.raises(BadSuffix):
        settle_output(tmp_path / name, suffix=".onnx", overwrite=True, made=MADE, made_of=lambda _: None)


def test_a_suffix_in_capitals_is_fine(tmp_path):
    assert settle_output(tmp_path / "MODEL.ONNX", suffix=".onnx", overwrite=False, made=MADE, made_of=lambda _: None) is False


def test_an_input_is_found_with_its_absolute_path(tmp_path, monkeypatch):
    (tmp_path / "猫 1.jpg").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    assert input_file("猫 1.jpg", max_bytes=1) == tmp_path / "猫 1.jpg"


def test_a_tilde_is_the_users_folder(tmp_path, monkeypatch):
    (tmp_path / "a.jpg").write_bytes(b"x")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert input_file("~/a.jpg", max_bytes=10) == tmp_path / "a.jpg"


@pytest.mark.parametrize(
    "path, kind",
    [
        ("none.jpg", FileMissing), (".", NotAFile), ("big.jpg", FileTooLarge), ("a.jpg/b.jpg", FileMissing), ("x" * 300, FileUnreadable),
        ("nul\0byte", FileMissing), ("~nobody-here/a.jpg", FileMissing),
        ("dangling", FileMissing), ("loop", EdukitError), ("", EdukitError), ("pipe", NotAFile),
    ],
)
def test_an_input_that_cannot_be_used_is_a_coded_error(tmp_path, monkeypatch, path, kind):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "big.jpg").write_bytes(b"x" * 11)
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(kind) as caught:
        input_file(path, max_bytes=10)
    assert isinstance(caught.value, EdukitError) and caught.value.message and caught.value.remedy


@pytest.mark.parametrize(
    "size, shown",
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (3_400_000, "3.4 MB"), (192_000_000, "192 MB"), (5_400_000_000, "5.4 GB"), (9e12, "9000.0 GB")],
)
def test_sizes_as_people_write_them(size, shown):
    assert human_size(size) == shown


def test_a_hash_is_the_standard_one(tmp_path):
    (tmp_path / "a").write_bytes(b"edukit" * 100_000)
    assert sha256(tmp_path / "a") == hashlib.sha256(b"edukit" * 100_000).hexdigest()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG])
def test_what_the_system_refuses_is_not_writable(number):
    assert isinstance(output_error(OSError(number, "x"), Path("a")), OutputNotWritable)


def test_errors_of_other_kinds_pass_through():
    error = OSError(errno.EIO, "x")
    assert output_error(error, Path("a")) is error and files.output_error(error, Path("a")).errno == errno.EIO


def test_json_of_any_kind_is_read_and_what_cannot_be_read_is_nothing(tmp_path):
    write_json(tmp_path / "a.json", {"图": [1, None]})
    (tmp_path / "list.json").write_text("[1]", encoding="utf-8")
    assert read_json(tmp_path / "a.json") == read_record(tmp_path / "a.json") == {"图": [1, None]}
    assert read_json(tmp_path / "list.json") == [1] and read_record(tmp_path / "list.json") == {}
    for name, content in (("broken", b"{"), ("bytes", b"\xff\xfe{"), ("deep", b"[" * 100_000), ("empty", b"")):
        (tmp_path / name).write_bytes(content)
        assert read_json(tmp_path / name) is None
    for path in (tmp_path, tmp_path / "gone", tmp_path / "a.json" / "below", tmp_path / "nul\0"):
        assert read_json(path) is None and read_record(path) == {}


def test_an_output_is_looked_for_where_its_path_leads(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    with pytest.raises(OutputNotWritable):
        check_writable(Path("new/../../file/below/model.onnx"))
    assert not list((tmp_path / "work").iterdir())
