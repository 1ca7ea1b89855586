"""What the server answers to which address."""
from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler, authenticated
from voila.notebook_renderer import NotebookRenderer
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import TemplateStaticFileHandler
from voila.tornado.execution_request_handler import ExecutionRequestHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.utils import get_page_config

from edukit.classroom import pages
from edukit.classroom.kernels import KERNEL
from edukit.classroom.lessons import NAME, find_lessons, has_lesson
from edukit.core.i18n import LANGUAGES

PROTOCOL = "v1.kernel.websocket.jupyter.org"
LANG = "|".join(LANGUAGES)

Method = TypeVar("Method", bound=Callable[..., Any])

_unheard = logging.getLogger("edukit.cells")  # a cell that failed is told once, by its kernel
_unheard.setLevel(logging.CRITICAL + 1)


def signed_in(method: Method) -> Method:
    """Only for those whom the server lets in; on one's own computer that is everyone."""
    return cast("Method", authenticated(method))


class Dressed:
    """A handler that shows problems in our look; it may be Jupyter's or Tornado's own underneath."""

    request: Any
    settings: dict[str, Any]

    def frame(self, lang: str | None = None, other: str = "") -> pages.Frame:
        """What stands around the page."""
        known = tuple(each for each in LANGUAGES if not other or has_lesson(each, other, self.settings["edukit_lessons"]))
        local = self.request.remote_ip in ("127.0.0.1", "::1")
        return pages.Frame(lang=lang or self.language(), base=self.settings["base_url"], other=other, local=local, known=known)

    def language(self) -> str:
        """The language in the address, else the one given to ``serve``, else what the browser asks for, else the server's."""
        in_address = str(self.request.path).removeprefix(self.settings["base_url"]).split("/")[0]
        if in_address in LANGUAGES:
            return in_address
        told: str | None = self.settings["edukit_lang"]
        return told or pages.preferred_language(self.request.headers.get("Accept-Language", ""), self.settings["edukit_machine_lang"])

    def write_error(self, status_code: int, **_: Any) -> None:
        """The page that says what went wrong."""
        self.set_header("Content-Type", "text/html; charset=utf-8")  # type: ignore[attr-defined]
        self.finish(pages.problem_page(self.frame(), status_code))  # type: ignore[attr-defined]


def dressed(handler: type) -> type:
    """Someone else's handler with our look; one that answers programs keeps its own form."""
    return handler if issubclass(handler, (APIHandler, Dressed)) else type(handler.__name__, (Dressed, handler), {})


class OurPage(Dressed, JupyterHandler):  # type: ignore[misc]
    """A page of ours."""

    @property
    def content_security_policy(self) -> str:
        """Nothing from anywhere else, whatever a notebook or a name in a dataset may hold."""
        return "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws: wss: data: blob:; frame-ancestors 'self'"


class StartPage(OurPage):
    """``/``: on to the cards in the browser's language."""

    @signed_in
    def get(self) -> None:
        """Redirects; for this visit only, another browser may speak another language."""
        self.set_header("Vary", "Accept-Language")
        self.redirect(f"{self.base_url}{self.language()}/")

    head = get


class IndexPage(OurPage):
    """``/zh/`` and ``/en/``: the cards."""

    @signed_in
    def get(self, lang: str) -> None:
        """All lessons of one language."""
        self.set_header("Cache-Control", "no-cache")
        self.finish(pages.index_page(self.frame(lang), find_lessons(lang, self.settings["edukit_lessons"])))

    head = get


class LessonPage(OurPage):
    """``/zh/01_first_model``: a lesson as an app."""

    def initialize(self, renderer_options: dict[str, Any]) -> None:
        """Takes what every page's renderer needs."""
        self.renderer_options = renderer_options

    @signed_in
    def head(self, lang: str, name: str) -> None:
        """Whether there is such a lesson; starts no kernel."""
        if not has_lesson(lang, name, self.settings["edukit_lessons"]):
            raise HTTPError(404)

    @signed_in
    async def get(self, lang: str, name: str) -> None:
        """Sends the prose at once and the rest as it comes; the kernel starts meanwhile."""
        if not has_lesson(lang, name, self.settings["edukit_lessons"]):
            raise HTTPError(404)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        renderer = await self._renderer(lang, name)
        kernel_id = None
        try:
            kernel_id = await self.kernel_manager.start_kernel(kernel_name=KERNEL, lang=lang, lesson=name, env=self._environment())
            self.kernel_manager.waiting[kernel_id] = {"nb": renderer.notebook, "config": renderer.traitlet_config, "show_tracebacks": False}
            async for part, _ in renderer.generate_content_generator(kernel_id, self.kernel_manager.get_kernel(kernel_id)):
                self.write(part)
                await self.flush()
        except StreamClosedError:  # the page was left before it was whole
            await self._end(kernel_id)
        except Exception:
            self.log.exception("The lesson %s could not be started", name)
            await self._end(kernel_id)
            self.finish(pages.start_failed(self.frame(lang)))

    async def _renderer(self, lang: str, name: str) -> NotebookRenderer:
        path = f"{lang}/{name}.ipynb"
        configuration = self.renderer_options["voila_configuration"]
        shared = {"base_url": self.base_url, "settings": self.settings, "log": self.log, "voila_configuration": configuration}
        page_config = get_page_config(**shared) | {"edukit": lesson_values(self.frame(lang, name))}
        renderer = NotebookRenderer(
            request_handler=self,
            notebook_path=path,
            config_manager=self.config_manager,
            contents_manager=self.contents_manager,
            kernel_spec_manager=self.kernel_spec_manager,
            base_url=self.base_url,
            page_config=page_config,
            **self.renderer_options,
        )
        await renderer.initialize()
        return renderer

    def _environment(self) -> dict[str, str]:
        return dict(os.environ) | {"QUERY_STRING": self.request.query, "SCRIPT_NAME": self.request.path}

    async def _end(self, kernel_id: str | None) -> None:
        if kernel_id and kernel_id in self.kernel_manager:
            await self.kernel_manager.shutdown_kernel(kernel_id, now=True)


