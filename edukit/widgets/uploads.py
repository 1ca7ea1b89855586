"""Models that a learner uploads to a tool's page: each in a folder of its own, kept once it is known that it can be read safely."""
from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edukit import jobs
from edukit.comparison.speed_results import SpeedGrid
from edukit.core.errors import EdukitError, FileUnreadable, NoCard, UnknownModelFormat, UploadsFull, short_path
from edukit.core.files import human_size, read_record, size_of, write_bytes, write_json
from edukit.core.html import choice, esc
from edukit.core.i18n import language, t
from edukit.core.lesson_header import find_header
from edukit.core.limits import MAX_IMAGE_BYTES
from edukit.core.resources import resource
from edukit.core.workspace import numbered
from edukit.data import DatasetBuilder, sample_model
from edukit.data.naming import safe_name
from edukit.data.uploading import add_upload
from edukit.jobs import Job
from edukit.runtime.formats import inspect_model
from edukit.widgets.artefacts import CHECKPOINT, ONNX, runs_of
from edukit.widgets.work import Work

MOST_BYTES = MAX_IMAGE_BYTES
MOST_KEPT_BYTES = 3 * MOST_BYTES  # of one student, with what was made of them: a class of thirty fits on a usual disk
CARDED = "carded.onnx"  # a copy with the card that it was given by hand
MOST_MODELS = 40
FORMS = {".pth": CHECKPOINT, ".onnx": ONNX}  # by suffix, what the file is called here
RECORD = "upload.json"
MOST_LOGGED = 30  # lines


@dataclass(frozen=True)
class Uploaded:
    """One uploaded model.

    Args:
        folder: Its own, ``upload-3``; what is made of it comes to lie there too.
        path: The file.
        name: What it was called.
    """

    folder: Path
    path: Path
    name: str


def uploads(work: Work, page: str | None = None) -> list[Uploaded]:
    """The uploaded models, the newest first: of this page, or of all pages whose names ``page`` fits."""
    found = []
    for folder in [one for place in sorted(work.folder.parent.glob(page or work.folder.name)) for one in numbered("upload", place)]:
        record = read_record(folder / RECORD)
        path = folder / FORMS.get(Path(str(record.get("name"))).suffix.lower(), "-")
        path = folder / CARDED if (folder / CARDED).is_file() else path
        if path.is_file():
            found.append(Uploaded(folder, path, str(record["name"])))
    return found


def keep_upload(work: Work, name: str, data: bytes) -> Uploaded:
    """Keeps an uploaded model; nothing in it is run, and what cannot be read safely is not kept.

    Raises:
        UnknownModelFormat, UploadsFull, and what ``inspect_model`` raises.
    """
    known = safe_name(Path(name.replace("\\", "/")).name)
    suffix = Path(known).suffix.lower()
    if suffix not in FORMS:
        raise UnknownModelFormat(path=known, wanted=", ".join(FORMS))
    mine = uploads(work, "*")
    total = len(data) + sum(size_of(one.folder) for one in mine)
    if mine and total > MOST_KEPT_BYTES:
        largest = max(mine, key=lambda one: size_of(one.folder))
        told = f"{largest.name} ({human_size(size_of(largest.folder))})"
        raise UploadsFull(path=known, found=human_size(total), limit=human_size(MOST_KEPT_BYTES), largest=told)
    folder = work.new_run("upload")
    path = folder / FORMS[suffix]
    try:
        with errors_call_it(known):
            write_bytes(path, data)
            inspect_model(path)
        write_json(folder / RECORD, {"name": known})
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Uploaded(folder, path, known)


@contextmanager
def errors_call_it(name: str) -> Iterator[None]:
    """What an error inside says of a file's path becomes the name that the learner knows the file by."""
    try:
        yield
    except EdukitError as error:
        error.found |= {"path": name} if "path" in error.found else {}
        raise


def delete_upload(work: Work, key: str) -> str:
    """Really deletes an upload and what was made of it, and says so; ``key`` is a button's of ``uploads_html``."""
    one = next((one for one in uploads(work, "*") if _key(one) == key), None)
    if one is None:  # another page deleted it
        return ""
    shutil.rmtree(one.folder, ignore_errors=True)
    return t("widgets.converter.deleted", name=one.name)


def uploads_html(work: Work) -> str:
    """What the student has uploaded to all tools, each with a button ``delete_upload``; empty where there is nothing."""
    mine = {one: size_of(one.folder) for one in uploads(work, "*")}
    buttons = "".join(
        choice("delete_upload", _key(one), t("widgets.converter.delete", name=one.name, size=human_size(size)), chosen=False) for one, size in mine.items()
    )
    told = t("widgets.converter.kept", used=human_size(sum(mine.values())), limit=human_size(MOST_KEPT_BYTES))
    return f"<details><summary>{esc(told)}</summary><div class='ek-row'>{buttons}</div></details>" if mine else ""


