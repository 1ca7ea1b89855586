"""Models for other runtimes: what ONNX Runtime computes is carried over to OpenVINO, ncnn or TensorRT, and proved to give the same answers there."""
from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edukit.conversion.parity import GateInputs, gate_inputs, parity
from edukit.conversion.results import Conversion, Gate
from edukit.core.errors import BadArgument, EdukitError, ExportFailed, OutputExists, RuntimeNotHere
from edukit.core.events import Reporter
from edukit.core.files import check_writable, output_error, user_path, write_text
from edukit.core.i18n import t
from edukit.core.packages import imported, installed, need
from edukit.core.registry import Registry
from edukit.core.subprocess_env import subprocess_env
from edukit.core.workspace import output_beside
from edukit.models import DataLike, ModelLike
from edukit.models.inputs import model_file, split_of
from edukit.runtime import FORMATS, NCNN, OPENVINO, ModelFile, ModelFormat, OnnxFile, Predictor, inspect_model
from edukit.runtime.folder_file import CARD
from edukit.runtime.formats import load_file
from edukit.runtime.onnx_graph import derive_card, short

if TYPE_CHECKING:
    from edukit.data import Split

_INT8_TOLERANCE = 0.05  # each runtime rounds whole numbers in its own way; the answers must stay
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


def convert_for(
    backend: str, model: ModelLike, out: str | os.PathLike[str] | None, *, to_onnx: Callable[[Path, Split | None], Conversion], options: Mapping[str, Any],
    data: DataLike | None, skip_bad: bool, threads: int, overwrite: bool, reporter: Reporter,
) -> Conversion:  # fmt: skip
    """What ``convert`` does for any backend but ONNX.

    Args:
        backend: One of ``BACKENDS``, or ``"TensorRT"``.
        model: A checkpoint, or an ONNX file with a card.
        out: The folder.
        to_onnx: Makes the ONNX file of a checkpoint, given its path and the pictures to compare on.
        options: The options of ``convert`` that are written down.
        data, skip_bad, threads, overwrite, reporter: As there.

    Raises:
        RuntimeNotHere: It needs a graphics card or a library that is not here.
        PackageMissing, BadArgument, OutputExists, OutputNotWritable, ParityFailed, ExportFailed, and what ``to_onnx`` raises.
    """
    chosen = BACKENDS.find(backend)
    if chosen is None:
        raise RuntimeNotHere(name=backend, reason=t("conversion.tensorrt_by_hand" if installed("tensorrt") else "conversion.no_tensorrt"))
    for package in chosen.packages:
        need(package)
    if options.get("embed_preprocess"):
        raise BadArgument(name="embed_preprocess", value=True, wanted='backend="ONNX"')
    file = model_file(model, "checkpoint", need_card=True)
    if isinstance(file, OnnxFile) and file.quantized and not chosen.int8:
        raise ExportFailed(path=file.path, reason=t("conversion.no_int8", name=chosen.name))
    target = user_path(out, output=True) if out is not None else output_beside(file.path, f"-{chosen.name.lower()}", "convert")
    made = {"verb": "convert", "options": dict(options), "inputs": {"checkpoint": file.sha256}}
    kept = _settle_folder(target, chosen.form, made=made, overwrite=overwrite)
    pictures = None if data is None else split_of(data, "test", skip_bad=skip_bad, on_event=reporter.on_event, should_stop=reporter.should_stop)
    inputs = gate_inputs(pictures, file.card, file.path, reporter)
    if kept and not overwrite and (done := inputs.earlier(kept)):
        return done
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=".ek-", ignore_cleanup_errors=True) as scratch:
        onnx = file if isinstance(file, OnnxFile) else inspect_model(to_onnx(Path(scratch) / "model.onnx", inputs.split))
        assert isinstance(onnx, OnnxFile)
        work = _Work(chosen, file, onnx, made, threads, reporter)
        _place(work.carry_over(Path(scratch) / target.name, inputs), target, kept)
    return Conversion.of_file(inspect_model(target), began)


@dataclass
class _Work:
    """One model on its way to another runtime."""

    backend: Backend
    file: ModelFile
    onnx: OnnxFile
    made: Mapping[str, Any]
    threads: int
    reporter: Reporter

    def carry_over(self, folder: Path, inputs: GateInputs) -> Path:
        """Writes the model's files into ``folder`` and proves them; returns ``folder``."""
        self.reporter.step(0, _STEPS, "export")
        folder.mkdir()
        main = folder / f"{folder.name}{self.backend.form.suffixes[0]}"
        self.backend.write(self.onnx, main)
        self.reporter.step(1, _STEPS, "check")
        notes = {**self.onnx.card.notes, "backend": self.backend.name, "opset_version": self.onnx.opsets[""], "ir_version": self.onnx.ir_version}
        notes.setdefault("nodes_before", self.onnx.node_count)
        card = derive_card(self.onnx.card, made=self.made, notes=notes, packages=self.backend.packages, precision=self.onnx.card.precision)
        write_text(folder / CARD, card.to_json())
        gate = self._gate(load_file(inspect_model(main), threads=self.threads), inputs)
        written = inspect_model(main).facts()
        write_text(folder / CARD, card.replace(notes={**notes, "gate": gate.to_dict(), "nodes_after": written["node_count"]}).to_json())
        return folder

    def _gate(self, converted: Predictor, inputs: GateInputs) -> Gate:
        tolerance = self.made["options"]["tolerance"] if not self.onnx.quantized else max(_INT8_TOLERANCE, self.made["options"]["tolerance"])
        original = load_file(self.file, threads=self.threads)
        return parity(original, converted, inputs, tolerance=tolerance, reporter=self.reporter, first=2, total=_STEPS).require()


def _settle_folder(target: Path, form: ModelFormat, *, made: Mapping[str, Any], overwrite: bool) -> ModelFile | None:
    """The model that lies at ``target`` already; None where there is none.

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
    return earlier


def _place(made: Path, target: Path, earlier: ModelFile | None) -> None:
    """Moves a finished folder to where it belongs, over an earlier one of ours."""
    staged = target.with_name(f".ek-{secrets.token_hex(4)}")
    try:
        shutil.copytree(made, staged)  # from the temporary folder, which may be another disk
        if target.exists():
            for old in _files(earlier.path) if earlier else ():
                old.unlink()
            for new in staged.iterdir():
                new.replace(target / new.name)
        else:
            staged.rename(target)
    except OSError as error:
        raise output_error(error, target) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


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
