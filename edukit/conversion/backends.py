"""Models for other runtimes: what ONNX Runtime computes is carried over to OpenVINO, ncnn or TensorRT, and proved to give the same answers there."""
from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edukit.conversion.parity import GateInputs, parity
from edukit.conversion.rounding import rounding_tolerance
from edukit.core.errors import BadArgument, EdukitError, ExportFailed, OutputExists, RuntimeNotHere
from edukit.core.events import Reporter
from edukit.core.files import check_writable, write_text, writing_folder
from edukit.core.i18n import t
from edukit.core.packages import imported, installed, need
from edukit.core.registry import Registry
from edukit.core.subprocess_env import subprocess_env
from edukit.models import ModelLike
from edukit.models.inputs import model_file
from edukit.runtime import FORMATS, NCNN, OPENVINO, ModelFile, ModelFormat, OnnxFile, inspect_model
from edukit.runtime.folder_file import CARD
from edukit.runtime.formats import load_file
from edukit.runtime.onnx_graph import derive_card, short

_PNNX_SECONDS = 600
_STEPS = 3                # carry over, check, compare


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A runtime that models are carried over to.

    Args:
        name: As ``convert(backend=…)`` names it.
        form: The format of its models.
        packages: What writing and proving them needs.
        write: Makes the files of the model of an ONNX file; gets the ONNX file and the path of the main file.
        int8: Whether it takes INT8 models.
    """

    name: str
    form: ModelFormat
    packages: tuple[str, ...]
    write: Callable[[OnnxFile, Path], None]
    int8: bool = False


def find_backend(name: str, *, embed_preprocess: bool = False) -> Backend | None:
    """The runtime of that name; None for ONNX Runtime, which needs no carrying over.

    Raises:
        RuntimeNotHere: It needs a graphics card or a library that is not here.
        PackageMissing, BadArgument
    """
    if name == "ONNX":
        return None
    chosen = BACKENDS.find(name)
    if chosen is None:
        raise RuntimeNotHere(name=name, reason=t("conversion.tensorrt_by_hand" if installed("tensorrt") else "conversion.no_tensorrt"))
    for package in chosen.packages:
        need(package)
    if embed_preprocess:
        raise BadArgument(name="backend", value=name, wanted=t("conversion.embeds_alone"))
    return chosen


def source_for(backend: Backend, model: ModelLike) -> ModelFile:
    """The checkpoint or ONNX file that is carried over. Raises ``ExportFailed`` for an INT8 one that the runtime does not take."""
    file = model_file(model, "checkpoint", need_card=True)
    if isinstance(file, OnnxFile) and file.quantized and not backend.int8:
        raise ExportFailed(path=file.path, reason=t("conversion.no_int8", name=backend.name))
    return file


def carry_over(
    backend: Backend, file: ModelFile, onnx: ModelFile, target: Path, *, made: Mapping[str, Any], inputs: GateInputs, threads: int, reporter: Reporter
) -> None:
    """Writes the folder of a model for another runtime, once it is proved to give the same answers there.

    Args:
        backend: The runtime.
        file: The model.
        onnx: The same as an ONNX file.
        target: The folder.
        made: Verb, options and inputs, for the card.
        inputs: What the two are compared on.
        threads: How many compare.
        reporter: Told the steps export, check and compare.

    Raises:
        ParityFailed, ExportFailed, OutputNotWritable, DiskFull
    """
    assert isinstance(onnx, OnnxFile)
    with tempfile.TemporaryDirectory(prefix=".ek-", ignore_cleanup_errors=True) as scratch:
        reporter.step(0, _STEPS, "export")
        original = load_file(file, threads=threads)  # says in plain words which operator is unknown
        folder = Path(scratch) / target.name
        folder.mkdir()
        main = folder / f"{folder.name}{backend.form.suffixes[0]}"
        backend.write(onnx, main)
        reporter.step(1, _STEPS, "check")
        notes = {"nodes_before": onnx.node_count, **onnx.card.notes, "backend": backend.name, "opset_version": onnx.opsets[""], "ir_version": onnx.ir_version}
        card = derive_card(onnx.card, made=made, notes=notes, packages=backend.packages, precision=onnx.card.precision)
        write_text(folder / CARD, card.to_json())
        converted = load_file(inspect_model(main), threads=threads)
        tolerance = max(made["options"]["tolerance"], rounding_tolerance(original, inputs, threads=threads) if onnx.quantized else 0.0)
        gate = parity(original, converted, inputs, tolerance=tolerance, reporter=reporter, first=2, total=_STEPS).require()
        nodes = inspect_model(main).facts()["node_count"]
        write_text(folder / CARD, card.replace(notes={**notes, "gate": gate.to_dict(), "nodes_after": nodes}).to_json())
        with writing_folder(target) as whole:  # the temporary folder may lie on another disk
            shutil.copytree(folder, whole, dirs_exist_ok=True)


def settle_folder(target: Path, form: ModelFormat, *, made: Mapping[str, Any], overwrite: bool) -> ModelFile | None:
    """The model that lies at ``target``, if it was made in the same way and may be kept; None if it is to be written.

    Raises:
        BadArgument, OutputNotWritable
        OutputExists: Something else lies there, or the folder holds more than a model of ours made in this way.
    """
    if any(target.suffix.lower() in one.suffixes for one in FORMATS):
        raise BadArgument(name="out", value=target.name, wanted=t("conversion.folder"))
    earlier: ModelFile | None = None
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        with suppress(EdukitError):
            earlier = inspect_model(target)
        ours = earlier is not None and set(target.iterdir()) <= {*_files(earlier.path), target / CARD} and earlier.path.suffix in form.suffixes
        if earlier is None or not ours or target.is_symlink() or not (overwrite or earlier.made == made):
            raise OutputExists(path=target)
    check_writable(target / CARD)
    return None if overwrite else earlier


def _files(main: Path) -> tuple[Path, Path]:
    return main, main.with_suffix(".bin")


def _write_openvino(onnx: OnnxFile, main: Path) -> None:
    openvino, passes = imported("openvino"), imported("openvino.passes")
    try:
        model = openvino.Core().read_model(os.fspath(onnx.path))
        if not onnx.quantized:  # of an INT8 model it would make the weights large and slow again
            manager = passes.Manager()
            manager.register_pass(passes.ConstantFolding())
            manager.run_passes(model)
        openvino.save_model(model, os.fspath(main), compress_to_fp16=False)
    except Exception as error:  # OpenVINO raises RuntimeError whatever it is
        raise ExportFailed(path=onnx.path, reason=short(error)) from error


def _write_ncnn(onnx: OnnxFile, main: Path) -> None:
    """By pnnx, a program in the package of that name, which writes many files beside its input."""
    shape = ",".join(str(size) for size in (1, *onnx.card.input_shape[1:]))
    program = Path(find_spec("pnnx").submodule_search_locations[0]) / ("pnnx.exe" if os.name == "nt" else "pnnx")  # type: ignore[union-attr,index]
    with tempfile.TemporaryDirectory(prefix=".ek-") as scratch:
        given = Path(shutil.copyfile(onnx.path, Path(scratch) / "m.onnx"))
        done = subprocess.run(
            [program, given.name, f"inputshape=[{shape}]f32", "fp16=0"], cwd=scratch, env=subprocess_env(), timeout=_PNNX_SECONDS, check=False,
            capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL,
        )  # fmt: skip
        results = [given.with_name(f"m.ncnn{suffix}") for suffix in (".param", ".bin")]
        if done.returncode or not all(one.is_file() for one in results):
            last = (done.stderr.strip() or done.stdout.strip() or str(done.returncode)).splitlines()[-1:]
            raise ExportFailed(path=onnx.path, reason=last[0][:200])
        for one, target in zip(results, _files(main)):
            shutil.move(one, target)


BACKENDS = Registry(
    Backend(name="OpenVINO", form=OPENVINO, packages=("openvino",), write=_write_openvino, int8=True),
    Backend(name="NCNN", form=NCNN, packages=("ncnn", "pnnx"), write=_write_ncnn),
)
