"""How soon does the Studio answer after the last picture, what does its kernel take, and does it still answer when a whole class asks at once?

Every student opens the page of one class server and speaks with its kernel over the websocket as the page does: two classes of pictures, Train, looks; then a
third class. One student alone gives ``answer_seconds``, from the last picture sent to the live answer, and the kernel's memory (proportional set size where the
system tells it). Then ``--kernels`` students at once give the time of each request, from sent to answered. The ratio is the goal of 3 s divided by their 95th
percentile. Run: python benchmarks/studio_class.py [--kernels N] [--pictures N] [--looks N] [--out FILE]
"""
import argparse
import asyncio
import json
import os
import re
import sys
import tempfile
import time
import uuid
from datetime import date
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from class_server import ClassServer, start_class_server  # noqa: E402 - beside the tests
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1  # noqa: E402
from near_duplicates import scene  # noqa: E402
from predict_overhead import environment  # noqa: E402
from processes import living  # noqa: E402
from tornado.httpclient import HTTPRequest  # noqa: E402
from tornado.websocket import websocket_connect  # noqa: E402

PAGE, PROTOCOL, IN_FLIGHT, FRAME_SECONDS, LOOK_SECONDS = "en/tools/studio", "v1.kernel.websocket.jupyter.org", 2, 0.066, 0.033  # as in static/studio.js
GOALS = {"answer_seconds": 1.0, "kernel_mb": 100, "p95_seconds": 3.0}


def pack(value: object) -> bytes:
    return json.dumps(value).encode()


