"""Our look around whatever a handler answers, and who may ask at all."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado.web import authenticated

from edukit.classroom import pages
from edukit.classroom.lessons import has_lesson
from edukit.core.i18n import LANGUAGES

Method = TypeVar("Method", bound=Callable[..., Any])


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
