"""A view's wiring: settings, buttons and files arrive, and every error is shown in the page, in its language, beside its cause."""
import pytest

from edukit.core.errors import FileMissing
from edukit.core.i18n import set_language
from edukit.core.limits import MAX_IMAGE_BYTES
from edukit.widgets.settings import Option, Setting
from edukit.widgets.view import View

SIZE = Setting(name="size", kind="select", label="Size", default=1, options=(Option(1, "one"), Option(2, "two")))


class Plain(View):
    def __init__(self):
        super().__init__(kind="plain", title="Plain")
        self.heard = []
        self.use((SIZE,), {"size": 1})

    def changed(self, name):
        self.heard.append((name, self.values[name]))

    def pressed(self, name, value):
        if name == "missing":
            raise FileMissing(path="a.jpg")
        if name == "bug":
            raise ZeroDivisionError("oh <b>no</b>")
        self.heard.append((name, value))

    def received(self, name, data):
        self.heard.append((name, data))


def tell(view, message, *buffers):
    view._handle_custom_msg(message, [memoryview(buffer) for buffer in buffers])


def test_what_is_done_in_the_page_arrives():
    view = Plain()
    tell(view, {"do": "set", "name": "size", "value": 2})
    tell(view, {"do": "act", "name": "go"})
    assert view.heard == [("size", 2), ("go", None)] and view.values == {"size": 2} and view.error == {}


def test_a_wrong_setting_is_told_beside_it_and_changes_nothing():
    view = Plain()
    tell(view, {"do": "set", "name": "size", "value": 9})
    assert view.error["code"] == "E402" and view.error["near"] == "size" and view.values == {"size": 1} and view.heard == []
    tell(view, {"do": "act", "name": "go"})
    assert view.error == {}


@pytest.mark.parametrize(("lang", "part"), [("en", "a.jpg does not exist"), ("zh", "找不到 a.jpg")])
def test_errors_of_the_input_are_told_in_the_language(lang, part):
    set_language(lang)
    view = Plain()
    view.act("missing")
    assert part in view.error["message"] and view.error["code"] == "E101"


BROKEN = [{"do": "act", "name": "bug"}, {"do": "nonsense"}, {}, {"do": "set", "name": "nobody", "value": 1}, {"do": "file", "part": 0}]


@pytest.mark.parametrize("message", BROKEN)
def test_nothing_that_goes_wrong_is_lost(message):
    view = Plain()
    tell(view, message)
    assert view.error["code"] == "E900" and view.error["message"]


def test_a_file_comes_in_parts():
    view = Plain()
    for part, data in enumerate((b"abc", b"def", b"g")):
        tell(view, {"do": "file", "name": "a.png", "part": part, "parts": 3}, data)
    assert view.heard == [("a.png", b"abcdefg")]


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    view = Plain()
    tell(view, {"do": "too_large", "name": "film.mp4", "size": MAX_IMAGE_BYTES * 2})
    assert view.error["code"] == "E108" and "film.mp4" in view.error["message"]
    monkeypatch.setattr("edukit.widgets.view.MAX_IMAGE_BYTES", 5)
    for part in range(2):
        tell(view, {"do": "file", "name": "a.png", "part": part, "parts": 2}, b"abcd")
    assert view.error["code"] == "E108" and view.heard == [] and view._upload._parts == []
