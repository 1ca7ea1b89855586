"""One server, several students: pages, progress, kernels and jobs are those of the student who asks."""
import asyncio
import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from class_server import start_class_server, write_lesson
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from edukit.core.workspace import Workspace
from edukit.jobs import Job

STUDENTS = ("ann", "bo")
WORK = """
from edukit import jobs
from edukit.core.files import write_json
from edukit.core.workspace import current
job = jobs.start("info", {"path": "nowhere.onnx"}, current().folder / "jobs" / "info-1").wait(60)
write_json(current().folder / "progress.json", {"step": 1, "steps": 2})
print(current().student, current().lesson, job.state)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    write_lesson(folder / "lessons", cells=[("code", WORK, [])])
    started = start_class_server(folder / "home", lessons=folder / "lessons")
    yield started
    started.stop()


def open_page(server, student):
    """Opens the lesson as its student and returns the kernel's id."""
    return re.search(r'ek\.started\("([\w-]+)"\)', server.get("/en/01_small", X_Student=student).text)[1]


async def run_cells(server, kernel, student):
    """Runs a page's cells as its script does, and returns what they printed."""
    request = HTTPRequest(f"{server.url.replace('http', 'ws', 1)}voila/execution/{kernel}", headers={"X-Student": student})
    socket = await websocket_connect(request)
    await socket.write_message(json.dumps({"action": "execute", "payload": {"kernel_id": kernel}}))
    while message := json.loads(await asyncio.wait_for(socket.read_message(), 100)):
        if message["action"] == "execution_result":
            socket.close()
            return message["payload"]["output_cell"]["outputs"][0]["text"].strip()


def finished(work):
    """What a coroutine returns, in a thread of its own: the browser of other tests keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_two_students_work_at_once(server):
    async def both(kernels):
        return await asyncio.gather(*(run_cells(server, kernels[student], student) for student in STUDENTS))

    kernels = {student: open_page(server, student) for student in STUDENTS}
    assert finished(both(kernels)) == ["ann 01_small failed", "bo 01_small failed"]
    for student in STUDENTS:
        folder = Workspace(server.home, student).lesson_folder("01_small")
        assert Job(folder / "jobs" / "info-1").server.startswith(f"{server.process.pid}-"), "the server ends its students' jobs"
        assert "step 2 of 2" in server.get("/en/", X_Student=student).text
    assert "step 2 of 2" not in server.get("/en/", X_Student="cy").text and "step 2 of 2" not in server.get("/en/").text


def test_a_kernel_is_there_for_its_own_student_alone(server):
    kernel = open_page(server, "ann")
    url = f"{server.url}voila/api/shutdown/{kernel}"

    def alive(student):
        answer = server.get(f"/edukit/alive/en/{kernel}", X_Student=student)
        return json.loads(answer.text)["alive"] if answer.status == 200 else answer.status

    assert (alive("ann"), alive("bo"), alive("")) == (True, 404, 404)
    assert [server.get(f"/api/kernels/{kernel}", X_Student=student).status for student in STUDENTS] == [200, 404]
    with pytest.raises(Exception, match="404"):
        finished(run_cells(server, kernel, "bo"))
    for student, status in (("bo", 404), ("ann", 204)):
        assert server.ask(urllib.request.Request(url, method="POST", data=b"", headers={"X-Student": student})).status == status
        assert alive("ann") is (student == "bo")


def test_the_pill_tells_of_the_students_own_folder(server):
    (server.home / "di").write_text("a file where the folder should be")
    assert "cannot be saved" in server.get("/en/", X_Student="di").text and "cannot be saved" not in server.get("/en/", X_Student="ann").text
