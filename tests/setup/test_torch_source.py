"""Which PyTorch is taken: never gigabytes of CUDA for a machine without an NVIDIA GPU, and always said."""
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edukit.core import i18n
from edukit.install import torch_source
from edukit.install.environment import Answer, SetupRefused
from edukit.install.torch_source import TORCH_CPU_INDEX, download_gb, has_nvidia_gpu, offer_of, settle_torch, torchvision_for

WANTED = "torch>=2.6,<3"
CUDA_NEEDS = ['nvidia-cudnn-cu13==9.26; platform_system == "Linux"', "sympy>=1.13", 'triton==3.9.0; platform_system == "Linux"']
REGISTRY, INDEX, HOUSE, NAMED = "https://registry.example/torch.whl", "https://cpu.example/torch.whl", "file:///home/li%20lei/%E8%BD%AE/torch.whl", "https://named.example/t.whl"


def report(version: str, url: str = REGISTRY, needs: tuple[str, ...] | list[str] = ("sympy>=1.13",)) -> dict:
    return {"metadata": {"name": "torch", "version": version, "requires_dist": list(needs)}, "download_info": {"url": url}}


@dataclass
class FakePip:
    """A registry in a dictionary: what each way of asking for PyTorch would bring."""

    plain: dict | None = None
    index: dict | None = None
    house: dict | None = None
    named: dict | None = None
    known: dict | None = None
    torchvision: tuple[str, ...] = ("torchvision==0.28.0", "torchvision==0.30.0")
    installed: str = ""
    asked: list[tuple[str, ...]] = field(default_factory=list)
    taken: list[tuple[str, ...]] = field(default_factory=list)

    def __call__(self, *words: str, quiet: bool = False) -> Answer:
        self.asked.append(words)
        if words[0] == "show":
            return Answer(0 if self.installed else 1, self.installed)
        if "--dry-run" not in words:
            self.taken.append(words)
            return Answer(0 if words[-1].startswith("torch==") or words[-1] in self.torchvision else 1, "")
        found = self.offer(words)
        return Answer(0, json.dumps({"install": [found]})) if found else Answer(1, "")

    def offer(self, words: tuple[str, ...]) -> dict | None:
        if "--no-index" in words:
            return self.house
        if "--index-url" in words:
            return self.index if TORCH_CPU_INDEX in words else self.named
        return self.known if words[-1] == "torch==2.13.0" else self.plain


