"""Opening an ONNX Runtime session: quiet, with a known number of threads, and with errors that a student can read."""
from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from edukit.core.errors import BadArgument, EdukitError, ModelTooSlow, NotAnOnnxFile, OutOfMemory, UnsupportedOnnx, WrongInput
from edukit.core.files import writing
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.core.subprocess_env import usable_processors
from edukit.runtime.onnx_file import OnnxFile

if TYPE_CHECKING:
    import onnx

_SHORTEST_SECONDS, _LONGEST_SECONDS = 2.5, 30.0  # that one picture may take
_LONGEST_BATCH_SECONDS = 120.0
_SLOWEST = 1e9                    # products of a weight and a value that the slowest computer does in a second
_FATAL = 4                        # severity: lesser messages go to stderr, where our events are
_MAX_ARENA_BYTES = 900_000_000    # what all networks may fill besides their weights: one node can ask for a terabyte
_AS_REQUESTED = {"arena_extend_strategy": 1}  # and no next power of two
_room = {"bytes": 0}              # ``allow_memory``
_AWAKE_US = 30                    # microseconds: as fast as waiting longer, and hardly slower than sleeping where others want the processor
_MANY_NODES = 4_000               # from here on some graphs take ONNX Runtime minutes to optimise


def thread_count(threads: int | None) -> int:
    """How many threads to compute with: ``threads``, or all that this process may use.

    Raises:
        BadArgument: Not a whole number above 0.
    """
    if threads is None:
        return usable_processors()
    if type(threads) is not int or not 1 <= threads <= 1024:
        raise BadArgument(name="threads", value=threads, wanted=t("runtime.positive_whole"))
    return threads


def open_session(file: OnnxFile, threads: int, data: bytes | None = None, *, sparing: bool = False) -> Any:
    """An ``InferenceSession`` on the CPU for the file that ``file`` describes, or for its bytes where it is not written yet.

    Args:
        file, threads, data: What to open, and with how many threads it computes.
        sparing: Whether it takes as little memory as it can; what ``save_optimised`` left beside the file is opened in its place.

    Raises:
        UnsupportedOnnx: This ONNX Runtime lacks its operator set, an operator, or a file version.
        NotAnOnnxFile: Its graph is not valid.
        OutOfMemory
    """
    ort = runtime()
    chosen, source = options(ort, threads, nodes=file.node_count), data or os.fspath(file.path)
    chosen.enable_mem_pattern = not sparing
    if ready := sparing and optimised_path(file.path).is_file():
        chosen.graph_optimization_level, source = ort.GraphOptimizationLevel.ORT_DISABLE_ALL, os.fspath(optimised_path(file.path))
    try:
        return ort.InferenceSession(
            source, chosen, providers=["CPUExecutionProvider"],
            disabled_optimizers=["ConstantFolding"],  # nothing could stop it: a file of a kilobyte can ask for hours; a run has limits of memory and time
        )  # fmt: skip
    except Exception as error:  # ONNX Runtime's errors have no common class of their own
        if ready:  # damaged
            return open_session(file, threads, data)
        raise session_error(error, file) from error


def optimised_path(path: Path) -> Path:
    """Where the graph that this ONNX Runtime makes of the file at ``path`` is kept, if it is."""
    return path.with_name(f"{path.stem}-{runtime().__version__}.ort")


def save_optimised(file: OnnxFile, data: bytes) -> None:
    """Keeps the graph that ONNX Runtime makes of ``data``, the bytes of ``file``: opening that takes half the time and 3 MB less.

    Only for files of our own making whose operators all compute with whole numbers: of others the graph may belong to one kind of processor.

    Raises:
        As ``open_session``, and ``OutputNotWritable``, ``DiskFull``.
    """
    ort = runtime()
    chosen = options(ort, 1)
    with writing(optimised_path(file.path)) as temporary:
        chosen.optimized_model_filepath = os.fspath(temporary)
        try:
            ort.InferenceSession(data, chosen, providers=["CPUExecutionProvider"], disabled_optimizers=["ConstantFolding"])
        except Exception as error:  # ONNX Runtime's errors have no common class of their own
            raise session_error(error, file) from error


def options(ort: Any, threads: int, *, nodes: int = 0) -> Any:
    """Session options: ``threads`` inside an operator, one operator at a time, for a graph of so many nodes."""
    chosen = ort.SessionOptions()
    chosen.intra_op_num_threads = threads
    chosen.inter_op_num_threads = 1
    chosen.log_severity_level = _FATAL
    for name, value in _waiting(ort.__version__).items():
        chosen.add_session_config_entry(f"session.{name}", value)
    chosen.add_session_config_entry("session.use_env_allocators", "1")  # the limited arena of ``runtime``
    chosen.add_session_config_entry("session.use_device_allocator_for_initializers", "1")  # weights, whose size is known, stay outside it
    if nodes > _MANY_NODES:
        chosen.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return chosen


