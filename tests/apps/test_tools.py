"""The converter and the comparison in Chromium: an upload comes back as a package, two models become a report; also on a phone."""
import zipfile

import pytest

from tests.conversion.test_converting import checkpoint

pytestmark = pytest.mark.browser


def opened(class_server, watch, tool, **how):
    watched = watch(**how)
    watched.page.goto(f"{class_server.url}{'zh' if how.get('lang') else 'en'}/tools/{tool}", wait_until="commit")
    watched.settled()
    return watched


def test_an_upload_comes_back_as_a_package(class_server, watch, tmp_path):
    watched = opened(class_server, watch, "converter")
    view = watched.page.locator("[data-view=converter]")
    view.locator("input[type=file]").first.set_input_files(str(checkpoint(tmp_path / "pets.pth")))
    view.locator(".ek-primary:enabled").wait_for()
    with watched.page.expect_download() as got:
        view.locator(".ek-primary").click()
    got.value.save_as(tmp_path / "package.zip")
    packed = set(zipfile.ZipFile(tmp_path / "package.zip").namelist())
    assert got.value.suggested_filename == "pets-onnx.zip" and {"model.onnx", "basic.py", "card.json"} <= packed
    assert watched.problems == [] and watched.outside(class_server.url) == []


def test_two_models_become_a_report_and_fit_a_phone(class_server, watch, tmp_path):
    watched = opened(class_server, watch, "comparison", width=390, lang="zh-CN")
    page, view = watched.page, watched.page.locator("[data-view=comparison]")
    view.locator("[data-do=pick]", has_text="emoji-int8").last.click()
    view.locator("[data-do=pick][aria-pressed=true]").first.wait_for()
    view.locator(".ek-primary:enabled").click()
    view.locator("[data-value='speed.json']").wait_for()
    page.wait_for_function("document.querySelector('[data-view=comparison]').getAttribute('aria-busy') === 'false'")
    names = view.locator("table th[scope=row]").evaluate_all("heads => heads.map(head => head.offsetWidth)")
    assert names and max(names) < 190, "long names leave room for the figures"
    with page.expect_download() as got:
        view.locator("[data-value='comparison.html']").click()
    got.value.save_as(tmp_path / "report.html")
    assert "top-1" in (tmp_path / "report.html").read_text(encoding="utf-8") and watched.overflow() <= 0
    assert watched.problems == [] and watched.outside(class_server.url) == []
