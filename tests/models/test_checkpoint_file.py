"""Looking into checkpoints without torch: what PyTorch would do with a file is known before PyTorch may touch it."""
import argparse
import collections
import datetime
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from edukit.core.card import ModelCard
from edukit.core.errors import BadCard, EdukitError, EmptyFile, FileMissing, ModelTooLarge, NoCard, NotACheckpoint, NotAFile, UnsafeCheckpoint
from edukit.core.preprocess import Preprocess
from edukit.models import check_checkpoint
from edukit.models.checkpoint_reader import inspect_checkpoint

CARD = ModelCard(backbone="LeNet", classes=("猫", "dog <b>", "it's"), preprocess=Preprocess(size=(32, 32)))


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/edukit-was-here",)


def rezip(path, change, compression=zipfile.ZIP_STORED):
    """The same archive with the entries that ``change`` gives: {name: bytes}."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def saved(tmp_path):
    def save(content, name="a.pth", **options):
        torch.save(content, tmp_path / name, **options)
        return tmp_path / name

    return save


@pytest.mark.parametrize("zipped", [True, False])
def test_a_checkpoint_tells_its_card_and_shapes(saved, zipped):
    layer = torch.nn.Linear(3, 2).half()
    state = collections.OrderedDict(layer.state_dict())
    path = saved({"edukit": CARD.to_dict(), "state_dict": state, "training": {"epoch": 3}}, _use_new_zipfile_serialization=zipped)
    found = inspect_checkpoint(path)
    assert found.card == CARD and found.shapes == {"weight": (2, 3), "bias": (2,)} and found.tensor_bytes == 16 and found.legacy is not zipped
    assert found.size_bytes == path.stat().st_size


def test_module_state_with_its_metadata_parameters_and_optimizer_state_are_harmless(saved):
    layer = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    optimizer = torch.optim.AdamW(layer.parameters())
    layer(torch.rand(2, 3, 8, 8)).sum().backward()
    optimizer.step()
    content = {
        "state_dict": layer.state_dict(), "parameter": torch.nn.Parameter(torch.ones(2)), "optimizer": optimizer.state_dict(), "bytes": b"\x00\xff",
        "rng": torch.get_rng_state(), "size": torch.Size([1, 2]), "dtype": torch.float16, "text": "中", "big": 2**70, "none": None,
        "tuple": (1, 2.5, True, "a", ()),
    }  # fmt: skip
    assert inspect_checkpoint(saved(content)).shapes["0.weight"] == (4, 3, 3, 3)


def test_what_mmedu_writes_bears_no_card_but_tells_its_meta(saved):
    meta = {"tool": "MMEdu", "task": "cls", "backbone": "LeNet", "CLASSES": ("cat", "dog"), "epoch": 3, "time": "Mon"}
    path = saved({"meta": meta, "state_dict": {"a": torch.ones(1)}})
    assert inspect_checkpoint(path).content == {"meta": meta | {"CLASSES": ["cat", "dog"]}}
    assert inspect_checkpoint(path).own_card() is None
    with pytest.raises(NoCard):
        check_checkpoint(path)


@pytest.mark.parametrize("protocol", [0, 1, 2, 4, 5])
@pytest.mark.parametrize("form", ["zip", "legacy", "pickle"])
def test_a_pickle_that_would_run_code_is_named_and_runs_nothing(tmp_path, protocol, form):
    path = tmp_path / "evil.pth"
    content = {"state_dict": {"a": Evil()}}
    if form == "pickle":
        path.write_bytes(pickle.dumps(content, protocol))
    else:
        torch.save(content, path, pickle_protocol=protocol, _use_new_zipfile_serialization=form == "zip")
    expected = UnsafeCheckpoint if protocol >= 2 else EdukitError
    with pytest.raises(expected) as caught:
        inspect_checkpoint(path)
    assert (caught.value.code == "E303" and "system" in caught.value.message) or protocol < 2
    assert not Path("/tmp/edukit-was-here").exists()


@pytest.mark.parametrize("name", ["builtins eval", "torch.hub load", "builtins bytearray", "torch.storage _load_from_bytes", "builtins getattr"])
def test_names_that_weights_do_not_need_are_refused_even_if_nothing_calls_them(saved, name):
    path = saved({"state_dict": {}})

    def change(entries):
        entries["a/data.pkl"] = b"\x80\x02}q\x00X\x0a\x00\x00\x00state_dictc" + name.replace(" ", "\n").encode() + b"\ns."

    with pytest.raises(UnsafeCheckpoint, match=name.split()[1]):
        inspect_checkpoint(rezip(path, change))


def test_a_whole_module_is_refused_by_the_name_that_tells_most(saved):
    with pytest.raises(NotACheckpoint, match=r"torch\.nn\.modules.*state_dict"):
        inspect_checkpoint(saved(torch.nn.Sequential(torch.nn.Linear(1, 1))))


@pytest.mark.parametrize("value", [{1, 2}, collections.Counter("ab"), argparse.Namespace(lr=1), Path("a"), datetime.date(2026, 1, 1), np.ones(2)])
def test_what_runs_nothing_is_not_said_to_run_code(saved, value):
    with pytest.raises(NotACheckpoint, match="state_dict"):
        inspect_checkpoint(saved({"state_dict": {"a": torch.ones(1)}, "args": value}))
    with pytest.raises(UnsafeCheckpoint, match="system"):
        inspect_checkpoint(saved({"state_dict": {"a": torch.ones(1)}, "args": value, "evil": Evil()}))


SCALARS = [np.float64(0.5), np.float32(0.25), np.int64(-7), np.uint8(200), np.bool_(True), np.float16(2)]


@pytest.mark.parametrize("zipped", [True, False])
def test_figures_that_are_numpy_numbers_are_read(saved, zipped):
    path = saved({"meta": {"figures": SCALARS}, "state_dict": {"a": torch.ones(1)}}, _use_new_zipfile_serialization=zipped)
    assert inspect_checkpoint(path).content["meta"]["figures"] == [0.5, 0.25, -7, 200, True, 2]


@pytest.mark.parametrize("old, new", [(b"f8", b"O8"), (b"f8", b"f4"), (b"f8", b"V8"), (b"scalar", b"callar")])
def test_a_numpy_number_that_is_none_is_refused(saved, old, new):
    path = saved({"state_dict": {}, "best": np.float64(1)})

    def change(entries):
        assert old in entries["a/data.pkl"]
        entries["a/data.pkl"] = entries["a/data.pkl"].replace(old, new)

    with pytest.raises((NotACheckpoint, UnsafeCheckpoint)):
        inspect_checkpoint(rezip(path, change))


def test_a_thrown_away_call_counts_too(saved):
    path = saved({"state_dict": {}})

    def change(entries):
        entries["a/data.pkl"] = b"\x80\x02cposix\nsystem\nX\x02\x00\x00\x00ls\x85R0}."

    with pytest.raises(UnsafeCheckpoint):
        inspect_checkpoint(rezip(path, change))


def test_three_megabytes_that_unpack_to_three_gigabytes_are_refused_at_once(tmp_path):
    path = tmp_path / "bomb.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}.")
        for entry in range(8):
            with archive.open(f"a/data/{entry}", "w") as stream:
                for _ in range(10):
                    stream.write(b"\0" * 10_000_000)
    assert path.stat().st_size < 4_000_000
    with pytest.raises(ModelTooLarge):
        inspect_checkpoint(path)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.zeros(1).expand(2**40),
        torch.zeros(1).expand(30_000, 30_000),
        torch.zeros(10).as_strided((10**6, 10**6), (0, 0)),
    ],
)
def test_a_tensor_that_claims_more_than_it_has_does_not_fill_the_memory(saved, tensor):
    with pytest.raises(ModelTooLarge):
        inspect_checkpoint(saved({"edukit": CARD.to_dict(), "state_dict": {"a": tensor}}))


def test_many_views_of_one_storage_are_added_up(saved):
    with pytest.raises(ModelTooLarge):
        inspect_checkpoint(saved({"state_dict": {str(i): torch.zeros(1, 1000).expand(100_000, 1000) for i in range(2)}}))


@pytest.mark.parametrize("old, new", [(b"K\x02K\x03\x86", b"K\x02K\x7f\x86"), (b"K\x03K\x01\x86", b"K\x7fK\x01\x86"), (b"K\x06tq", b"K\x7ftq")])
def test_a_shape_stride_or_storage_that_does_not_fit_is_refused(saved, old, new):
    path = saved({"state_dict": {"a": torch.rand(2, 3)}})

    def change(entries):
        assert old in entries["a/data.pkl"]
        entries["a/data.pkl"] = entries["a/data.pkl"].replace(old, new)

    with pytest.raises(NotACheckpoint):
        inspect_checkpoint(rezip(path, change))


def test_a_storage_that_is_shorter_than_it_says_is_refused(saved):
    with pytest.raises(NotACheckpoint):
        inspect_checkpoint(rezip(saved({"state_dict": {"a": torch.rand(2, 3)}}), lambda entries: entries.update({"a/data/0": b"\0" * 4})))


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("zipped", [True, False])
def test_a_truncated_file_is_told(saved, share, zipped):
    path = saved({"edukit": CARD.to_dict(), "state_dict": {"a": torch.rand(200, 3)}}, _use_new_zipfile_serialization=zipped)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    if zipped or share < 0.5:
        with pytest.raises(EmptyFile if share == 0 else NotACheckpoint):
            inspect_checkpoint(path)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 100, b"\x80", b"\x80\x04.", b"hello", b"\x89PNG\r\n", b"\x80\x02]" + b"." * 9, b"ustar" * 200]
)
def test_what_is_no_checkpoint_is_told(tmp_path, content):
    path = tmp_path / "a.pth"
    path.write_bytes(content)
    with pytest.raises(NotACheckpoint):
        inspect_checkpoint(path)


def test_a_zip_of_something_else_a_folder_and_nothing(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(NotACheckpoint):
        inspect_checkpoint(tmp_path / "a.pth")
    with pytest.raises(NotAFile):
        inspect_checkpoint(tmp_path)
    with pytest.raises(FileMissing):
        inspect_checkpoint(tmp_path / "b.pth")


def test_a_torchscript_program_is_no_checkpoint(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        for name in ("a/data.pkl", "a/code/__torch__.py", "a/constants.pkl"):
            archive.writestr(name, b"\x80\x02}.")
    with pytest.raises(NotACheckpoint, match="TorchScript"):
        inspect_checkpoint(tmp_path / "a.pth")


def test_two_entries_of_one_name_are_refused(saved):
    path = saved({"state_dict": {}})
    with pytest.warns(UserWarning), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}.")
    with pytest.raises(NotACheckpoint, match=r"data\.pkl"):
        inspect_checkpoint(path)


def test_entries_whose_names_differ_only_in_case_are_refused(saved):
    with pytest.raises(NotACheckpoint, match=r"DATA\.pkl"):
        inspect_checkpoint(rezip(saved({"state_dict": {}}), lambda entries: entries.update({"a/DATA.pkl": b"."})))


def test_a_second_directory_that_only_pytorch_would_read_is_refused(tmp_path, saved):
    harmless, evil = saved({"state_dict": {}}, "harmless.pth").read_bytes(), saved({"state_dict": {"a": Evil()}}, "evil.pth").read_bytes()
    end = harmless[-22:]
    at = int.from_bytes(evil[-6:-2], "little")  # where the first file's directory lies
    path = tmp_path / "both.pth"
    path.write_bytes(evil[:-22] + harmless[:-22] + end[:16] + at.to_bytes(4, "little") + end[20:])
    with pytest.raises(NotACheckpoint):
        inspect_checkpoint(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_than_pytorchs_are_refused(saved, compression):
    with pytest.raises(NotACheckpoint):
        inspect_checkpoint(rezip(saved({"state_dict": {}}), lambda _: None, compression))


def test_a_broken_deflated_entry_is_told(saved):
    path = rezip(saved({"edukit": CARD.to_dict(), "state_dict": {}}), lambda _: None, zipfile.ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    content[60:90] = b"\xff" * 30
    path.write_bytes(content)
    with pytest.raises(NotACheckpoint):
        inspect_checkpoint(path)


def doubling(levels):
    value = "x"
    for _ in range(levels):
        value = [value, value]
    return value


@pytest.mark.parametrize("where", ["notes", "classes", "preprocess", "task"])
def test_a_card_that_doubles_forty_times_costs_no_time(saved, where):
    bomb = doubling(40)
    path = saved({"edukit": CARD.to_dict() | {where: {"a": bomb} if where == "notes" else bomb}, "state_dict": {}})
    with pytest.raises(BadCard):  # unrolled, it would never end
        inspect_checkpoint(path).own_card()


def test_a_million_steps_are_enough(saved):
    path = saved({"state_dict": {}})

    def change(entries):
        entries["a/data.pkl"] = b"\x80\x02" + b")0" * 3_000_000 + b"}."

    with pytest.raises(NotACheckpoint, match="steps"):
        inspect_checkpoint(rezip(path, change))


def test_a_key_that_takes_years_to_hash_is_refused(saved):
    key = b"X\x01\x00\x00\x00a" + b"2\x86" * 60
    path = saved({"state_dict": {}})

    def change(entries):
        entries["a/data.pkl"] = b"\x80\x02}" + key + b"Ns."

    with pytest.raises(NotACheckpoint):
        inspect_checkpoint(rezip(path, change))


def test_nothing_of_torch_is_imported(saved):
    path = saved({"edukit": CARD.to_dict(), "state_dict": {"a": torch.ones(2)}})
    code = "import sys; from edukit.models import inspect_checkpoint; print(inspect_checkpoint(sys.argv[1]).card.backbone, 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout.split() == ["LeNet", "False"]


def test_flipped_bytes_never_get_further_than_a_coded_error(saved):
    path = saved({"edukit": CARD.to_dict(), "state_dict": {"a": torch.rand(20)}})
    content = path.read_bytes()
    generator = torch.Generator().manual_seed(0)
    for _ in range(300):
        spot, value = (int(torch.randint(high, (1,), generator=generator)) for high in (len(content), 256))
        path.write_bytes(content[:spot] + bytes([value]) + content[spot + 1 :])
        try:
            inspect_checkpoint(path)
        except EdukitError as error:
            assert error.code in ("E302", "E303", "E304", "E307", "E311")
