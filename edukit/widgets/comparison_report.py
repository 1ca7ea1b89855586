"""The report of a comparison: what its jobs left in their folder, as a page of the view and as files to take along."""
from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from edukit import jobs
from edukit.comparison.accuracy_results import AccuracyComparison
from edukit.comparison.speed_results import SpeedGrid, devices_html, grid_html
from edukit.core.errors import EdukitError
from edukit.core.files import write_json, write_text
from edukit.core.html import tag
from edukit.core.i18n import t
from edukit.core.job_files import ANSWER
from edukit.widgets.home_view import take_buttons

SPEED, ACCURACY, REPORT = "speed.json", "accuracy.json", "comparison.html"


def found_in(folder: Path) -> dict[str, AccuracyComparison | SpeedGrid]:
    """What was measured, by the name of its file."""
    found: dict[str, AccuracyComparison | SpeedGrid] = {}
    job = jobs.find(folder)
    with suppress(KeyError, TypeError, ValueError):  # it was stopped, or measured speed alone
        answer = AccuracyComparison.from_dict(job.answer) if job and job.verb == "compare-accuracy" else None
        if answer and answer.models:
            found[ACCURACY] = answer
    with suppress(EdukitError):
        found[SPEED] = SpeedGrid.read(folder / SPEED)
    return found


def result_html(folder: Path | None, devices: list[Path]) -> str:
    """The newest report; the devices whose figures were uploaded are put beside it."""
    found = found_in(folder) if folder else {}
    pieces = _pieces(found, _all_speeds(folder, devices))
    take = ""
    if folder and found:
        sizes = folder / SPEED if SPEED in found else folder / ANSWER
        take = take_buttons(dict.fromkeys([REPORT, *found], sizes), sized=False)
    return take + "".join(tag("h3", title) + piece for title, piece in pieces)


def report_file(folder: Path, name: str, devices: list[Path], scratch: Path) -> Path:
    """The file of that name, written into ``scratch``."""
    from edukit.plots.page import card, report_page

    found, path = found_in(folder), scratch / name
    if name in found:
        write_json(path, found[name].to_dict())
        return path
    cards = [card(title, piece) for title, piece in _pieces(found, _all_speeds(folder, devices))]
    write_text(path, report_page(t("widgets.comparison.title"), [], t("widgets.comparison.explain"), cards))
    return path


def _all_speeds(folder: Path | None, devices: list[Path]) -> SpeedGrid:
    own = [folder / SPEED] if folder and (folder / SPEED).is_file() else []
    return SpeedGrid().merge(*map(SpeedGrid.read, [*own, *devices]))


def _pieces(found: dict[str, AccuracyComparison | SpeedGrid], everywhere: SpeedGrid) -> list[tuple[str, str]]:
    pieces, accuracy, speed = [], found.get(ACCURACY), found.get(SPEED)
    if isinstance(accuracy, AccuracyComparison):
        pieces.append((t("widgets.comparison.accuracy"), accuracy.html()))
    if isinstance(speed, SpeedGrid):
        pieces.append((t("widgets.comparison.speed"), grid_html(speed)))
    if beside := devices_html(everywhere):
        pieces.append((t("speed.devices"), beside))
    return pieces
