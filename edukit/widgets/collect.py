"""Collecting pictures: class cards filled by camera, upload, drawing and phone; ``static/studio.js`` draws them and takes the pictures."""
from __future__ import annotations

import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import traitlets

from edukit.core.html import array_uri
from edukit.core.i18n import t
from edukit.core.images import encode_image, read_image, read_image_bytes, thumbnail
from edukit.data import DatasetBuilder, load_dataset, own_sets
from edukit.data.blurring import also_in
from edukit.data.own import MY_SET
from edukit.data.phone import SECONDS, invite, phone_url, qr_svg
from edukit.data.uploading import add_upload, most_bytes
from edukit.widgets.front import front_end
from edukit.widgets.machine_camera import MachineCamera
from edukit.widgets.transfers import Upload, expiry, picture_words
from edukit.widgets.view import Page
from edukit.widgets.work import Work, work

SHOWN = 6                    # pictures on a card
CARD_SIDE, LOOK_SIDE = 64, 960  # pixels of a picture on a card, and of one that is looked at
LOOK_SECONDS = 1.0           # between looks for a phone's pictures
Doing = Mapping[str, Callable[[], object]]


class Collect(Page):
    """A set in the making, one card a class; one button takes it into the lesson.

    Example:
        >>> Collect().kind
        'collect'
    """

    _esm = front_end("studio.js")
    kind = traitlets.Unicode("collect").tag(sync=True)
    collecting = traitlets.Bool(True).tag(sync=True)  # nothing is learnt here
    words = traitlets.Dict().tag(sync=True)
    cards = traitlets.List().tag(sync=True)      # {"label", "count", "pictures": data URIs}
    sets = traitlets.Dict().tag(sync=True)       # {"name", "others", "folder"}
    trained = traitlets.Dict().tag(sync=True)    # {"classes", "images", "test"}; empty before
    kept = traitlets.List().tag(sync=True)       # {"what", "label"} of files to download
    undoable = traitlets.Bool(False).tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)  # whether pictures are being looked at before something is learnt of them
    status = traitlets.Unicode().tag(sync=True)
    phone = traitlets.Dict().tag(sync=True)      # {"svg", "url", "told"} of a code for a phone; empty before
    machine_camera = traitlets.Bool(False).tag(sync=True)  # whether the camera of this computer is the student's own
    first_set = MY_SET
    builder_type = DatasetBuilder
    _builder: DatasetBuilder | None = None

    def __init__(self, the_work: Work | None = None) -> None:
        words = picture_words()
        super().__init__(words=words | {key.removeprefix(f"{self.kind}_"): said for key, said in words.items() if key.startswith(f"{self.kind}_")})
        self.work = the_work or work()
        self.words = {**self.words, "expires": expiry(self.work)}
        self.machine_camera = self.work.on_own_computer
        self._camera = MachineCamera(lambda *message: self.send(*message), self.show_error)
        self._upload, self._added = Upload(), Counter[str]()
        self._exported = self.work.folder / "kept"
        with self.guarded():
            self.open_set(str(self.work.recall(self.kind).get("set") or self.first_set))

    @property
    def builder(self) -> DatasetBuilder:
        """The set; one whose folder could not be written is tried again."""
        return self._builder or self.open_set(self.sets["name"])

    def hear(self, content: Mapping[str, Any], buffers: list[bytes]) -> None:
        """What was pressed, recorded or dropped; the answer ``took`` lets the page send the next picture."""
        if content["do"] == "camera":
            if self.work.on_own_computer:
                self._camera.hear(str(content["what"]))
            return
        if content["do"] != "look":
            self.clear_error()
        failed = True
        try:
            self.doing(content, buffers)[content["do"]]()
            failed = False
        finally:
            self.send({"took": content.get("number", 0), "failed": failed})

    def doing(self, content: Mapping[str, Any], buffers: list[bytes]) -> Doing:
        """What each message of the page does."""
        return {
            "frame": lambda: self.change(lambda builder: builder.add(str(content["label"]), buffers, group=str(content.get("group", "")))),
            "file": lambda: self._part(content, buffers), "blur": lambda: self._blur(content),
            "class": lambda: self.change(lambda builder: builder.add_class(t("studio.new_class", number=len(builder.classes) + 1))),
            "rename": lambda: self.change(lambda builder: builder.rename_class(str(content["label"]), str(content["new"]))),
            "delete_class": lambda: self.change(lambda builder: builder.delete_class(str(content["label"]))),
            "undo": lambda: self.change(lambda builder: builder.undo()),
            "delete": lambda: self.change(lambda builder: builder.delete([str(content["name"])])),
            "picture": lambda: self._picture(str(content["label"]), int(content["place"])),
            "train": lambda: self.train(hold_back=bool(content.get("hold_back"))),
            "phone": self._invite, "delete_all": self._delete_all, "set": lambda: self.open_set(str(content["name"])),
        }  # fmt: skip

    def change(self, step: Callable[[DatasetBuilder], object]) -> None:
        """Changes the set and shows it."""
        step(self.builder)
        self.refresh()

    def train(self, *, hold_back: bool) -> None:
        """The set is good enough to be read: the lesson goes on with it."""
        name, dataset = self.builder.name, load_dataset(self.builder.folder)
        self.work.choose_dataset(name)
        self.status = t("studio.collected", name=name, count=sum(map(len, dataset.splits)), classes=len(dataset.classes))
        self.work.finish(self.kind)

    # The set, its cards and pictures.

    def open_set(self, name: str) -> DatasetBuilder:
        """Goes on with the set of this name; a new one begins with two classes."""
        self._builder, self.sets = None, {"name": name, "others": own_sets(self.work.workspace)}
        before = DatasetBuilder(name, workspace=self.work.workspace)
        for number in () if before.classes else (1, 2):
            before.add_class(t("studio.new_class", number=number))
        self._builder = builder = self.builder_type(name, workspace=self.work.workspace)  # opened after the first classes, so that no undo takes them away
        self.work.remember(self.kind, {"set": builder.name})
        self.trained, self.kept, self.phone = {}, [], {}
        self.refresh()
        return builder

    def refresh(self) -> None:
        """Shows the set as it is on the disk."""
        builder, pictures = self.builder, self.builder.pictures()
        mine = {label: [one.path for one in pictures if one.label == label] for label in builder.classes}
        self.cards = [{"label": label, "count": len(paths), "pictures": list(map(small_uri, paths[-SHOWN:]))} for label, paths in mine.items()]
        self.undoable = builder.can_undo
        self.sets = {"name": builder.name, "others": own_sets(self.work.workspace), "folder": str(builder.folder)}

    def _part(self, content: Mapping[str, Any], buffers: list[bytes]) -> None:
        if not content.get("place"):  # the first of those that were chosen together
            self._added.clear()
        name = str(content["name"])
        data = self._upload.take(content, buffers, most_bytes(name))
        if data is not None and not self.ask_first(name, data, lambda: self._add(name, data, "")):
            self._add(name, data, str(content["label"]))

    def _add(self, name: str, data: bytes, label: str) -> None:
        self._added.update(add_upload(self.builder, name, data, label=label))
        self.status = t("studio.added", count=self._added.total(), classes=len(self._added))
        self.refresh()

    def _picture(self, label: str, place: int, said: str = "") -> None:
        """Sends one picture of a class whole, to be looked at; without a picture where the class has none."""
        mine = self.builder.pictures(label)
        told, data = {"label": label, "count": len(mine), "said": said}, []
        if mine:
            one = mine[place % len(mine)]
            image = read_image(one.path)
            data = [encode_image(thumbnail(image, LOOK_SIDE), "WEBP", quality=90)]
            told |= {"name": one.name, "place": place % len(mine), "size": image.shape[1::-1]}
        self.send({"picture": told}, data)

    def _blur(self, content: Mapping[str, Any]) -> None:
        """Replaces the pixels in the file; what was exported of the set here goes, and the page says where else the picture lies."""
        name = str(content["name"])
        before = next((read_image_bytes(one.path) for one in self.builder.pictures() if one.name == name), b"")
        self.builder.blur(name, content["box"])
        shutil.rmtree(self._exported, ignore_errors=True)
        self.refresh()
        others = also_in(before, self.work.workspace)
        told = [t("studio.blurred"), *([t("studio.blurred_elsewhere", names=t("data.comma").join(others))] if others else [])]
        self._picture(str(content["label"]), int(content["place"]), " ".join(told))

    def _delete_all(self) -> None:
        for label in self.builder.classes:
            self.builder.delete_class(label)
        count = self.builder.forget_removed()
        shutil.rmtree(self._exported, ignore_errors=True)
        self.open_set(self.builder.name)
        self.status = t("studio.deleted", count=count)

    def _invite(self) -> None:
        """Shows a code that one phone may use, and looks for its pictures until the code ends."""
        code = invite(self.builder.name, self.work.workspace)
        url = phone_url(code)
        self.phone = {"svg": qr_svg(url), "url": url, "told": t("studio.phone_told")} if url else {"told": t("studio.phone_unreachable")}
        if url:
            threading.Thread(target=self._watch, args=(self.builder, code), daemon=True, name="edukit-phone").start()

    def _watch(self, builder: DatasetBuilder, code: str) -> None:
        end, seen = time.time() + SECONDS, builder.version
        while time.time() < end and self._builder is builder and self.phone.get("url", "").endswith(code):
            time.sleep(LOOK_SECONDS)
            with self.guarded():
                if (now := builder.version) != seen:
                    seen = now
                    self.refresh()
        if self.phone.get("url", "").endswith(code):
            self.phone = {}


def small_uri(path: Path) -> str:
    """A picture as it stands on a card."""
    return _small_uri(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _small_uri(path: Path, _changed_ns: int) -> str:
    return array_uri(thumbnail(read_image(path), CARD_SIDE))
