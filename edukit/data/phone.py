"""Invitations for one phone each: a code in a QR code lets it send pictures into one set for a while, and nothing else."""
from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from edukit.core.files import read_record, write_json
from edukit.core.workspace import Workspace

ADDRESS = "EDUKIT_PHONE_URL"  # where phones reach the class server; a kernel learns it from the server
SECONDS = 900
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
_LENGTH = 10
_QUIET = 4  # modules of white around a QR code, as its standard (ISO/IEC 18004) wants


@dataclass(frozen=True)
class Invitation:
    """Who may send pictures where.

    Args:
        student, dataset: Whose set.
        until: The time at which it ends, in seconds since 1970.
        phone: The secret of the first phone that came; empty before. No other may use the code.
    """

    student: str
    dataset: str
    until: float
    phone: str = ""


def invite(dataset: str, workspace: Workspace) -> str:
    """A new code for one phone. Codes that have ended are forgotten."""
    folder = workspace.cache / "phone"
    for path in folder.glob("*.json"):
        if float(read_record(path).get("until") or 0) < time.time():
            path.unlink(missing_ok=True)
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    write_json(_path(workspace, code), vars(Invitation(workspace.student, dataset, time.time() + SECONDS)))
    return code


def claim(code: str, phone: str, workspace: Workspace) -> Invitation | None:
    """The invitation that belongs to a code, for the first phone that asks; None for others, and when it has ended."""
    told = read_record(_path(workspace, code)) if set(code) <= set(_LETTERS) and len(code) == _LENGTH else {}
    if not told or told["until"] < time.time() or told["phone"] not in ("", phone):
        return None
    found = Invitation(**{**told, "phone": phone})
    if not told["phone"]:
        write_json(_path(workspace, code), vars(found))
    return found


def phone_url(code: str) -> str:
    """What the phone opens; empty where no phone reaches this machine."""
    base = os.environ.get(ADDRESS, "")
    return f"{base.rstrip('/')}/phone/{code}" if base else ""


def qr_svg(text: str) -> str:
    """A QR code as SVG, black on white.

    Example:
        >>> qr_svg("http://192.168.1.5:8866/phone/abcdefghjk").count("<svg ")
        1
    """
    import cv2
    import numpy as np

    modules = np.asarray(cv2.QRCodeEncoder.create().encode(text)) < 128
    rows, columns = np.nonzero(modules)
    modules = modules[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]  # OpenCV's own margin depends on its version
    side = len(modules) + 2 * _QUIET
    drawn = "".join(f"M{x + _QUIET} {y + _QUIET}h1v1h-1z" for y, x in zip(*np.nonzero(modules)))
    return f"<svg viewBox='0 0 {side} {side}' width='220' height='220' role='img'><rect width='{side}' height='{side}' fill='#fff'/><path d='{drawn}'/></svg>"


def _path(workspace: Workspace, code: str) -> Path:
    return workspace.cache / "phone" / f"{code}.json"