def _waiting(version: str) -> Mapping[str, str]:
    """How threads wait for the next operator: awake for a moment, as waking one takes longer than a small operator; never longer, nor between runs, for they
    would take the processor from whatever works beside them. ONNX Runtime before 1.26 knows no moment, and they sleep at once."""
    if tuple(map(int, version.split(".")[:2])) < (1, 26):
        return {"intra_op.allow_spinning": "0"}
    return {"intra_op.allow_spinning": "1", "intra_op.spin_duration_us": str(_AWAKE_US), "force_spinning_stop": "1"}


def open_graph(model: onnx.ModelProto, threads: int = 1, *, as_written: bool = False) -> Any:
    """An ``InferenceSession`` for a graph of our own making; ``as_written``: no node is fused or changed. Raises what ONNX Runtime raises."""
    ort = runtime()
    chosen = options(ort, threads)
    if as_written:
        chosen.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(model.SerializeToString(), chosen, providers=["CPUExecutionProvider"])


def first_run(session: Any, outputs: list[str], given: Mapping[str, Any], file: OnnxFile) -> list[Any]:
    """The first run of a session, ended when it takes far longer than a network of this size can need.

    A weight is used at most once for each pixel: what takes longer than that is work without end, or a network that this computer cannot bear.

    Raises:
        ModelTooSlow, and what ``session.run`` raises.
    """
    chosen = runtime().RunOptions()
    seconds = time_limit(file.parameters, next(iter(given.values())))
    timer = threading.Timer(seconds, setattr, (chosen, "terminate", True))
    timer.daemon = True
    timer.start()
    try:
        found: list[Any] = session.run(outputs, given, chosen)
        return found
    except Exception as error:  # ONNX Runtime's errors have no common class of their own
        if chosen.terminate:
            raise ModelTooSlow(path=file.path, seconds=round(seconds)) from error
        raise
    finally:
        timer.cancel()


def time_limit(parameters: int, batch: NDArray[Any]) -> float:
    """How long a network with so many weights may take for a batch (N, channels, height, width) or a picture (height, width, 3) on the slowest computer."""
    pictures, height, width = (1, *batch.shape[:2]) if batch.ndim == 3 else (len(batch), *batch.shape[2:])  # a picture as it is, or prepared ones
    each = min(_LONGEST_SECONDS, max(_SHORTEST_SECONDS, parameters * height * width / _SLOWEST))
    return float(min(_LONGEST_BATCH_SECONDS, pictures * each))


@cache
def runtime() -> Any:
    """The onnxruntime module, made quiet and modest. Raises ``PackageMissing``."""
    onnxruntime = imported("onnxruntime")
    onnxruntime.set_default_logger_severity(_FATAL)
    memory_info = onnxruntime.OrtMemoryInfo("Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT)
    with suppress(Exception):  # another library in this process has set up the arena already: its limit then counts
        onnxruntime.create_and_register_allocator(memory_info, onnxruntime.OrtArenaCfg({"max_mem": max(_MAX_ARENA_BYTES, _room["bytes"]), **_AS_REQUESTED}))
    return onnxruntime


def allow_memory(size_bytes: int) -> None:
    """Lets all networks of this process fill so much; only before the first is opened, for large inputs that the user asked for."""
    _room["bytes"] = size_bytes


def session_error(error: Exception, file: OnnxFile) -> EdukitError:
    """What the student reads when ONNX Runtime refuses a file."""
    message = " ".join(str(error).split())
    if (lack := OutOfMemory.meant_by(error, file.path.name)) is not None:
        return lack
    if "Unsupported model IR version" in message:
        return UnsupportedOnnx(path=file.path, reason=t("runtime.new_ir_version", version=file.ir_version))
    if found := re.search(r"opset (\d+) is under development|only \*guarantees\* support.*?Opset (\d+)", message, re.IGNORECASE):
        return UnsupportedOnnx(path=file.path, reason=t("runtime.new_opset", version=found[1] or found[2]))
    if "No opset import for domain" in message:
        foreign = next((name for name in file.operators if ":" in name), "?")
        return UnsupportedOnnx(path=file.path, reason=t("runtime.unknown_operator", name=foreign))
    if found := re.search(r"No Op registered for (\S+)|(\S+?)\(-?\d*\) is not a registered function/op|implementation for (\S+?)\(", message):
        return UnsupportedOnnx(path=file.path, reason=t("runtime.unknown_operator", name=next(filter(None, found.groups()))))
    if type(error).__name__ in ("NotImplemented", "EPFail"):
        return UnsupportedOnnx(path=file.path, reason=_short(message))
    return NotAnOnnxFile(path=file.path, reason=_short(message))


def run_error(error: Exception, file: OnnxFile) -> EdukitError:
    """What the student reads when a session cannot compute a batch."""
    message = " ".join(str(error).split())
    if (lack := OutOfMemory.meant_by(error, file.path.name)) is not None:
        return lack
    if type(error).__name__ == "InvalidArgument":
        return WrongInput(path=file.path, found=_short(message), wanted=t("runtime.other_input"))
    return UnsupportedOnnx(path=file.path, reason=_short(message))


def _short(message: str) -> str:
    return re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ", "", message)[:200]
