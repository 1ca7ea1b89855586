"""The program that a lesson's kernel runs: IPython, without the user's own start-up files, that shows a sentence instead of a traceback."""
from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import Any

from edukit.core.errors import EdukitError
from edukit.core.html import esc
from edukit.core.i18n import t

_failed: list[type[BaseException]] = []


def main() -> None:
    """Runs until the server ends it."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # 8 MB: a page has no debugger, and the kernel does without the package
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    settings = Config()
    settings.HistoryManager.enabled = False
    settings.IPKernelApp.log_level = logging.ERROR
    settings.InteractiveShellApp.ignore_cwd = True
    settings.InteractiveShellApp.extensions = ["edukit.classroom.kernel"]
    IPKernelApp.launch_instance(config=settings)


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython: errors of cells become a sentence in the page."""
    shell.set_custom_exc((Exception,), _show_error)


def _show_error(shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType | None, tb_offset: int | None = None) -> None:
    from IPython.display import HTML, display

    if _failed and isinstance(error, NameError):  # what an earlier cell failed to make; that was told already
        return
    _failed.append(kind)
    display(HTML(error_html(error)))
    shell.log.error("A cell failed", exc_info=(kind, error, trace))  # the teacher finds the whole story in the terminal


def error_html(error: BaseException) -> str:
    """What a page shows of an error: a sentence, what to do, and the code small at the end."""
    if isinstance(error, EdukitError):
        what, remedy, code = error.message, error.remedy, error.code
    else:
        what, remedy, code = t("classroom.cell_failed"), t("classroom.cell_failed_remedy"), type(error).__name__
    return (
        '<div class="ek-error" role="alert"><span aria-hidden="true">⚠</span>'
        f"<div><b>{esc(what)}</b> {esc(remedy)} <code>{esc(code)}</code></div></div>"
    )


if __name__ == "__main__":
    main()
