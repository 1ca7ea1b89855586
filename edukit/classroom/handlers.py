"""Which address is answered by what; the small answers themselves, those about a page's kernel among them: is it alive, run the cells, shut down."""
from __future__ import annotations

import inspect
import logging
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.kernels.handlers import KernelHandler as JupyterKernelHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, RedirectHandler, StaticFileHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import TemplateStaticFileHandler
from voila.tornado.execution_request_handler import ExecutionRequestHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from edukit.classroom import pages
from edukit.classroom.base_handlers import KernelRequest, PageHandler, StyledHandler, signed_in
from edukit.classroom.lesson_page import LessonPage
from edukit.classroom.lessons import find_lessons
from edukit.classroom.phone import PhonePage
from edukit.core.i18n import LANGUAGES
from edukit.core.lesson_header import NAME

LANG = "|".join(LANGUAGES)
PROTOCOL = "v1.kernel.websocket.jupyter.org"

silent_log = logging.getLogger("edukit.cells")  # a cell that failed is reported once, by its kernel
silent_log.setLevel(logging.CRITICAL + 1)


class StartPage(PageHandler):
    """``/``: on to the cards in the browser's language."""

    @signed_in
    def get(self) -> None:
        """Redirects; for this visit only, another browser may speak another language."""
        self.set_header("Vary", "Accept-Language")
        self.redirect(f"{self.base_url}{self.language()}/")

    head = get


class IndexPage(PageHandler):
    """``/zh/`` and ``/en/``: the cards."""

    @signed_in
    def get(self, lang: str) -> None:
        """All lessons of one language."""
        self.set_header("Cache-Control", "no-cache")
        self.finish(pages.index_page(self.frame(lang), find_lessons(lang, self.settings["edukit_lessons"])))

    head = get


class Missing(PageHandler):
    """Everything else."""

    def prepare(self) -> None:
        """There is no method to look for."""
        raise HTTPError(404)


class TemplateFiles(StyledHandler, TemplateStaticFileHandler):  # type: ignore[misc]
    """Voila's template files; an address without a file in it is missing, not a crash."""

    def parse_url_path(self, url_path: str) -> str:
        """Splits template, ``static`` and file."""
        parts = url_path.split("/")
        if len(parts) < 3 or parts[1] != "static" or ".." in parts or parts[0] not in ("edukit", "lab", "base"):
            raise HTTPError(404)
        return str(super().parse_url_path(url_path))


class KernelHandler(KernelRequest, JupyterKernelHandler):  # type: ignore[misc]
    """What Jupyter answers about one kernel."""


class AliveHandler(KernelRequest, APIHandler):  # type: ignore[misc]
    """Tells a page whether its kernel still runs and whether work can be saved."""

    _track_activity = False  # a page that only asks must not keep its kernel from being culled

    @signed_in
    async def get(self, lang: str, kernel_id: str) -> None:
        """Answers ``{"alive", "saved", "saved_text"}``."""
        alive = kernel_id in self.kernel_manager
        if alive:
            asked = self.kernel_manager.get_kernel(kernel_id).is_alive()
            alive = await asked if inspect.isawaitable(asked) else asked
        frame = pages.Frame(lang=lang, local=self.local, workspace=self.workspace)
        saved = pages.can_save(self.workspace)
        self.finish({"alive": bool(alive), "saved": saved, "saved_text": frame.saved_text(saved)})


class ShutdownHandler(KernelRequest, VoilaShutdownKernelHandler):  # type: ignore[misc]
    """A closed page ends its kernel. A beacon cannot carry the _xsrf argument, so this route alone asks for the same origin instead."""

    def check_xsrf_cookie(self) -> None:
        """A foreign page does not know the kernel's id, and is refused besides."""
        if not self.check_origin():
            raise HTTPError(403)

    @signed_in
    async def post(self, kernel_id: str) -> None:
        """Ends the kernel, if it is still there."""
        if kernel_id in self.kernel_manager:
            await super().post(kernel_id)
        else:
            self.set_status(204)


class SocketHandler(KernelRequest, VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """Refuses clients that do not speak the binary protocol: one binary reply to such a client makes the server loop."""

    async def get(self, kernel_id: str) -> None:
        """Opens the socket."""
        spoken = self.request.headers.get("Sec-WebSocket-Protocol", "")
        if PROTOCOL not in [name.strip() for name in spoken.split(",")]:
            self.set_status(400)
            self.finish(f"This socket speaks {PROTOCOL} only.")
            return
        await super().get(kernel_id)


class RunHandler(KernelRequest, ExecutionRequestHandler):  # type: ignore[misc]
    """Runs a page's cells when the page asks for it."""

    log = silent_log
    _executor = None  # a page that is closed before it asked has none yet

    @property
    def _execution_data(self) -> dict[str, Any]:
        waiting: dict[str, Any] = self.kernel_manager.waiting
        return waiting


def our_routes(base: str, renderer_options: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Our addresses; they stand before Voila's. Short ones (``/zh``, ``/zh/01_first_model/``) and Voila's own lead to the stable ones."""
    short = (RedirectHandler, {"url": f"{base}{{0}}/{{1}}", "permanent": False})
    kernel = r"(?P<kernel_id>[\w-]+)"

    def at(pattern: str) -> str:
        return str(url_path_join(base, pattern))

    return [
        (f"{base}?", StartPage),
        (at(rf"/({LANG})"), RedirectHandler, {"url": f"{base}{{0}}/", "permanent": False}),
        (at(rf"/({LANG})/"), IndexPage),
        (at(rf"/({LANG})/({NAME})"), LessonPage, {"renderer_options": renderer_options}),
        (at(rf"/({LANG})/({NAME})/"), *short),
        (at(rf"/(?:voila/render/)?({LANG})/({NAME})\.ipynb"), *short),
        (at(r"/phone/(\w+)"), PhonePage),
        (at(r"/favicon\.(?:ico|svg)()"), StaticFileHandler, {"path": pages.HERE / "static" / "favicon.svg"}),
        (at(rf"/edukit/alive/(?P<lang>{LANG})/{kernel}"), AliveHandler),
        (at(rf"/api/kernels/{kernel}"), KernelHandler),
        (at(rf"/api/kernels/{kernel}/channels"), SocketHandler),
        (at(r"/voila/templates/(.*)"), TemplateFiles),
        (at(rf"/voila/execution/{kernel}"), RunHandler),
        (at(rf"/voila/api/shutdown/{kernel}"), ShutdownHandler),
    ]
