"""A phone beside the Studio, in Chromium: the code is shown, a second browser takes pictures, and they appear on the card."""
import pytest
from class_server import start_class_server
from lesson_sources import build_all

from edukit.core.workspace import Workspace
from edukit.data import DatasetBuilder, load_dataset

pytestmark = pytest.mark.browser


def test_pictures_of_a_phone_appear_in_the_set_that_is_being_collected(tmp_path, watch):
    port = 20000 + hash(str(tmp_path)) % 9000
    server = start_class_server(tmp_path / "home", lessons=build_all(tmp_path / "course"), port=port, EDUKIT_PHONE_URL=f"http://127.0.0.1:{port}")
    try:
        watched, phone = watch(), watch(390, lang="zh-CN")
        watched.page.goto(f"{server.url}en/tools/studio", wait_until="commit")
        watched.settled()
        view = watched.page.locator("[data-view=studio]")
        view.locator("[data-do=phone]").click()
        view.locator(".ek-studio-phone svg path").wait_for()
        view.locator(".ek-studio-phone").screenshot(path=tmp_path / "code.png")
        phone.page.goto(view.locator(".ek-studio-phone code").inner_text())
        assert phone.page.get_by_text("用手机拍照").first.is_visible() and phone.overflow() <= 0
        phone.page.locator("input[data-label]").first.set_input_files(str(load_dataset("emoji").train[0].path))
        phone.page.get_by_text("收到了。Class 1: 1").wait_for()
        phone.page.screenshot(path=tmp_path / "phone.png")
        watched.page.wait_for_function("document.querySelector('.ek-studio-card output').textContent === '1'")
        assert DatasetBuilder("studio", workspace=Workspace(server.home)).counts["Class 1"] == 1
        assert not watched.problems and not phone.problems and not phone.outside(server.url)
    finally:
        server.stop()
