"""Which address is answered by what; the small answers themselves."""
from __future__ import annotations

from typing import Any

from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, RedirectHandler, StaticFileHandler
from voila.static_file_handler import TemplateStaticFileHandler

from edukit.classroom import pages
from edukit.classroom.base_handlers import PageHandler, StyledHandler, signed_in
from edukit.classroom.kernel_handlers import AliveHandler, KernelHandler, RunHandler, ShutdownHandler, SocketHandler
from edukit.classroom.lesson_page import LessonPage
from edukit.classroom.lessons import find_lessons
from edukit.classroom.phone import PhonePage
from edukit.core.i18n import LANGUAGES
from edukit.core.lesson_header import NAME

LANG = "|".join(LANGUAGES)


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