def lesson_values(frame: pages.Frame) -> dict[str, Any]:
    """What the lesson template and the page's script need."""
    script = (pages.HERE / "static" / "page.js").read_text(encoding="utf-8")
    told = {key: frame.text(key) for key in ("loading", "slow", "offline", "offline_short", "saved_short", "not_saved_short")}
    return frame.values() | {"page": told | {"alive": f"{frame.base}edukit/alive/{frame.lang}/"}, "script": script}


class ShortAddress(OurPage):
    """``/zh``, ``/zh/01_first_model/`` and Voila's own addresses lead to the stable ones."""

    @signed_in
    def get(self, lang: str, name: str = "") -> None:
        """Redirects."""
        self.redirect(f"{self.base_url}{lang}/{name}")


class Missing(OurPage):
    """Everything else."""

    def prepare(self) -> None:
        """There is no method to look for."""
        raise HTTPError(404)


class KernelAlive(APIHandler):  # type: ignore[misc]
    """Tells a page whether its kernel still runs and whether work can be saved."""

    _track_activity = False  # a page that only asks must not keep its kernel from being culled

    @signed_in
    async def get(self, lang: str, kernel_id: str) -> None:
        """Answers ``{"alive", "saved", "saved_text"}``."""
        alive = kernel_id in self.kernel_manager
        if alive:
            asked = self.kernel_manager.get_kernel(kernel_id).is_alive()
            alive = await asked if inspect.isawaitable(asked) else asked
        saved = pages.can_save()
        frame = pages.Frame(lang=lang, local=self.request.remote_ip in ("127.0.0.1", "::1"))
        self.finish({"alive": bool(alive), "saved": saved, "saved_text": frame.saved_text(saved)})


class LeftPage(VoilaShutdownKernelHandler):  # type: ignore[misc]
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


class KernelSocket(VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """Refuses clients that do not speak the binary protocol: one binary reply to such a client makes the server loop."""

    async def get(self, kernel_id: str) -> None:
        """Opens the socket."""
        spoken = self.request.headers.get("Sec-WebSocket-Protocol", "")
        if PROTOCOL not in [name.strip() for name in spoken.split(",")]:
            self.set_status(400)
            self.finish(f"This socket speaks {PROTOCOL} only.")
            return
        await super().get(kernel_id)


class RunCells(ExecutionRequestHandler):  # type: ignore[misc]
    """Runs a page's cells when the page asks for it."""

    log = _unheard
    _executor = None  # a page that is closed before it asked has none yet

    @property
    def _execution_data(self) -> dict[str, Any]:
        waiting: dict[str, Any] = self.kernel_manager.waiting
        return waiting


class TemplateFiles(Dressed, TemplateStaticFileHandler):  # type: ignore[misc]
    """Voila's template files; an address without a file in it is missing, not a crash."""

    def parse_url_path(self, url_path: str) -> str:
        """Splits template, ``static`` and file."""
        parts = url_path.split("/")
        if len(parts) < 3 or parts[1] != "static" or ".." in parts or parts[0] not in ("edukit", "lab", "base"):
            raise HTTPError(404)
        return str(super().parse_url_path(url_path))


class Favicon(RequestHandler):  # type: ignore[misc]
    """The little picture in the browser's tab."""

    def get(self) -> None:
        """Sends it."""
        self.set_header("Content-Type", "image/svg+xml")
        self.set_header("Cache-Control", "max-age=86400")
        self.finish((pages.HERE / "static" / "favicon.svg").read_bytes())


def our_routes(base: str, renderer_options: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Our addresses; they stand before Voila's."""
    kernel = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"

    def at(pattern: str) -> str:
        return str(url_path_join(base, pattern))

    return [
        (base, StartPage),
        (at(rf"/({LANG})"), ShortAddress),
        (at(rf"/({LANG})/"), IndexPage),
        (at(rf"/({LANG})/({NAME})"), LessonPage, {"renderer_options": renderer_options}),
        (at(rf"/({LANG})/({NAME})/"), ShortAddress),
        (at(rf"/(?:voila/render/)?({LANG})/({NAME})\.ipynb"), ShortAddress),
        (at(r"/favicon\.(?:ico|svg)"), Favicon),
        (at(rf"/edukit/alive/({LANG})/([\w-]+)"), KernelAlive),
        (at(rf"/api/kernels/{kernel}/channels"), KernelSocket),
        (at(r"/voila/templates/(.*)"), TemplateFiles),
        (at(rf"/voila/execution/{kernel}"), RunCells),
        (at(r"/voila/api/shutdown/(.*)"), LeftPage),
    ]
