"""What our handlers share: the look of pages and problems, whose request it is, and who may ask at all."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, authenticated

from edukit.classroom import pages
from edukit.classroom.address import is_loopback
from edukit.classroom.lessons import has_lesson
from edukit.core.i18n import LANGUAGES
from edukit.core.workspace import Workspace

Method = TypeVar("Method", bound=Callable[..., Any])
StudentOf = Callable[[HTTPServerRequest], str]


def signed_in(method: Method) -> Method:
    """Only for those whom the server lets in; on one's own computer that is everyone."""
    return cast("Method", authenticated(method))


class StudentRequest:
    """A request to one of our addresses; the handler underneath may be Jupyter's or Tornado's own."""

    request: Any
    settings: dict[str, Any]

    @property
    def workspace(self) -> Workspace:
        """Of the student who asks, by the server's ``student_of``."""
        student_of: StudentOf | None = self.settings["edukit_student_of"]
        return self.workspace_of(student_of(self.request) if student_of else self.settings["edukit_workspace"].student)

    def workspace_of(self, student: str) -> Workspace:
        """Of a student; the owner's own work never expires."""
        owner: Workspace = self.settings["edukit_workspace"]
        workspace = owner.of_student(student)
        return replace(workspace, expire_days=0) if workspace.student == owner.student else workspace

    @property
    def local(self) -> bool:
        """Whether browser and server are one computer; behind a proxy the name that the browser used tells."""
        return is_loopback(str(self.request.remote_ip)) and is_loopback(str(self.request.host_name).strip("[]"))


class KernelRequest(StudentRequest):
    """A request about one kernel: to all but the student who started it, there is no such kernel."""

    async def prepare(self) -> None:
        """Looks whose kernel it is; the address names it ``kernel_id``."""
        await super().prepare()  # type: ignore[misc]
        owner = self.kernel_manager.students.get(self.path_kwargs["kernel_id"])  # type: ignore[attr-defined]
        if owner not in (None, self.workspace.student):
            raise HTTPError(404)


class StyledHandler(StudentRequest):
    """A handler that shows problems in our look."""

    def frame(self, lang: str | None = None, other: str = "") -> pages.Frame:
        """What stands around the page."""
        known = tuple(each for each in LANGUAGES if not other or has_lesson(each, other, self.settings["edukit_lessons"]))
        return pages.Frame(
            lang=lang or self.language(), base=self.settings["base_url"], other=other, local=self.local, known=known, workspace=self.workspace
        )

    def language(self) -> str:
        """The language in the address, else the one given to ``serve``, else what the browser asks for, else the server's."""
        in_address = str(self.request.path).removeprefix(self.settings["base_url"]).split("/")[0]
        if in_address in LANGUAGES:
            return in_address
        chosen: str | None = self.settings["edukit_lang"]
        return chosen or pages.preferred_language(self.request.headers.get("Accept-Language", ""), self.settings["edukit_machine_lang"])

    def get_login_url(self) -> str:
        """There is no page to log in: the address that the server prints carries the token."""
        raise HTTPError(403)

    def write_error(self, status_code: int, **_: Any) -> None:
        """The page that says what went wrong."""
        locked = status_code == 403 and self.settings["edukit_address"].token and not getattr(self, "current_user", None)
        self.set_header("Content-Type", "text/html; charset=utf-8")  # type: ignore[attr-defined]
        self.finish(pages.problem_page(self.frame(), status_code, "locked" if locked else ""))  # type: ignore[attr-defined]


def styled(handler: type) -> type:
    """Someone else's handler with our look; one that answers programs keeps its own form."""
    return handler if issubclass(handler, (APIHandler, StyledHandler)) else type(handler.__name__, (StyledHandler, handler), {})


class PageHandler(StyledHandler, JupyterHandler):  # type: ignore[misc]
    """A page of ours."""

    @property
    def content_security_policy(self) -> str:
        """Nothing from anywhere else, whatever a notebook or a name in a dataset may hold."""
        return "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws: wss: data: blob:; frame-ancestors 'self'"