def _key(one: Uploaded) -> str:
    return f"{one.folder.parent.name}/{one.folder.name}"


def bare_upload(work: Work) -> Uploaded | None:
    """The newest upload that bears no card and was given none yet."""
    return next((one for one in uploads(work) if isinstance(_card_error(one.path), NoCard)), None)


def given_cards(work: Work) -> list[Uploaded]:
    """The uploads of this page that were given a card by hand, the newest first; the file as it was uploaded lies beside each."""
    return [one for one in uploads(work) if one.path.name == CARDED]


def models_of(work: Work) -> dict[str, tuple[str, Path]]:
    """Every model that the student has, by a key that lasts: its name for people and the file. Uploads first, then the runs of all lessons, newest first."""
    mine = [one for one in uploads(work) if one.path.name == CARDED or _card_error(one.path) is None]
    often = Counter(one.name for one in mine)
    found = {f"upload/{one.folder.name}": (f"{one.name} ({one.folder.name})" if often[one.name] > 1 else one.name, one.path) for one in mine}
    lessons = [path.name for path in sorted(work.folder.parent.iterdir()) if path.is_dir() and path not in (work.folder, work.workspace.datasets)]
    for lesson in lessons:
        title = find_header(lesson, language(), work.workspace.lessons).title
        for run in runs_of(work.workspace.of_lesson(lesson)):
            called = read_record(run.folder / RECORD).get("name") or run.title
            found |= {f"{lesson}/{run.name}/{path.name}": (f"{title} · {called} · {path.name}", path) for path in run.models}
    sample = sample_model()
    return dict(list(found.items())[:MOST_MODELS]) | ({"sample": (sample.name, sample)} if sample else {})


def keep_pictures(work: Work, name: str, data: bytes) -> str:
    """Makes a set of one's own of a zip of pictures, and returns its name. Raises as ``add_upload``."""
    builder = DatasetBuilder(Path(safe_name(name)).stem, workspace=work.workspace)
    add_upload(builder, name, data)
    return str(builder.name)


def keep_device(work: Work, name: str, data: bytes) -> None:
    """Keeps what ``compare_speed`` wrote on another device. Raises ``FileUnreadable``."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "device.json"
        path.write_bytes(data)
        grid = SpeedGrid.read(path)
    if not grid.measured:
        raise FileUnreadable(path=name, reason=t("speed.no_grid"))
    write_json(work.folder / "devices" / f"{Path(safe_name(Path(name).name)).stem}.json", grid.to_dict())


def devices_in(work: Work) -> list[Path]:
    """What was kept so."""
    return sorted((work.folder / "devices").glob("*.json"))


def _card_error(path: Path) -> EdukitError | None:
    """Why a model's card cannot be read; None where it can."""
    try:
        _ = inspect_model(path).card
    except EdukitError as error:
        return error
    return None


def newest_job(work: Work, one: Uploaded, verbs: Sequence[str], state: str = "", *, out: str = "") -> Job | None:
    """The newest job of any of ``verbs`` that read or wrote in the upload's folder; that ended as ``state`` says and wrote ``out`` where these are given."""
    found = [job for verb in verbs for folder in work.jobs(verb) if (job := jobs.find(folder)) and state in ("", job.state)]
    here = [job for job in found if any(Path(value).parent == one.folder for value in job.arguments.values() if isinstance(value, str))]
    here = [job for job in here if out in ("", Path(str(job.arguments.get("out"))).name)]
    return max(here, key=lambda job: job.began_ns, default=None)


def by_name(work: Work, text: str) -> str:
    """What a job said, with the uploaded models and the datasets called what the learner calls them."""
    known = {str(path): one.name for one in uploads(work) for path in (one.folder / ONNX, one.path)}  # also what was made of it on the way
    folders = [*(one.folder for one in uploads(work)), work.workspace.datasets, resource("datasets")]
    for place, name in (known | {f"{folder}{os.sep}": "" for folder in folders}).items():
        text = re.sub(rf"(?<![A-Za-z0-9_/\\~.-]){re.escape(short_path(place))}", name.replace("\\", r"\\"), text)
    return text


def log_html(work: Work, job: Job | None) -> str:
    """What a job told, stage by stage; unfolded where it failed, with what mends it."""
    if job is None:
        return ""
    lines = [f"{job.verb}: {job.state}"]
    for event in job.events():
        lines += [str((event.get("values") or {}).get("stage") or ""), str(event.get("text") or (event.get("error") or {}).get("message") or "")]
    lines.append((job.error or {}).get("remedy", ""))
    told = "\n".join(list(dict.fromkeys(line for line in lines if line))[-MOST_LOGGED:])
    opened, head = " open" if job.state in ("failed", "lost") else "", esc(t("widgets.converter.log"))
    style = "white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere"
    return f"<details{opened}><summary>{head}</summary><pre style='{style}'>{esc(by_name(work, told))}</pre></details>"
