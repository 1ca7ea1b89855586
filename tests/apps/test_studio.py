"""The Studio in Chromium with a fake camera: from nothing to a live answer and to downloaded files that a bare ONNX Runtime opens."""
import re

import numpy as np
import onnxruntime
import pytest

from edukit.core.images import encode_png, read_image
from edukit.data import load_dataset
from tests.dataset_files import gbk_zip, put

pytestmark = pytest.mark.browser
STUDIO = "[data-view=studio]"


def opened(watch, class_server, lang):
    """The Studio's page, itself and its view, once it is drawn."""
    watched = watch()
    watched.page.goto(f"{class_server.url}{lang}/tools/studio", wait_until="commit")
    watched.settled()
    return watched, watched.page, watched.page.locator(STUDIO)


def test_from_the_camera_to_files(class_server, watch, tmp_path):
    watched, page, view = opened(watch, class_server, "en")
    assert class_server.home.name in view.locator(".ek-studio-consent code").inner_text(), "before the first picture one is told where they go"
    assert view.locator("[data-do=train]").is_disabled() and view.locator(".ek-record").first.is_disabled()
    view.locator("[data-do=camera]").click()
    page.wait_for_function("document.querySelector('.ek-studio-video').videoWidth > 0")
    # Held by the pointer, started and stopped by clicks, held by the space bar.
    record = view.locator(".ek-record").first
    count = view.locator(".ek-studio-card output").first
    record.scroll_into_view_if_needed()
    box = record.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    before = int(count.inner_text())  # another test may have begun the set
    page.mouse.down()
    page.wait_for_timeout(700)  # longer than a click
    page.wait_for_function(f"+document.querySelector('.ek-studio-card output').textContent >= {before + 4}")
    page.mouse.up()
    view.locator(".ek-record[aria-pressed=true]").wait_for(state="detached")
    page.wait_for_timeout(500)
    held = int(count.inner_text())
    view.locator(".ek-record").first.click()
    page.wait_for_function(f"+document.querySelector('.ek-studio-card output').textContent >= {held + 2}")
    view.locator(".ek-record").first.click()
    view.locator(".ek-record[aria-pressed=true]").wait_for(state="detached")
    page.wait_for_timeout(500)
    clicked = int(count.inner_text())
    view.locator(".ek-record").first.focus()
    page.keyboard.down(" ")
    page.wait_for_timeout(500)
    page.wait_for_function(f"+document.querySelector('.ek-studio-card output').textContent >= {clicked + 2}")
    page.keyboard.up(" ")
    food = [sample.path for sample in load_dataset("emoji").train if sample.label == "food"][:8]
    assert page.locator(".ek-studio-video").first.bounding_box()["y"] >= 62, "the camera's picture stays in sight while one records"
    assert view.locator("[data-do=look]").first.is_enabled(), "what was recorded can be looked at"
    view.locator(".ek-studio-card").nth(1).locator("input[type=file][multiple]").first.set_input_files([str(path) for path in food])
    page.wait_for_function("+document.querySelectorAll('.ek-studio-card output')[1].textContent >= 8")
    view.locator("[data-do=train]").click()
    view.locator(".ek-bar.best, .ek-answer:not(:empty)").first.wait_for()
    page.wait_for_function("document.querySelector('.ek-studio .ek-bar output').textContent.replace('%', '') > 60")
    named = view.locator(".ek-studio-card input").first.input_value()  # another page may have begun the set in its language
    assert view.locator(".ek-answer").inner_text() == named != ""
    view.locator("[data-do=why]").click()
    view.locator(".ek-studio-why img").first.wait_for()
    view.locator("[data-do=keep]").click()
    with page.expect_download() as got:
        view.locator("[data-download=int8]").click()
    got.value.save_as(tmp_path / "model-int8.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model-int8.onnx")
    assert session.get_outputs()[0].shape == ["batch", 2]
    with page.expect_download() as got:
        view.locator("[data-download=dataset]").click()
    assert got.value.suggested_filename == "studio.zip"
    with page.expect_download() as got:
        view.locator("[data-download=checkpoint]").click()
    assert got.value.suggested_filename == "best.pth", "offered once it is written"
    assert not watched.problems and not watched.outside(class_server.url) and view.locator(".ek-error").count() == 0
    page.screenshot(path=tmp_path / "studio.png", full_page=True)
    page.on("dialog", lambda dialog: dialog.accept())
    view.locator("[data-do=delete-all]").click()
    view.get_by_text(re.compile("Really deleted")).wait_for()
    assert not list(class_server.home.rglob("datasets/studio/*/*/*.jpg")), "deleted pictures are gone from the disk"


