"""What keeps a camera from working is said with a way out, and nothing recorded is lost: unplugged, kernel gone, without the browser's help."""
import cv2
import numpy as np
import pytest
from class_server import start_class_server
from lesson_sources import build_all
from processes import living

from edukit.classroom.address import network_hosts
from edukit.core.workspace import Workspace
from edukit.data import DatasetBuilder, load_dataset
from tests.dataset_files import film

pytestmark = pytest.mark.browser
STUDIO = "[data-view=studio]"
REJECT = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', window.reason))"
WHY = {
    "en": {"NotAllowedError": "was not allowed to use", "NotFoundError": "No camera was found", "NotReadableError": "Another program is using"},
    "zh": {"NotAllowedError": "没有得到使用摄像头的许可", "NotFoundError": "没有找到摄像头", "NotReadableError": "正被别的程序占用"},
}
INSECURE = {"en": "start edukit serve --https", "zh": "请老师用 edukit serve --https 启动"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server for the network without https, whose machine has a camera of 150 frames, all red."""
    folder = tmp_path_factory.mktemp("camera")
    film(folder / "camera.avi", [np.full((48, 64, 3), (0, 0, 200), np.uint8)] * 150)
    told = {"lessons": build_all(folder / "course"), "ip": "0.0.0.0", "token": "class-3b", "EDUKIT_CAMERA": str(folder / "camera.avi")}
    server = start_class_server(folder / "home", **told)
    yield server
    server.stop()


def studio(watched, url, lang):
    watched.page.goto(f"{url}{lang}/tools/studio?token=class-3b", wait_until="commit")
    watched.settled()
    return watched.page.locator(STUDIO)


def count(view):
    return int(view.locator(".ek-studio-card output").first.inner_text())


def start(page, view):
    """Records until some pictures are there, and goes on."""
    before = count(view)
    view.locator(".ek-record").first.click()
    page.wait_for_function(f"+document.querySelector('.ek-studio-card output').textContent >= {before + 3}")


def on_disk(server):
    return sum(DatasetBuilder("studio", workspace=Workspace(server.home)).counts.values())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_why_the_browsers_camera_cannot_work_and_what_there_is_instead(served, watch, lang, tmp_path):
    watched = watch()
    page = watched.page
    page.add_init_script(REJECT)
    view = studio(watched, served.url, lang)
    trouble = view.get_by_role("alert").first
    for reason, said in WHY[lang].items():
        page.evaluate("(reason) => { window.reason = reason; }", reason)
        view.locator("[data-do=camera]").click()
        trouble.get_by_text(said).wait_for()
        assert trouble.locator("[data-do=machine-camera]").is_visible() and view.locator(".ek-record").count() == 0
        assert view.locator("[data-do=phone]").is_visible() and view.locator(".ek-studio-card").first.locator("input[data-do=own-camera][capture]").count() == 1
        page.screenshot(path=tmp_path / f"{reason}.png")
    before = count(view)
    view.locator("input[data-do=own-camera]").first.set_input_files(str(load_dataset("emoji").train[0].path))
    page.wait_for_function(f"+document.querySelector('.ek-studio-card output').textContent === {before + 1}")
    assert not watched.problems and watched.overflow() <= 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_without_https_names_it_and_offers_no_camera_of_the_class_computer(served, watch, lang, tmp_path):
    watched = watch(390)
    view = studio(watched, served.url.replace("127.0.0.1", (network_hosts() or ["127.0.0.1"])[0]), lang)
    if not network_hosts():  # without a network every address is this computer's
        watched.page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
    view.locator("[data-do=camera]").click()
    view.get_by_text(INSECURE[lang]).wait_for()
    assert view.locator("[data-do=machine-camera]").count() == (0 if network_hosts() else 1) and watched.overflow() <= 0
    watched.page.screenshot(path=tmp_path / "insecure.png")


def test_the_machines_camera_records_until_it_is_unplugged(served, watch, tmp_path):
    watched = watch()
    page = watched.page
    page.add_init_script(f"window.reason = 'NotReadableError'; {REJECT}")
    view = studio(watched, served.url, "en")
    view.locator("[data-do=camera]").click()
    view.locator("[data-do=machine-camera]").click()
    view.locator("canvas[data-live]").wait_for()
    start(page, view)
    page.screenshot(path=tmp_path / "machine.png")
    view.get_by_role("alert").get_by_text("Everything recorded so far is kept").wait_for()  # its frames have ended
    view.locator(".ek-record[aria-pressed=true]").wait_for(state="detached")
    page.wait_for_timeout(500)
    assert on_disk(served) == count(view) and view.locator("[data-do=camera]").is_visible()
    newest = max(DatasetBuilder("studio", workspace=Workspace(served.home)).folder.rglob("*.jpg"), key=lambda path: path.stat().st_mtime_ns)
    blue, _, red = cv2.imread(str(newest)).mean(axis=(0, 1))
    assert red > 150 > 60 > blue and not watched.problems


def test_a_camera_that_is_unplugged_while_it_records(served, watch):
    watched = watch()
    page = watched.page
    view = studio(watched, served.url, "en")
    view.locator("[data-do=camera]").click()
    page.wait_for_function("document.querySelector('.ek-studio-video').videoWidth > 0")
    start(page, view)
    page.evaluate("document.querySelector('.ek-studio-video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    view.get_by_text("The camera was unplugged").wait_for()
    view.locator(".ek-record[aria-pressed=true]").wait_for(state="detached")
    page.wait_for_timeout(500)
    assert on_disk(served) == count(view) and not watched.problems
    view.locator("[data-do=camera]").click()  # plugged in again
    start(page, view)


def test_a_kernel_that_is_gone_while_it_records(served, watch, tmp_path):
    watched = watch()
    page = watched.page
    before = {process.pid for process in living(served.process.pid, "edukit.classroom.kernel")}
    view = studio(watched, served.url, "zh")
    view.locator("[data-do=camera]").click()
    page.wait_for_function("document.querySelector('.ek-studio-video').videoWidth > 0")
    start(page, view)
    (mine,) = [process for process in living(served.process.pid, "edukit.classroom.kernel") if process.pid not in before]
    mine.kill()
    view.get_by_text("录制已停止").wait_for()
    view.locator(".ek-record[aria-pressed=true]").wait_for(state="detached")
    page.locator("#ek-ended").wait_for()
    page.screenshot(path=tmp_path / "gone.png")
    shown, kept = count(view), on_disk(served)
    assert kept >= shown > 0, "what is counted is on the disk"
    page.locator("#ek-ended button").click()
    page.locator("html[data-ready=true] #ek-ended[hidden]").wait_for(state="attached")
    assert count(page.locator(STUDIO)) == kept
