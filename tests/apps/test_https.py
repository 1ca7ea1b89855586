"""A lesson over https in Chromium, at the address that other computers use: its views answer, and cameras are allowed there."""
import psutil
import pytest
from class_server import start_class_server
from lesson_sources import build_all

from edukit.classroom.address import network_hosts

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("https")
    server = start_class_server(folder / "home", lessons=build_all(folder / "course"), https=True, ip="0.0.0.0", token="class-3b")
    yield server
    server.stop()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_camera_phone_and_kernel_over_https(served, watch, lang, tmp_path):
    host = next(iter(network_hosts()), "127.0.0.1")
    url = served.url.replace("127.0.0.1", host)
    watched = watch()
    page = watched.page
    page.goto(f"{url}{lang}/tools/studio?token=class-3b", wait_until="commit")
    watched.settled()
    assert page.evaluate("isSecureContext") and page.evaluate("location.protocol") == "https:"
    view = page.locator("[data-view=studio]")
    view.locator("[data-do=camera]").click()
    page.wait_for_function("document.querySelector('.ek-studio-video').videoWidth > 0")
    before = int(view.locator(".ek-studio-card output").first.inner_text())
    view.locator(".ek-record").first.click()
    page.wait_for_function(f"+document.querySelector('.ek-studio-card output').textContent >= {before + 3}")  # over the secure websocket
    view.locator(".ek-record").first.click()
    view.locator("[data-do=phone]").click()
    view.locator(".ek-studio-phone p").wait_for()
    if host != "127.0.0.1":
        invited = view.locator(".ek-studio-phone code").inner_text()
        assert invited.startswith(f"{url}phone/")
        phone = watch(390, lang="zh-CN")
        phone.page.goto(invited)
        assert phone.page.locator("input[data-label]").count()
        assert phone.page.evaluate("isSecureContext") and not phone.problems
    page.screenshot(path=tmp_path / "https.png")
    mine = [one for one in psutil.Process(served.process.pid).children(recursive=True) if "edukit.classroom.kernel" in " ".join(one.cmdline())]
    assert mine and not watched.problems and not watched.outside(url)
    page.goto("about:blank")
    psutil.wait_procs(mine, timeout=60)
    assert not [one for one in mine if one.is_running() and one.status() != psutil.STATUS_ZOMBIE], "the beacon of a page that is left ends its kernel"
