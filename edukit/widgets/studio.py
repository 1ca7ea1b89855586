"""The Studio: class cards, a camera, one button, a live answer; ``static/studio.js`` draws it and takes the pictures."""
from __future__ import annotations

import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from edukit import jobs
from edukit.core.html import array_uri, picture_uri
from edukit.core.i18n import language, t
from edukit.core.images import decode_image, encode_image, read_image, read_image_bytes, thumbnail
from edukit.core.lesson_header import LessonHeader, notebooks, read_header
from edukit.core.workspace import current
from edukit.data import DatasetBuilder, export_dataset, own_sets
from edukit.data.blurring import also_in
from edukit.data.phone import SECONDS, invite, phone_url, qr_svg
from edukit.data.uploading import most_bytes
from edukit.training.head_files import CHECKPOINT, INT8, ONNX
from edukit.training.studio import HeadStudio
from edukit.widgets.front import front_end
from edukit.widgets.machine_camera import MachineCamera
from edukit.widgets.transfers import Upload, expiry, picture_words, send_file
from edukit.widgets.view import Page
from edukit.widgets.work import Work, work

SHOWN = 6                    # pictures on a card
LOOK_SIDE = 960              # pixels of a picture that is looked at
LOOK_SECONDS = 1.0           # between looks for a phone's pictures
FIRST_SET = "studio"
FILES = {"int8": INT8, "onnx": ONNX, "checkpoint": CHECKPOINT}


