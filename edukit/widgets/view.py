"""The one kind of view: head, settings, result, action and status as traits; ``static/view.js`` draws them, subclasses decide what happens."""
from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from edukit.core.errors import EdukitError, FileTooLarge
from edukit.core.files import human_size
from edukit.core.i18n import t
from edukit.core.limits import MAX_IMAGE_BYTES
from edukit.data.uploading import guessed_names
from edukit.widgets.front import front_end, shared_front
from edukit.widgets.settings import Setting
from edukit.widgets.transfers import Upload, send_file

log = logging.getLogger("edukit.widgets")


class Page(anywidget.AnyWidget):  # type: ignore[misc]
    """Anything of ours on a page: hears what was done there, and shows every error there.

    Attributes:
        front, own_id: By which the page finds the module that draws it, and the view's own model.
        error: ``{"message", "remedy", "code"}`` of what went wrong, with ``"near"`` the setting that caused it; empty when all is well.
    """

    front = traitlets.Unicode().tag(sync=True)
    own_id = traitlets.Unicode().tag(sync=True)
    error = traitlets.Dict().tag(sync=True)

    def __init__(self, **values: Any) -> None:
        name = uuid.uuid4().hex
        super().__init__(model_id=name, own_id=name, **values)
        self._undecided: dict[str, Callable[[], object]] = {}
        self.on_msg(self._heard)

    def open(self) -> None:
        """Nothing yet: a page that draws while a widget is still being filled would draw half of it."""

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self.comm is None:
            self.front = shared_front().model_id
            before = self.get_state()
            super().open()  # now, whole
            if missed := [name for name, value in self.get_state().items() if value != before[name]]:
                self.send_state(missed)  # a thread set them while the state was on its way
        return super()._repr_mimebundle_(**options)

    @contextmanager
    def guarded(self, near: str = "") -> Iterator[None]:
        """Shows in the page whatever goes wrong inside; nothing is lost, nothing breaks the page."""
        try:
            yield
        except Exception as error:  # a view is the last one who can tell the student
            self.show_error(error, near=near)

    def show_error(self, error: Exception | Mapping[str, str], *, near: str = "") -> None:
        """Shows an error beside the setting ``near``, or above the foot."""
        if isinstance(error, Mapping):
            self.error = {**error, "near": near}
        elif isinstance(error, EdukitError):
            self.error = {**error.to_dict(), "near": near}
        else:
            log.error("in %s", type(self).__name__, exc_info=error)
            reason = f"{type(error).__name__}: {error}"[:300]
            self.error = {"code": "E900", "message": t("E900.message", reason=reason), "remedy": t("E900.remedy"), "near": near}

    def clear_error(self) -> None:
        """Takes the shown error away."""
        if self.error:
            self.error = {}

    def _heard(self, _widget: object, content: Mapping[str, Any], buffers: Sequence[memoryview]) -> None:
        if "said" in content:
            self.send({"heard": content["said"]})  # at once: the page notices who does not hear
        if content.get("do") == "hello":
            return
        if content.get("do") == "decide":
            take = self._undecided.pop(content["about"], None)
            if take and content["take"]:
                self.clear_error()
                with self.guarded():
                    take()
            return
        with self.guarded():
            self.hear(content, [bytes(buffer) for buffer in buffers or ()])

    def hear(self, content: Mapping[str, Any], buffers: list[bytes]) -> None:
        """What was done in the page; subclasses say what follows."""

    def ask_first(self, name: str, data: bytes, take: Callable[[], object]) -> bool:
        """Whether the page now asks about an upload, a zip whose names had to be guessed: ``take`` is called once they were found right."""
        if not (lines := guessed_names(name, data)):
            return False
        about = uuid.uuid4().hex
        self._undecided[about] = take
        words = {word: t(f"data.archive.{key}", name=name) for word, key in (("title", "look"), ("note", "look_note"), ("take", "take"), ("leave", "leave"))}
        self.send({"ask": {"about": about, "lines": lines, **words}})
        return True


