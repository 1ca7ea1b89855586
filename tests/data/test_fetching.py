"""Online sets: fetched from a server that breaks off in the middle, checked, read, and what is told where they cannot be had."""
import gzip
import hashlib
import http.server
import io
import json
import re
import socket
import struct
import tarfile
import threading
from urllib.error import URLError

import numpy as np
import pytest
import scipy.io

import edukit as ek
from edukit.cli.main import main
from edukit.core.downloads import fetch_file
from edukit.core.errors import DatasetNotFetched, DownloadFailed, UnknownChoice
from edukit.core.events import Reporter, Stopped
from edukit.core.images import encode_image, encode_png, read_image
from edukit.core.workspace import Workspace, use
from edukit.data import fetching, loading, online
from edukit.data.online import OnlineSet

RANDOM = np.random.default_rng(0)
TRAIN, TEST = 60, 12


def packed(files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def matlab(**arrays):
    stream = io.BytesIO()
    scipy.io.savemat(stream, arrays, do_compression=True)
    return stream.getvalue()


def idx_files():
    files = {}
    for stem, count in (("train", TRAIN), ("t10k", TEST)):
        images, labels = RANDOM.integers(0, 256, (count, 28, 28), np.uint8), (np.arange(count) % 3).astype(np.uint8)
        files[f"{stem}-images-idx3-ubyte.gz"] = gzip.compress(struct.pack(">IIII", 2051, count, 28, 28) + images.tobytes())
        files[f"{stem}-labels-idx1-ubyte.gz"] = gzip.compress(struct.pack(">II", 2049, count) + labels.tobytes())
    return files


def jpeg(number):
    return encode_image(np.full((20, 20, 3), number, np.uint8), "JPEG")


RED_THEN_BLUE = bytes([1]) + bytes([255] * 1024 + [0] * 2048) + bytes([0]) + bytes([0] * 2048 + [255] * 1024)
FILES = {
    "idx": (idx_files(), ["0", "1", "2"]),
    "cifar": (
        {"cifar-10-binary.tar.gz": packed({f"c/{n}.bin": RED_THEN_BLUE * 10 for n in ("data_batch_1", "test_batch")} | {"c/readme.html": b"x"})},
        ["blue", "red"],
    ),
    "flowers": (
        {
            "setid.mat": matlab(trnid=[[1, 4]], valid=[[2, 5]], tstid=[[3, 6]]), "imagelabels.mat": matlab(labels=np.array([[1, 1, 1, 2, 2, 2]], np.uint8)),
            "102flowers.tgz": packed({f"jpg/image_{n:05d}.jpg": jpeg(n) for n in range(1, 7)}),
        },
        ["daisy", "rose"],
    ),
    "pets": (
        {
            "annotations.tar.gz": packed({
                "annotations/trainval.txt": "".join(f"{breed}_{n} 1 1 1\n" for n in range(10) for breed in ("Big_Cat", "pug")).encode(),
                "annotations/test.txt": b"Big_Cat_10 1 1 1\npug_10 2 1 1\n", "annotations/._test.txt": b"\xff",
            }),
            "images.tar.gz": packed({f"images/{breed}_{n}.jpg": jpeg(n) for n in range(11) for breed in ("Big_Cat", "pug")} | {"images/pug_1.mat": b"x"}),
        },
        ["Big_Cat", "pug"],
    ),
}  # fmt: skip


class Server:
    """Gives files, from the middle if it is asked to, and breaks off after ``most`` bytes of an answer."""

    def __init__(self, files, *, most=10**9, ranges=True):
        self.files, self.most, self.ranges, self.asked = files, most, ranges, []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                data = server.files.get(self.path.lstrip("/"))
                begin = int((re.findall(r"\d+", self.headers.get("Range", "")) or [0])[0]) if server.ranges else 0
                server.asked.append((self.path, begin))
                self.send_response(404 if data is None else 206 if begin else 200)
                self.send_header("Content-Length", str(len((data or b"")[begin:])))
                self.end_headers()
                self.wfile.write((data or b"")[begin : begin + server.most])

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.delenv("EDUKIT_DATASETS_URL", raising=False)
    use(Workspace(tmp_path / "home"))


@pytest.fixture
def catalogue(monkeypatch):
    """Small sets in each form, called ``small-<form>``."""
    sets = {}
    for reader, (files, labels) in FILES.items():
        told = tuple({"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items())
        name, nowhere = f"small-{reader}", ("http://127.0.0.1:9/",)
        sets[name] = OnlineSet(name, {"zh": "小", "en": "small"}, reader, 72, "MIT", "us", nowhere, told, {"labels": labels})
    for module in (online, fetching, loading):
        monkeypatch.setattr(module, "online_sets", lambda: sets)
    return sets


def served(reader, **more):
    return Server({f"small-{reader}/{name}": data for name, data in FILES[reader][0].items()}, **more)


@pytest.mark.parametrize("reader", FILES)
def test_every_form_becomes_a_dataset_that_is_found_by_its_name(reader, catalogue, monkeypatch):
    with served(reader) as server:
        monkeypatch.setenv("EDUKIT_DATASETS_URL", server.url)
        fetched = ek.fetch_dataset(f"small-{reader}")
    dataset = ek.load_dataset(f"small-{reader}")  # the server is gone
    assert dataset.classes == tuple(FILES[reader][1]) and not ek.check_dataset(dataset).counts["by_kind"].get("label_mismatch")
    assert fetched.images == {"idx": 72, "cifar": 40, "flowers": 6, "pets": 22}[reader] == sum(map(len, dataset.splits))
    assert {split.name for split in dataset.splits} == {"train", "validation", "test"}
    assert ek.fetch_dataset(f"small-{reader}").reused


def test_pictures_and_labels_are_those_of_the_files(catalogue, monkeypatch):
    with served("cifar") as cifar:
        monkeypatch.setenv("EDUKIT_DATASETS_URL", cifar.url)
        ek.fetch_dataset("small-cifar")
    for sample in ek.load_dataset("small-cifar").test:
        assert read_image(sample.path)[5, 5].tolist() == {"red": [255, 0, 0], "blue": [0, 0, 255]}[sample.label]
    with served("idx") as idx:
        monkeypatch.setenv("EDUKIT_DATASETS_URL", idx.url)
        fetched = ek.fetch_dataset("small-idx", per_class=2)
    assert fetched.name == "small-idx-2" and fetched.by_split["train"] == {"0": 2, "1": 2, "2": 2}
    raw = np.frombuffer(gzip.decompress(FILES["idx"][0]["t10k-images-idx3-ubyte.gz"])[16:], np.uint8).reshape(-1, 28, 28)
    first = ek.load_dataset("small-idx-2").test.samples[0]
    assert np.array_equal(read_image(first.path)[..., 0], raw[int(first.path.stem[-5:])]) and first.label == str(int(first.path.stem[-5:]) % 3)


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_that_breaks_off_goes_on_where_it_was(ranges, catalogue, monkeypatch):
    whole = len(FILES["idx"][0]["train-images-idx3-ubyte.gz"])
    seen = []
    with served("idx", most=whole // 3, ranges=ranges) as server:
        monkeypatch.setenv("EDUKIT_DATASETS_URL", server.url)
        if ranges:
            ek.fetch_dataset("small-idx", on_event=seen.append)
            begins = [begin for path, begin in server.asked if "train-images" in path]
            assert begins == [0, whole // 3, whole // 3 * 2, whole // 3 * 3][: len(begins)] and len(begins) >= 3
            assert [event.done for event in seen if event.unit == "byte" and event.values["step"].startswith("train-images")][-1] == whole
        else:  # no way to go on: it is told, and the next call, when the line holds, brings it all
            with pytest.raises(DownloadFailed, match=str(whole // 3)):
                ek.fetch_dataset("small-idx")
            server.most = 10**9
            assert ek.fetch_dataset("small-idx").images == 72


def test_a_stop_keeps_what_came_and_leaves_no_dataset(catalogue, monkeypatch, tmp_path):
    with served("pets") as server:
        monkeypatch.setenv("EDUKIT_DATASETS_URL", server.url)
        asked = []
        with pytest.raises(Stopped):
            ek.fetch_dataset("small-pets", should_stop=lambda: len(asked) > 3 or bool(asked.append(1)))
        assert not online.fetched_sets()
        assert ek.fetch_dataset("small-pets").images == 22
        assert [path for path, _ in server.asked].count("/small-pets/annotations.tar.gz") == 1


def test_other_contents_are_refused_and_told(catalogue, monkeypatch, tmp_path):
    with served("flowers") as server:
        server.files["small-flowers/setid.mat"] = server.files["small-flowers/setid.mat"][:-1] + b"x"
        monkeypatch.setenv("EDUKIT_DATASETS_URL", server.url)
        with pytest.raises(DownloadFailed, match="SHA-256"):
            ek.fetch_dataset("small-flowers")
    assert not list((tmp_path / "home").rglob("setid.mat*")) and not online.fetched_sets()


def test_offline_the_error_says_what_to_do_and_a_copied_file_is_taken(catalogue, capsys, tmp_path, monkeypatch):
    with pytest.raises(DatasetNotFetched, match="small-idx") as told:
        ek.load_dataset("small-idx")
    assert 'ek.fetch_dataset("small-idx")' in told.value.remedy and "edukit fetch small-idx" in told.value.remedy
    with pytest.raises(DownloadFailed) as failed:
        ek.fetch_dataset("small-idx")
    assert "127.0.0.1:9" in failed.value.message and "EDUKIT_DATASETS_URL" in failed.value.remedy
    folder = tmp_path / "home" / ".cache" / "downloads" / "small-idx"
    assert str(folder) in failed.value.remedy
    for name, data in FILES["idx"][0].items():  # from a memory stick
        (folder / name).write_bytes(data)
    assert ek.fetch_dataset("small-idx").images == 72


def test_a_folder_can_be_the_mirror_and_the_command_line_fetches(catalogue, capsys, tmp_path, monkeypatch):
    (tmp_path / "stick" / "small-pets").mkdir(parents=True)
    for name, data in FILES["pets"][0].items():
        (tmp_path / "stick" / "small-pets" / name).write_bytes(data)
    monkeypatch.setenv("EDUKIT_DATASETS_URL", (tmp_path / "stick").as_uri())
    monkeypatch.setenv("EDUKIT_HOME", str(tmp_path / "home"))
    assert main(["fetch", "small-pets", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["name"] == "small-pets" and answer["by_split"]["test"] == {"Big_Cat": 1, "pug": 1} and answer["images"] == 22
    assert main(["fetch", "small-pets", "--lang", "en"]) == 0 and "22 pictures" in capsys.readouterr().out
    assert main(["fetch", "mnits", "--json"]) == 2


def test_the_real_sets_are_told_apart_and_complete():
    sets = online.online_sets()
    counts = {"mnist": 10, "fashion-mnist": 10, "cifar10": 10, "flowers102": 102, "oxford-pets": 37}
    assert {name: len(one.names["labels"]) for name, one in sets.items()} == counts
    for one in sets.values():
        assert one.title["zh"] and one.title["en"] and all(re.fullmatch(r"[0-9a-f]{64}", file["sha256"]) for file in one.files)
        assert all(len(one.names[lang]) == len(one.names["labels"]) for lang in ("zh", "en") if lang in one.names)
    with pytest.raises(UnknownChoice):
        ek.fetch_dataset("mnits")
    assert encode_png(np.zeros((2, 2), np.uint8))


def test_a_login_page_of_the_network_spoils_no_later_download(catalogue, monkeypatch):
    with served("idx") as server:
        monkeypatch.setenv("EDUKIT_DATASETS_URL", server.url)
        real = server.files
        server.files = dict.fromkeys(real, b"<html>log in</html>")
        with pytest.raises(DownloadFailed):
            ek.fetch_dataset("small-idx")
        server.files = real
        assert ek.fetch_dataset("small-idx").images == 72


def test_a_computer_without_a_network_is_told_so(tmp_path, monkeypatch):
    def offline(*_, **__):
        raise URLError(socket.gaierror(-2, "Name or service not known"))

    monkeypatch.setattr("urllib.request.urlopen", offline)
    with pytest.raises(DownloadFailed, match=r"file\.gz could not be downloaded: its server is not found; this computer may be offline") as failed:
        fetch_file(["https://sets.example/file.gz"], tmp_path / "file.gz", digest="0", reporter=Reporter(None, None))
    assert "Errno" not in str(failed.value)