class Studio(Page):
    """Pictures by camera, upload and drawing; a head trained in a moment; a live answer; files to keep.

    Example:
        >>> Studio().kind
        'studio'
    """

    _esm = front_end("studio.js")
    kind = traitlets.Unicode("studio").tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    cards = traitlets.List().tag(sync=True)      # {"label", "count", "pictures": data URIs}
    sets = traitlets.Dict().tag(sync=True)       # {"name", "others", "folder"}
    trained = traitlets.Dict().tag(sync=True)    # {"classes", "images", "test"}; empty before
    kept = traitlets.List().tag(sync=True)       # {"what", "label"} of files to download
    undoable = traitlets.Bool(False).tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    phone = traitlets.Dict().tag(sync=True)      # {"svg", "url", "told"} of a code for a phone; empty before
    machine_camera = traitlets.Bool(False).tag(sync=True)  # whether the camera of this computer is the student's own
    first_set = FIRST_SET

    def __init__(self, the_work: Work | None = None) -> None:
        words = picture_words()
        super().__init__(words=words | {key.removeprefix(f"{self.kind}_"): said for key, said in words.items() if key.startswith(f"{self.kind}_")})
        self.work = the_work or work()
        lesson = _collecting()
        self.words = {**self.words, "expires": expiry(self.work), "go_on": t("studio.go_on", title=lesson.title) if lesson else ""}
        self.machine_camera = self.work.on_own_computer
        self._camera = MachineCamera(lambda *message: self.send(*message), self.show_error)
        self._upload, self._added = Upload(), Counter[str]()
        self._last: Any = None
        self._kept = self.work.folder / "kept"
        with self.guarded():
            self._open(str(self.work.recall(self.kind).get("set") or self.first_set))

    def hear(self, content: Mapping[str, Any], buffers: list[bytes]) -> None:
        """What was pressed, recorded or dropped; the answer ``took`` lets the page send the next picture."""
        doing: dict[str, Callable[[], None]] = {
            "frame": lambda: self._add(str(content["label"]), buffers, group=str(content.get("group", ""))),
            "look": lambda: self._look(buffers[0]),
            "file": lambda: self._part(content, buffers),
            "class": lambda: self._change(lambda builder: builder.add_class(t("studio.new_class", number=len(builder.classes) + 1))),
            "rename": lambda: self._change(lambda builder: builder.rename_class(str(content["label"]), str(content["new"]))),
            "delete_class": lambda: self._change(lambda builder: builder.delete_class(str(content["label"]))),
            "undo": lambda: self._change(lambda builder: builder.undo()),
            "picture": lambda: self._picture(str(content["label"]), int(content["place"])),
            "blur": lambda: self._blur(content), "delete": lambda: self._change(lambda builder: builder.delete([str(content["name"])])),
            "train": lambda: self._train(hold_back=bool(content.get("hold_back"))),
            "phone": self._invite, "why": self._why, "keep": self._keep, "delete_all": self._delete_all,
            "set": lambda: self._open(str(content["name"])), "go_on": self._go_on,
            "download": lambda: self._download(str(content["what"])),
        }  # fmt: skip
        if content["do"] == "camera":
            if self.work.on_own_computer:
                self._camera.hear(str(content["what"]))
            return
        if content["do"] not in ("look", "frame"):
            self.clear_error()
        failed = True
        try:
            doing[content["do"]]()
            failed = False
        finally:
            self.send({"took": content.get("number", 0), "failed": failed})

    def _open(self, name: str) -> None:
        before = DatasetBuilder(name, workspace=self.work.workspace)
        for number in () if before.classes else (1, 2):
            before.add_class(t("studio.new_class", number=number))
        self.studio = HeadStudio(name, workspace=self.work.workspace)  # opened after the first classes, so that no undo takes them away
        self.work.remember(self.kind, {"set": self.studio.builder.name})
        self.trained, self.kept, self._last, self.phone = {}, [], None, {}
        self._refresh()

    def _refresh(self) -> None:
        builder, shown = self.studio.builder, []
        pictures = builder.pictures()
        for label in builder.classes:
            mine = [one.path for one in pictures if one.label == label]
            shown.append({"label": label, "count": len(mine), "pictures": [picture_uri(path, 64) for path in mine[-SHOWN:]]})
        self.cards, self.undoable = shown, builder.can_undo
        self.sets = {"name": builder.name, "others": [name for name in own_sets(self.work.workspace) if name != builder.name], "folder": str(builder.folder)}

    def _invite(self) -> None:
        """Shows a code that one phone may use, and looks for its pictures until the code ends."""
        code = invite(self.studio.builder.name, self.work.workspace)
        url = phone_url(code)
        self.phone = {"svg": qr_svg(url), "url": url, "told": t("studio.phone_told")} if url else {"told": t("studio.phone_unreachable")}
        if url:
            threading.Thread(target=self._watch, args=(self.studio.builder, code), daemon=True, name="edukit-phone").start()

    def _watch(self, builder: DatasetBuilder, code: str) -> None:
        end, seen = time.time() + SECONDS, builder.version
        while time.time() < end and self.studio.builder is builder and self.phone.get("url", "").endswith(code):
            time.sleep(LOOK_SECONDS)
            with self.guarded():
                if (now := builder.version) != seen:
                    seen = now
                    self._refresh()
        if self.phone.get("url", "").endswith(code):
            self.phone = {}

    def _change(self, step: Callable[[Any], object]) -> None:
        before = self.studio.builder.classes
        step(self.studio.builder)
        self.studio.follow(before)
        head = self.studio.head
        if self.trained and (head is None or list(head.classes) != self.trained["classes"]):
            self.trained = {**self.trained, "classes": list(head.classes)} if head else {}
            self.kept, self._last = [], None
            self.status = "" if head else t("studio.train_again")
        self._refresh()

    def _picture(self, label: str, place: int, said: str = "") -> None:
        """Sends one picture of a class whole, to be looked at; without a picture where the class has none."""
        mine = self.studio.builder.pictures(label)
        told, data = {"label": label, "count": len(mine), "said": said}, []
        if mine:
            one = mine[place % len(mine)]
            image = read_image(one.path)
            data = [encode_image(thumbnail(image, LOOK_SIDE), "WEBP", quality=90)]
            told |= {"name": one.name, "place": place % len(mine), "size": image.shape[1::-1]}
        self.send({"picture": told}, data)

    def _blur(self, content: Mapping[str, Any]) -> None:
        """Replaces the pixels in the file; what was exported of the set here goes, and the page says where else the picture lies."""
        builder, name = self.studio.builder, str(content["name"])
        before = next((read_image_bytes(one.path) for one in builder.pictures() if one.name == name), b"")
        self.studio.blur(name, content["box"])
        shutil.rmtree(self._kept, ignore_errors=True)
        self._refresh()
        others = also_in(before, self.work.workspace)
        told = [t("studio.blurred"), *([t("studio.blurred_elsewhere", names=t("data.comma").join(others))] if others else [])]
        self._picture(str(content["label"]), int(content["place"]), " ".join(told))

    def _add(self, label: str, pictures: list[bytes], *, group: str = "") -> None:
        self._take(label, pictures, group)
        self.clear_error()
        self.undoable = True
        self.cards = [
            {**card, "count": card["count"] + 1, "pictures": [*card["pictures"], _uri(pictures[0])][-SHOWN:]} if card["label"] == label else card
            for card in self.cards
        ]
        if label not in [card["label"] for card in self.cards]:  # another tab renamed it
            self._refresh()

    def _part(self, content: Mapping[str, Any], buffers: list[bytes]) -> None:
        if not content.get("place"):  # the first of those that were chosen together
            self._added.clear()
        data = self._upload.take(content, buffers, most_bytes(str(content["name"])))
        if data is not None:
            found = self._take_file(str(content["label"]), str(content["name"]), data)
            self._added.update(found)
            self.status = t("studio.added", count=self._added.total(), classes=len(self._added))
            self._refresh()

    def _take(self, label: str, pictures: list[bytes], group: str) -> None:
        self.studio.add(label, pictures, group=group)

    def _take_file(self, label: str, name: str, data: bytes) -> dict[str, int]:
        return self.studio.add_file(label, name, data)

    def _train(self, *, hold_back: bool) -> None:
        head = self.studio.train(hold_back=hold_back)
        test, told = self.studio.tested, {}
        if test:
            sentence = t("studio.test_bursts" if test.bursts else "studio.test", right=test.right, count=test.count)
            told = {"sentence": sentence, "wrong": [{"uri": picture_uri(path, 64), "said": said} for path, said in test.wrong[:12]]}
        self.trained = {"classes": list(head.classes), "images": len(head.learnt), "test": told}
        self.kept, self._last = [], None
        self.status = t("studio.trained", count=len(head.learnt), classes=len(head.classes))
        self.work.finish("studio")

    def _look(self, data: bytes) -> None:
        if self.studio.head is None:
            return
        shares, unknown, features = self.studio.look(data)
        self._last = (features, self.studio.head.classes[int(shares.argmax())])
        self.send({"answer": {"shares": [float(share) for share in shares], "unknown": unknown}})

    def _why(self) -> None:
        if self._last is None:
            return
        sides = self.studio.reasons(*self._last)
        told = [[{"uri": picture_uri(path, 64), "pull": f"{pull:+.1f}"} for path, pull in side if abs(pull) >= 0.05] for side in sides]
        self.send({"why": {"label": self._last[1], "for": told[0], "against": told[1]}})

    def _keep(self) -> None:
        if self.studio.head is None:
            return
        shutil.rmtree(self._kept, ignore_errors=True)
        run = self.work.new_run("train")
        files = self.studio.keep(run)
        self._run = run
        job = jobs.start("checkpoint-head", {"model": files[0]}, self.work.new_job("keep"), workspace=self.work.workspace)
        self.work.finish("keep")
        self.status = t("studio.kept", folder=str(run))
        self._offer()
        threading.Thread(target=self._await_files, args=(job, run), daemon=True, name="edukit-keep").start()

    def _offer(self, *, proved: bool = False) -> None:
        """Offers what is written: the checkpoint once its job has proved it."""
        names = {what: name for what, name in FILES.items() if (self._run / name).is_file() and (proved or name != CHECKPOINT)}
        self.kept = [{"what": "dataset", "label": t("studio.file_dataset")}, *({"what": what, "label": name} for what, name in names.items())]

    def _await_files(self, job: jobs.Job, run: Path) -> None:
        """Offers the rest once it is written, or says why it is not."""
        job.wait()
        if self._run != run or not self.kept:
            return
        if job.error:
            self.show_error(job.error)
        if self.status == t("studio.kept", folder=str(run)):
            self.status = "" if job.error else t("studio.written", folder=str(run))
        self._offer(proved=not job.error)

    def _download(self, what: str) -> None:
        path = self._run / FILES[what] if what in FILES else self._kept / f"{self.studio.builder.name}.zip"
        if what == "dataset":
            self._kept.mkdir(parents=True, exist_ok=True)
            export_dataset(self.studio.builder.folder, out=path, overwrite=True)
        self.status = t("studio.sent", name=path.name)
        send_file(self.send, path)

    def _go_on(self) -> None:
        """The lesson on building a set opens with this one."""
        if not (lesson := _collecting()):
            return
        there = Work(self.work.workspace.of_lesson(lesson.name), lesson)
        there.remember("collect", {"set": self.studio.builder.name})
        there.choose_dataset(self.studio.builder.name)
        self.send({"go": lesson.address})

    def _delete_all(self) -> None:
        count = self.studio.delete_all()
        shutil.rmtree(self._kept, ignore_errors=True)
        self._open(self.studio.builder.name)
        self.status = t("studio.deleted", count=count)


def _collecting() -> LessonHeader | None:
    """The lesson in which a set is built."""
    found = (read_header(path, path.stat().st_mtime_ns) for path in notebooks(language(), current().lessons))
    return next((one for one in found if one and one.kind == "lesson" and any(step.name == "collect" for step in one.steps)), None)


def _uri(data: bytes) -> str:
    return array_uri(thumbnail(decode_image(data), 64))
