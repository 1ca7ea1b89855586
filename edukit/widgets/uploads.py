"""Models that a learner uploads to a tool's page: each in a folder of its own, kept once it is known that it can be read safely."""
from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edukit import jobs
from edukit.core.errors import UnknownModelFormat
from edukit.core.files import output_error, read_record, write_json
from edukit.core.html import esc
from edukit.core.i18n import t
from edukit.core.limits import MAX_IMAGE_BYTES
from edukit.core.workspace import numbered
from edukit.data.naming import safe_name
from edukit.jobs import Job
from edukit.runtime.formats import inspect_model
from edukit.widgets.artefacts import CHECKPOINT, ONNX
from edukit.widgets.work import Work

MOST_BYTES = MAX_IMAGE_BYTES
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


def uploads(work: Work) -> list[Uploaded]:
    """The uploaded models of this page, the newest first."""
    found = []
    for folder in numbered("upload", work.folder):
        record = read_record(folder / RECORD)
        path = folder / FORMS.get(Path(str(record.get("name"))).suffix.lower(), "-")
        if path.is_file():
            found.append(Uploaded(folder, path, str(record["name"])))
    return found


def keep_upload(work: Work, name: str, data: bytes) -> Uploaded:
    """Keeps an uploaded model; nothing in it is run, and what cannot be read safely is not kept.

    Raises:
        UnknownModelFormat, and what ``inspect_model`` raises.
    """
    known = safe_name(Path(name.replace("\\", "/")).name)
    suffix = Path(known).suffix.lower()
    if suffix not in FORMS:
        raise UnknownModelFormat(path=known, wanted=", ".join(FORMS))
    folder = work.new_run("upload")
    path = folder / FORMS[suffix]
    try:
        path.write_bytes(data)
        inspect_model(path)
        write_json(folder / RECORD, {"name": known})
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise output_error(error, path) from error
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Uploaded(folder, path, known)


def newest_job(work: Work, one: Uploaded, verbs: Sequence[str], state: str = "") -> Job | None:
    """The newest job of any of ``verbs`` that read or wrote in the upload's folder, and ended as ``state`` says if one is asked for."""
    found = [job for verb in verbs for folder in work.jobs(verb) if (job := jobs.find(folder)) and state in ("", job.state)]
    here = [job for job in found if any(Path(value).parent == one.folder for value in job.arguments.values() if isinstance(value, str))]
    return max(here, key=lambda job: (job.folder / "job.json").stat().st_mtime_ns, default=None)


def log_html(job: Job | None) -> str:
    """What a job told, stage by stage; unfolded where it failed, with what mends it."""
    if job is None:
        return ""
    lines = [f"{job.verb}: {job.state}"]
    for event in job.events():
        lines += [str((event.get("values") or {}).get("stage") or ""), str(event.get("text") or (event.get("error") or {}).get("message") or "")]
    lines.append((job.error or {}).get("remedy", ""))
    told = "\n".join(list(dict.fromkeys(line for line in lines if line))[-MOST_LOGGED:])
    return f"<details{' open' if job.state in ('failed', 'lost') else ''}><summary>{esc(t('widgets.converter.log'))}</summary><pre>{esc(told)}</pre></details>"
