"""A process that holds PyTorch ready: jobs of one server begin as forked children of it, without importing it each.

``python -m edukit.jobs.warm ADDRESS`` is that process. It runs no thread and no job itself, listens at a socket in the server's own folder, and ends with the
server. Linux alone: elsewhere a fork of a process that has loaded such libraries is not safe, and every job is a new Python.
"""
from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

from edukit.jobs.ahead import LEAST_FREE_BYTES

WARM_VARIABLE = "EDUKIT_WARM"  # in the environment of a server and its kernels: where the process listens
LIBRARIES = ("torch", "torchvision", "timm", "onnx", "onnxruntime", "cv2", "edukit.cli.main")
PATIENCE_SECONDS = 10.0
GO = b"g"  # from whoever asked, once he knows the job's number: one who has given up meanwhile starts it otherwise


@contextmanager
def warm_process(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Keeps the process for the time of the block, where memory is free for it.

    Args:
        folder: Of the server, for the socket; nobody else may enter it.
        environment: Of the server's jobs: numbers of threads are settled when libraries are loaded.
    """
    if sys.platform != "linux" or psutil.virtual_memory().available < LEAST_FREE_BYTES:
        yield
        return
    address = folder / "warm"
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "edukit.jobs.warm", str(address)], env={**environment, "PYTHONUTF8": "1"}, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.environ[WARM_VARIABLE] = str(address)
    try:
        yield
    finally:
        os.environ.pop(WARM_VARIABLE, None)
        process.kill()  # its children live on: they are jobs of their own sessions
        process.communicate()


def fork_job(words: Sequence[str], environment: Mapping[str, str], answer: IO[bytes], events: IO[bytes]) -> int | None:
    """Starts ``edukit WORDS`` as a child of the warm process and returns its number; None where there is none that listens."""
    address = os.environ.get(WARM_VARIABLE)
    if sys.platform != "linux" or not address:
        return None
    with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(PATIENCE_SECONDS)
        line.connect(address)
        socket.send_fds(line, [b" "], [answer.fileno(), events.fileno()])
        line.sendall(json.dumps([list(words), dict(environment), os.getcwd()]).encode() + b"\n")  # noqa: PTH109
        pid = int(line.recv(32))
        line.sendall(GO)
        return pid
    return None


def main(address: str) -> None:
    """Loads the libraries, then waits for jobs until the server has ended; in each child it runs the job."""
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # else the first collection in a child would copy every page
    words = _wait_for_job(address)
    if words is not None:
        sys.argv = ["edukit", *words]
        runpy.run_module("edukit", run_name="__main__")


def _wait_for_job(address: str) -> list[str] | None:
    """What to run, in a child; None in the process itself, when the server has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            with suppress(OSError, ValueError), listener.accept()[0] as line:
                line.settimeout(PATIENCE_SECONDS)
                _, files, _, _ = socket.recv_fds(line, 1, 2)
                with line.makefile("rb") as told:
                    words, environment, folder = json.loads(told.readline())
                pid = os.fork()
                if pid == 0:
                    _become_job(line, files, environment, folder)
                    return list(words)
                for file in files:
                    os.close(file)
                line.sendall(str(pid).encode())
    return None


def _become_job(line: socket.socket, files: Sequence[int], environment: Mapping[str, str], folder: str) -> None:
    """Makes a forked child what a new process would be: its session, files, environment and folder."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        if line.recv(1) != GO:
            os._exit(1)
        os.setsid()
        for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), *files)):
            os.dup2(file, number)
            os.close(file)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
    except OSError:
        os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