def test_a_drawing_is_a_picture_and_a_camera_that_cannot_work_says_why(class_server, watch):
    watched = watch(390)
    page = watched.page
    page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))")
    page.goto(f"{class_server.url}zh/tools/studio", wait_until="commit")
    watched.settled()
    view = page.locator(STUDIO)
    view.locator("[data-do=camera]").click()
    view.get_by_text("摄像头正被别的程序占用").wait_for()
    before = int(view.locator(".ek-studio-card output").first.inner_text())
    view.get_by_role("button", name="画一张").first.click()
    box = page.locator(".ek-paper").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 160, steps=5)
    page.mouse.up()
    page.locator("[data-do=draw-add]").click()
    page.wait_for_function(f"document.querySelector('.ek-studio-card output').textContent === '{before + 1}'")
    assert page.locator(".ek-pad output").inner_text().endswith(f" · {before + 1}"), "told where one looks"
    assert watched.overflow() <= 0 and not watched.problems


def test_a_folder_that_is_dropped_on_a_card_is_taken_and_a_zip_with_guessed_names_is_asked_about(class_server, watch, tmp_path):
    watched, page, view = opened(watch, class_server, "zh")
    page.on("dialog", lambda dialog: dialog.accept("拖放"))
    view.locator(".ek-head select").select_option("")  # a set of this test's own

    def dropped(name):
        card = view.locator(".ek-studio-card").first
        card.scroll_into_view_if_needed()
        box, hand = card.bounding_box(), page.context.new_cdp_session(page)
        data = {"items": [], "files": [str(tmp_path / name)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            hand.send("Input.dispatchDragEvent", {"type": kind, "x": box["x"] + 40, "y": box["y"] + 40, "data": data})

    folder = view.locator(".ek-studio-consent code")
    folder.filter(has_text="拖放").wait_for(state="attached")
    digits = [str(sample.path) for sample in load_dataset("digits").train][:4]
    view.locator("input[type=file][multiple]").first.set_input_files(digits)
    page.wait_for_function("document.querySelector('.ek-studio-card .ek-row img:nth-child(4)')?.naturalWidth > 0")
    view.get_by_role("button", name="画一张").first.click()
    assert page.get_by_label("黑底白笔").is_checked(), "ink and paper as the set has them"
    page.locator("dialog [aria-label='✕']").click()
    for name in ("a.png", "deeper/b.png", "c.txt"):
        put(tmp_path / "photos" / name)
    dropped("photos")
    page.wait_for_function("document.querySelector('.ek-studio-card output').textContent === '6'")
    put(tmp_path / "none" / "c.txt", b"x")
    dropped("none")
    view.get_by_text("没有可以用的图片").wait_for()
    put(tmp_path / "学校.zip", gbk_zip("小猫"))
    dropped("学校.zip")
    asked = page.locator("dialog")
    asked.get_by_text("小猫：3 张（0.png、1.png、2.png）").wait_for()
    asked.locator("[data-do=leave]").click()
    asked.wait_for(state="detached")
    assert view.locator(".ek-studio-card").count() == 2
    dropped("学校.zip")
    asked.locator("[data-do=take]").click()
    page.wait_for_function("document.querySelectorAll('.ek-studio-card output')[2]?.textContent === '3'")
    page.reload(wait_until="commit")  # what was learnt is gone: the pictures are looked at again
    watched.settled()
    view.locator("[data-do=train]").click()
    view.locator(".ek-bar").first.wait_for()
    assert not view.locator("[data-do=stop]").is_visible() and view.locator(".ek-error").count() == 0 and not watched.problems
    view.locator(".ek-head select").select_option("studio")  # the other tests go on with it
    folder.filter(has_text="studio").wait_for(state="attached")


def test_a_box_is_blurred_by_mouse_touch_and_keyboard_in_the_file_itself(class_server, watch, tmp_path):
    watched, page, view = opened(watch, class_server, "en")
    card = view.locator(".ek-studio-card").nth(1)
    before = int(card.locator("output").inner_text())
    checks = np.uint8(255) * (np.indices((80, 120)).sum(0) // 4 % 2).astype(np.uint8)  # sharp everywhere
    (tmp_path / "checks.png").write_bytes(encode_png(checks))
    card.locator("input[type=file][multiple]").first.set_input_files(str(tmp_path / "checks.png"))
    page.wait_for_function(f"+document.querySelectorAll('.ek-studio-card output')[1].textContent >= {before + 1}")
    (path,) = class_server.home.rglob("datasets/studio/*_set/*/checks.png")
    card.locator("[data-do=look]").click()
    looking = page.locator("dialog.ek-looking")
    stage, blur = looking.locator(".ek-blur"), looking.locator("[data-do=blur]")
    page.wait_for_function("document.querySelector('.ek-blur img').naturalWidth === 120")
    assert "keeps nothing" in looking.inner_text() and blur.is_disabled()

    def at(x, y):
        box = stage.locator("img").bounding_box()
        return box["x"] + box["width"] * x, box["y"] + box["height"] * y

    def sharp(x1, y1, x2, y2):
        """Whether the file still shows the pattern there."""
        return read_image(path)[y1:y2, x1:x2].std() > 100

    def blurred(act):
        act()
        assert not blur.is_disabled() and stage.locator("i").is_visible()
        stage.press("Enter") if act is by_keys else blur.click()
        stage.locator("i").wait_for(state="hidden")

    def by_mouse():
        page.mouse.move(*at(0, 0))
        page.mouse.down()
        page.mouse.move(*at(0.25, 0.3), steps=4)
        page.mouse.up()

    def by_finger():
        finger = page.context.new_cdp_session(page)
        for kind, place in (("touchStart", (0.99, 0.99)), ("touchMove", (0.9, 0.9)), ("touchMove", (0.8, 0.75)), ("touchEnd", None)):
            points = [dict(zip("xy", at(*place)))] if place else []
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def by_keys():
        stage.focus()
        for key in ("ArrowRight", "Shift+ArrowLeft", "ArrowUp"):
            page.keyboard.press(key)

    blurred(by_mouse)
    assert not sharp(4, 4, 28, 22) and sharp(40, 30, 110, 75)
    blurred(by_finger)
    assert not sharp(98, 62, 118, 78) and sharp(40, 30, 90, 56)
    blurred(by_keys)
    assert not sharp(46, 30, 74, 48) and sharp(40, 0, 120, 24)
    looking.locator("[data-do=undo]").click()
    page.wait_for_timeout(300)
    page.wait_for_function("document.querySelector('.ek-looking .ek-status').textContent === ''")
    assert sharp(46, 30, 74, 48) and not sharp(4, 4, 28, 22), "undo takes the last one back while the page is open"
    page.screenshot(path=tmp_path / "blur.png")
    looking.locator("[data-do=delete]").click()
    page.wait_for_function(f"+document.querySelectorAll('.ek-studio-card output')[1].textContent === {before}")
    looking.locator("[data-do=close]").click()
    assert not path.exists() and not watched.problems and page.locator(".ek-error").count() == 0


def test_your_picture_is_taken_by_camera_or_drawn(class_server, watch):
    watched = watch()
    page = watched.open(f"{class_server.url}en/01_first_model")
    view = page.locator("[data-view=try]")
    view.locator("[data-do=open-camera]").click()
    assert "not kept" in view.locator(".ek-studio-consent").inner_text() and not view.locator("[data-do=shot]").is_visible(), "asked before the first frame"
    view.locator("[data-do=camera]").click()
    page.wait_for_function("document.querySelector('[data-view=try] video').videoWidth > 0")
    view.locator("[data-do=shot]").click()
    view.locator(".ek-bars").wait_for()
    view.locator("[data-do=open-camera]").click()
    assert page.evaluate("document.querySelector('[data-view=try] video').srcObject") is None, "the camera is off once its box is closed"
    before = view.locator(".ek-seen img").first.get_attribute("src")
    view.locator("[data-do=draw]").click()
    assert not page.get_by_label("White on black").is_checked()
    box = view.locator(".ek-paper").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 200, steps=5)
    page.mouse.up()
    view.locator("[data-do=draw-ask]").click()
    page.wait_for_function("(before) => document.querySelector('[data-view=try] .ek-seen img').src !== before", arg=before)
    assert page.locator("dialog.ek-pad").count() == 0, "the pad makes way for the answer"
    assert not watched.problems and view.locator(".ek-error").count() == 0


def test_a_folder_is_uploaded_where_data_is_chosen(class_server, watch, tmp_path):
    food = {label: [sample.path for sample in load_dataset("emoji").train if sample.label == label][:5] for label in ("food", "tool")}
    for label, paths in food.items():
        (tmp_path / "photos" / label).mkdir(parents=True)
        for path in paths:
            (tmp_path / "photos" / label / path.name).write_bytes(path.read_bytes())
    (tmp_path / "photos" / "notes.txt").write_text("stays where it is")
    watched = watch()
    page = watched.open(f"{class_server.url}en/04_first_classifier")
    view = page.locator("[data-view=data]")
    view.locator("[data-setting=source] select").select_option(label="Upload my pictures…")
    view.locator("input[webkitdirectory]").set_input_files(str(tmp_path / "photos"))
    page.wait_for_function("document.querySelector('[data-view=data] .ek-status').textContent.includes('10 pictures of 2 classes')")
    view.locator(".ek-class").nth(1).wait_for()
    assert view.locator("[data-setting=source] select").input_value().startswith("my-pictures")
    view.locator("[data-setting=source] select").select_option("emoji")
    assert not watched.problems


def test_the_augmentation_of_tiny_pictures_can_be_seen_and_set(class_server, watch):
    watched = watch()
    page = watched.open(f"{class_server.url}en/04_first_classifier")
    page.locator("[data-view=data] [data-setting=source] select").select_option("digits")
    view = page.locator("[data-view=augment]")
    view.locator(".ek-pill", has_text="digits").wait_for()
    assert view.locator(".ek-shots img").first.bounding_box()["width"] > 80, "of 8 pixels"
    view.locator("[data-setting=strength] input").press("End")
    view.locator(".ek-codepane code", has_text="augment_strength=4").wait_for(state="attached")
    assert view.locator(".ek-error").count() == 0 and not watched.problems
    page.locator("[data-view=data] [data-setting=source] select").select_option("emoji")
    view.locator(".ek-pill", has_text="emoji").wait_for()