class View(Page):
    """Head, settings, result, foot.

    Attributes:
        kind: Short name of the view, for tests and styles.
        title, pills: The head: what, and on which data (``{"text", "kind"}``).
        code, explain: What the button does, in Python and in one sentence.
        settings, values: What can be set, and to what it is set.
        upload: The drop zone: ``{"label", "hint", "accept", "max_bytes"}``, for several files also ``"folder"``, what the button for a folder is called; empty
            for none.
        body: The result as HTML; everything from outside is escaped when it is made.
        actions: Buttons ``{"name", "label", "primary", "disabled"}``.
        busy, share: Whether work goes on, and which part of it is done (-1: unknown).
        status: One line that is read out when it changes.
    """

    _esm = front_end("view.js")
    kind = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    pills = traitlets.List().tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)
    explain = traitlets.Unicode().tag(sync=True)
    settings = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    upload = traitlets.Dict().tag(sync=True)
    body = traitlets.Unicode().tag(sync=True)
    actions = traitlets.List().tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    share = traitlets.Float(-1.0).tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, **values: Any) -> None:
        words = {name: t(f"widgets.{name}") for name in ("show_code", "hide_code", "more_settings", "all_cards")}
        super().__init__(words=words, **values)
        self._settings: tuple[Setting, ...] = ()
        self._upload = Upload()

    def use(self, settings: tuple[Setting, ...], values: Mapping[str, Any]) -> None:
        """Shows these settings with these values."""
        self._settings = settings
        self.values = dict(values)
        self.settings = [setting.to_dict() for setting in settings]

    def hear(self, content: Mapping[str, Any], buffers: list[bytes]) -> None:
        """A setting was changed, a button pressed, or a file dropped."""
        doing: dict[str, Callable[[], None]] = {
            "set": lambda: self.set(str(content["name"]), content["value"]),
            "act": lambda: self.act(str(content["name"]), content.get("value")),
            "file": lambda: self._part(content, buffers),
            "too_large": lambda: self._refuse(content),
        }
        doing[content["do"]]()

    def set(self, name: str, value: Any) -> None:
        """Sets one setting, as the page does when a control is moved; an error stands beside the control."""
        self.clear_error()
        self.status = ""  # it spoke of what was set before
        with self.guarded(near=name):
            setting = next(one for one in self._settings if one.name == name)
            self.values = {**self.values, name: setting.check(value)}
            self.changed(name)

    def act(self, name: str, value: Any = None) -> None:
        """Does what the button ``name`` does; an error is shown in the page."""
        self.clear_error()
        with self.guarded():
            self.pressed(name, value)

    def changed(self, name: str) -> None:
        """A setting has a new value."""

    def pressed(self, name: str, value: Any) -> None:
        """A button was pressed."""

    def received(self, name: str, data: bytes) -> None:
        """A file was chosen or dropped; in a folder ``name`` is its place there."""

    def received_all(self) -> None:
        """It was the last of those that were chosen together."""

    def most_bytes(self, name: str) -> int:
        """How large a file of this name may be."""
        return MAX_IMAGE_BYTES

    def send_file(self, path: Path, name: str = "") -> None:
        """Makes the browser download a file, in parts that every server lets through."""
        send_file(self.send, path, name)

    def _part(self, content: Mapping[str, Any], buffers: list[bytes]) -> None:
        data = self._upload.take(content, buffers, self.most_bytes(str(content["name"])))
        if data is None:
            return
        self.clear_error()
        try:
            self.received(str(content["name"]), data)
        finally:
            self.send({"took": content["name"]})  # the page sends the next one
            if not content.get("left"):
                self.received_all()

    def _refuse(self, content: Mapping[str, Any]) -> None:
        if not content.get("left"):
            self.received_all()
        raise FileTooLarge(path=content["name"], found=human_size(float(content["size"])), limit=human_size(self.most_bytes(content["name"])))