CUDA = report("2.15.0", needs=CUDA_NEEDS)


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch):
    monkeypatch.setattr(torch_source, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("EDUKIT_TORCH_INDEX", raising=False)


def installed_by(pip: FakePip) -> list[str]:
    return [words[-1] for words in pip.taken]


def test_a_plain_build_without_cuda_needs_nothing_special(capsys):
    pip = FakePip(plain=report("2.15.0"))
    assert settle_torch(pip, WANTED) == ["torch==2.15.0"] and pip.taken == []
    assert "2.15.0" in capsys.readouterr().out


def test_cuda_is_fine_where_there_is_a_gpu(monkeypatch, capsys):
    monkeypatch.setattr(torch_source, "has_nvidia_gpu", lambda: True)
    pip = FakePip(plain=CUDA, index=report("2.15.0+cpu", INDEX))
    assert settle_torch(pip, WANTED) == ["torch==2.15.0"] and pip.taken == []
    assert "CUDA" in capsys.readouterr().out


def test_cuda_is_taken_where_the_user_says_yes():
    pip = FakePip(plain=CUDA, index=report("2.15.0+cpu", INDEX))
    assert settle_torch(pip, WANTED, yes_cuda=True) == ["torch==2.15.0"] and pip.taken == []


@pytest.mark.parametrize(
    "there, version, source",
    [
        ({"house": report("2.13.0+cpu", HOUSE), "index": report("2.15.0+cpu", INDEX)}, "2.13.0+cpu", "/home/li lei/轮"),
        ({"index": report("2.15.0+cpu", INDEX)}, "2.15.0+cpu", "cpu.example"),
        ({"known": report("2.13.0+cpu")}, "2.13.0+cpu", "registry.example"),
        ({"index": CUDA, "known": report("2.13.0")}, "2.13.0", "registry.example"),
    ],
    ids=["wheelhouse", "CPU index", "known version", "an index that gives CUDA"],
)
def test_without_a_gpu_the_first_cpu_build_is_taken_and_said(capsys, tmp_path, there, version, source):
    pip = FakePip(plain=CUDA, **there)
    assert settle_torch(pip, WANTED, wheelhouse=tmp_path) == [f"torch=={version}"]
    minor = int(version.split(".")[1]) + 15
    assert installed_by(pip) == [f"torch=={version}", f"torchvision==0.{minor}.0"]
    assert all("--no-deps" in words for words in pip.taken)  # torchvision would bring its own PyTorch
    said = capsys.readouterr().out
    assert version in said and source in said


@pytest.mark.parametrize("lang, words", [("en", "--yes-cuda"), ("zh", "GB")])
def test_with_cuda_only_it_stops_and_says_how_large_and_how_to_say_yes(monkeypatch, lang, words):
    i18n.set_language(lang)
    monkeypatch.setattr(torch_source, "download_gb", lambda *_: 2.96)
    pip = FakePip(plain=CUDA, known=report("2.13.0", needs=CUDA_NEEDS))
    with pytest.raises(SetupRefused) as refused:
        settle_torch(pip, WANTED)
    assert pip.taken == [] and all(part in str(refused.value) for part in ("3.0", "--yes-cuda", "wheelhouse", words))


def test_a_named_index_is_used_instead_of_all_others(monkeypatch):
    monkeypatch.setenv("EDUKIT_TORCH_INDEX", "https://named.example/simple")
    pip = FakePip(plain=report("2.15.0"), index=report("2.15.0+cpu", INDEX), named=report("2.12.0+cpu", NAMED), torchvision=("torchvision==0.27.0",))
    assert settle_torch(pip, WANTED) == ["torch==2.12.0+cpu"]
    assert installed_by(pip) == ["torch==2.12.0+cpu", "torchvision==0.27.0"]
    assert all("https://named.example/simple" in words for words in pip.taken)


def test_a_named_index_without_pytorch_is_named_in_the_refusal(monkeypatch):
    monkeypatch.setenv("EDUKIT_TORCH_INDEX", "https://named.example/simple")
    with pytest.raises(SetupRefused, match=r"named\.example"):
        settle_torch(FakePip(plain=report("2.15.0")), WANTED)


def test_offline_without_a_wheelhouse_it_says_so():
    with pytest.raises(SetupRefused, match="connection"):
        settle_torch(FakePip(), WANTED)


def test_offline_with_a_wheelhouse_all_is_well(tmp_path):
    pip = FakePip(house=report("2.13.0+cpu", HOUSE))
    assert settle_torch(pip, WANTED, wheelhouse=tmp_path) == ["torch==2.13.0+cpu"]


def test_a_torchvision_of_another_patch_release_will_do():
    pip = FakePip(plain=CUDA, known=report("2.13.0+cpu"), torchvision=("torchvision==0.28.*",))
    assert settle_torch(pip, WANTED) == ["torch==2.13.0+cpu"] and installed_by(pip)[-1] == "torchvision==0.28.*"


def test_without_any_torchvision_that_fits_it_stops():
    with pytest.raises(SetupRefused, match=r"torchvision==0\.28\.0"):
        settle_torch(FakePip(plain=CUDA, known=report("2.13.0+cpu"), torchvision=()), WANTED)


def test_after_an_interruption_the_installed_pytorch_stays_and_torchvision_is_made_to_fit():
    pip = FakePip(installed="Name: torch\nVersion: 2.13.0+cpu\nRequires: filelock, sympy\n")
    assert settle_torch(pip, WANTED) == ["torch==2.13.0+cpu"] and installed_by(pip) == ["torchvision==0.28.0"]


def test_an_installed_cuda_build_stays():
    pip = FakePip(installed="Name: torch\nVersion: 2.15.0\nRequires: filelock, nvidia-cudnn-cu13, sympy, triton\n")
    assert settle_torch(pip, WANTED) == ["torch==2.15.0"] and pip.taken == []


def test_an_installed_pytorch_that_no_longer_fits_is_replaced():
    pip = FakePip(installed="Name: torch\nVersion: 1.13.0\nRequires: sympy\n", plain=report("2.15.0"))
    assert settle_torch(pip, WANTED) == ["torch==2.15.0"]


@pytest.mark.parametrize(
    "version, needs, system, cuda",
    [
        ("2.15.0", CUDA_NEEDS, "linux", True), ("2.15.0", CUDA_NEEDS, "darwin", False), ("2.15.0", CUDA_NEEDS, "win32", False),
        ("2.15.0+cu130", [], "win32", True),
        ("2.15.0+cpu", ["sympy"], "linux", False), ("2.15.0", ["sympy", 'nvidia-ml-py; extra == "monitor"'], "linux", False), ("2.15.0", [], "linux", False),
    ],
)
def test_a_cuda_build_is_known_by_its_version_and_by_what_it_brings(monkeypatch, version, needs, system, cuda):
    monkeypatch.setattr(sys, "platform", system)
    assert offer_of(report(version, needs=needs)).cuda is cuda


@pytest.mark.parametrize("torch, torchvision", [("2.6.0", "0.21.0"), ("2.13.0+cpu", "0.28.0"), ("2.7.1", "0.22.1"), ("2.15.0+cu130", "0.30.0")])
def test_each_torch_has_its_torchvision(torch, torchvision):
    assert torchvision_for(torch) == f"torchvision=={torchvision}"


def test_the_size_is_what_the_files_take(tmp_path):
    (tmp_path / "包 1.whl").write_bytes(b"x" * 3_000_000)
    items = [{"download_info": {"url": (tmp_path / "包 1.whl").as_uri()}}] * 2
    assert download_gb(lambda *_, **__: Answer(0, json.dumps({"install": items})), WANTED) == pytest.approx(0.006)


@pytest.mark.parametrize("out", ["", "{}", "null", json.dumps({"install": [{"download_info": {"url": "file:///nowhere/a.whl"}}]})])
def test_the_size_is_the_usual_one_where_nobody_tells(out):
    assert download_gb(lambda *_, **__: Answer(0, out), WANTED) == torch_source.CUDA_SIZE_GB


@pytest.mark.parametrize("script, found", [("exit 0", True), ("exit 9", False), (None, False)])
def test_a_gpu_is_where_nvidias_own_tool_answers(monkeypatch, tmp_path, script, found):
    if script:
        tool = tmp_path / "nvidia-smi"
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    driver = Path("/proc/driver/nvidia/version").exists()
    assert has_nvidia_gpu() is (found or driver)