def photo(label: int, number: int) -> bytes:
    """A JPEG as the page's camera gives it: the scene of its class, somewhat moved and noisy."""
    moved = np.roll(scene(label, 224), (3 * number, 5 * number), (0, 1)).astype(np.float32) + np.random.default_rng(number).normal(0, 6, (224, 224, 3))
    return cv2.imencode(".jpg", np.clip(moved, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


class Student:
    """A page's side of the websocket; every request's seconds are kept."""

    def __init__(self, server: ClassServer, name: str) -> None:
        self.server, self.name, self.seconds, self.answer = server, name, [], None
        self.waiting: dict[object, asyncio.Future] = {}
        self.numbers = count(1)

    async def open(self) -> "Student":
        """Opens the page, runs its cells, and listens to its kernel."""
        page = (await asyncio.to_thread(self.server.get, PAGE, X_Student=self.name)).text
        self.kernel = re.search(r'"kernelId": ?"([0-9a-f-]+)"', page)[1]
        cells = await self._socket(f"voila/execution/{self.kernel}")
        await cells.write_message(json.dumps({"action": "execute", "payload": {"kernel_id": self.kernel}}))
        self.model = None
        while not self.model:
            told = re.search(r'"model_id": ?"([0-9a-f]{32})"', await cells.read_message())
            self.model = told and told[1]
        self.socket = await self._socket(f"api/kernels/{self.kernel}/channels?session_id={uuid.uuid4().hex}", [PROTOCOL])
        self.listener = asyncio.create_task(self._listen())
        return self

    async def _socket(self, path: str, protocols: list[str] | None = None):
        request = HTTPRequest(f"{self.server.url.replace('http', 'ws', 1)}{path}", headers={"X-Student": self.name}, request_timeout=120, connect_timeout=120)
        return await websocket_connect(request, subprotocols=protocols, max_message_size=50_000_000)

    async def _listen(self) -> None:
        while (message := await self.socket.read_message()) is not None:
            channel, parts = deserialize_msg_from_ws_v1(message)
            if channel != "iopub" or json.loads(parts[0])["msg_type"] != "comm_msg":
                continue
            data = json.loads(parts[3])["data"]
            if data.get("state", {}).get("error"):
                raise SystemExit(f"{self.name}: {data['state']['error']}")
            content = data.get("content", {}) if data.get("method") == "custom" else {}
            self.answer = content.get("answer", self.answer)
            if content.get("took") in self.waiting:
                self.waiting.pop(content["took"]).set_result(time.perf_counter())

    async def ask(self, do: str, *pictures: bytes, **more: object) -> None:
        """One request, until the kernel has done it."""
        number = next(self.numbers)
        self.waiting[number] = done = asyncio.get_running_loop().create_future()
        head = {"msg_id": uuid.uuid4().hex, "msg_type": "comm_msg", "session": "s", "username": "", "date": "2026-01-01T00:00:00Z", "version": "5.3"}
        content = {"comm_id": self.model, "data": {"method": "custom", "content": {"do": do, "number": number, **more}}}
        began = time.perf_counter()
        await self.socket.write_message(serialize_msg_to_ws_v1([pack(head), b"{}", b"{}", pack(content), *pictures], "shell"), binary=True)
        self.seconds.append(await asyncio.wait_for(done, 120) - began)

    async def record(self, label: str, pictures: list[bytes]) -> list[asyncio.Task]:
        """Sends a recording at the camera's pace, at most ``IN_FLIGHT`` pictures on their way; returns those still on their way."""
        going: set[asyncio.Task] = set()
        for picture in pictures:
            if len(going) >= IN_FLIGHT:
                _, going = await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
            going.add(asyncio.create_task(self.ask("frame", picture, label=label, group=label)))
            await asyncio.sleep(FRAME_SECONDS)
        return list(going)

    async def learn(self, number: int, pictures: list[bytes]) -> float:
        """Records one class; seconds from the last picture sent to the live answer (one class alone is not trained)."""
        label = f"Class {number}"
        if number > 2:
            await self.ask("class")
        going = await self.record(label, pictures)
        began = time.perf_counter() - FRAME_SECONDS
        if number > 1:
            await self.ask("train", hold_back=False)
            await self.ask("look", pictures[0])
            assert self.answer is not None and len(self.answer["shares"]) == number
        await asyncio.gather(*going)
        return time.perf_counter() - began

    async def look(self, picture: bytes, times: int) -> None:
        """The live answer while one moves."""
        for _ in range(times):
            await self.ask("look", picture)
            await asyncio.sleep(max(LOOK_SECONDS, self.seconds[-1]))  # the page rests as long as the answer took

    def close(self) -> None:
        self.listener.cancel()
        self.socket.close()


def kernel_mb(server: ClassServer) -> list[float]:
    kernels = [one.memory_full_info() for one in living(server.process.pid, "edukit.classroom.kernel")]
    return [getattr(one, "pss", one.rss) / 1e6 for one in kernels]


async def alone(server: ClassServer, photos: list[list[bytes]]) -> dict:
    student = await Student(server, "alone").open()
    seconds = [await student.learn(number, pictures) for number, pictures in enumerate(photos, 1)]
    await student.look(photos[0][0], 20)
    found = {"answer_seconds": round(seconds[1], 3), "third_class_seconds": round(seconds[2], 3),
             "look_ms": round(1000 * float(np.median(student.seconds[-20:]))), "kernel_mb": round(max(kernel_mb(server)), 1)}  # fmt: skip
    student.close()
    return found


async def together(server: ClassServer, photos: list[list[bytes]], kernels: int, looks: int) -> dict:
    """A class at once: every request of every student."""
    students = []
    for number in range(kernels):
        students.append(await Student(server, f"student-{number}").open())
    for one in students:
        one.seconds.clear()

    async def work(student: Student) -> list[float]:
        answers = [await student.learn(number, pictures) for number, pictures in enumerate(photos, 1)]
        await student.look(photos[0][0], looks)
        return answers[1:]

    began = time.perf_counter()
    answers = np.array(await asyncio.gather(*map(work, students)))
    lasted = time.perf_counter() - began
    seconds = np.array([each for one in students for each in one.seconds])
    memory = kernel_mb(server)
    for one in students:
        one.close()
    return {"kernels": kernels, "requests": len(seconds), "p50_seconds": round(float(np.median(seconds)), 3),
            "p95_seconds": round(float(np.quantile(seconds, 0.95)), 3), "slowest_seconds": round(float(seconds.max()), 3),
            "answers_p95_seconds": round(float(np.quantile(answers, 0.95)), 3), "requests_a_second": round(len(seconds) / lasted, 1),
            "largest_kernel_mb": round(max(memory), 1), "all_kernels_mb": round(sum(memory)),
            "server_mb": round(psutil.Process(server.process.pid).memory_full_info().pss / 1e6)}  # fmt: skip


def measured(kernels: int, pictures: int, looks: int) -> dict:
    photos = [[photo(label, number) for number in range(pictures)] for label in range(3)]
    load = os.getloadavg()[0]
    found = {}
    for name in ("alone", "class") if kernels else ("alone",):
        with tempfile.TemporaryDirectory() as folder:
            server = start_class_server(Path(folder) / "home")
            try:
                found[name] = asyncio.run(alone(server, photos) if name == "alone" else together(server, photos, kernels, looks))
                print(name, json.dumps(found[name]), flush=True)
            finally:
                server.stop()
    p95 = found["class"]["p95_seconds"] if kernels else found["alone"]["answer_seconds"] * 3
    ratio = round(GOALS["p95_seconds"] / p95, 3)
    return {"name": "studio_class", "ratio": ratio, "interval": [ratio, ratio], "better": "higher", "runs": 1, "threads": 1, "pictures_a_class": pictures,
            **found, "goals": GOALS,
            "date": date.today().isoformat(), "cores": os.cpu_count(), "load_before": round(load, 1), "environment": environment()}  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernels", type=int, default=30)
    parser.add_argument("--pictures", type=int, default=20)
    parser.add_argument("--looks", type=int, default=20)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    answer = json.dumps(measured(arguments.kernels, arguments.pictures, arguments.looks))
    if arguments.out:
        arguments.out.write_text(answer + "\n", encoding="utf-8")
    print(answer)
