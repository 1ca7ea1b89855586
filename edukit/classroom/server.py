"""The class server: Voila with our pages, our kernels and nothing from the internet."""
from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import signal
import socket
import sys
import webbrowser
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from ssl import SSLContext
from typing import Any

import nbformat
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler
from traitlets import Dict
from traitlets.config import Config
from voila.app import Voila
from voila.voila_identity_provider import VoilaIdentityProvider

from edukit import jobs
from edukit.classroom import certificate, handlers, pages
from edukit.classroom.address import TOKEN_VARIABLE, Address, check_base_url, check_port, choose_token, listen
from edukit.classroom.base_handlers import StudentOf, styled
from edukit.classroom.expiry import expire as delete_expired
from edukit.classroom.jupyter_folders import own_jupyter, server_name
from edukit.classroom.kernels import LessonKernels, LessonKernelSpecs, QuickConnection, kernel_environment
from edukit.core.i18n import language, set_language, t
from edukit.core.lesson_header import lessons_root
from edukit.core.subprocess_env import silence
from edukit.core.workspace import Workspace, current
from edukit.jobs.warm import warm_process

NOT_IN_THE_APP = frozenset({"code", "exercise", "solution"})
SWEEP_SECONDS = 3600
IDLE_SECONDS = 600  # a kernel whose page is gone; a closed page ends its own at once
STOP_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]  # also when the window is closed
REPLACED = (
    "voila/render/", "voila/tree", "voila/files/", "voila/api/contents", "voila/templates/", "voila/execution/", "voila/api/shutdown/", "api/kernels/",
    "login", "logout",
)  # fmt: skip


class TokenIdentity(VoilaIdentityProvider):  # type: ignore[misc]
    """Lets in who brings the token, by the address once and by a cookie afterwards."""

    def get_token(self, handler: Any) -> Any:
        """The header's token before the address's: what stands in the address may be meant for the proxy in front."""
        header = self.auth_header_pat.match(handler.request.headers.get("Authorization", ""))
        return header[2] if header else super().get_token(handler)

    def is_token_authenticated(self, _: Any) -> bool:
        """Never: Jupyter would leave out the checks against foreign pages, which a proxy that brings the token for everyone needs."""
        return False


class Classroom(Voila):  # type: ignore[misc]
    """Voila without its own pages, files and settings, and with ours."""

    lesson_settings = Dict()

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """The user's own Voila settings are not read."""

    def init_settings(self) -> dict[str, Any]:
        """Tornado's settings. The Host header is checked where no token keeps foreign pages out, unless other machines are meant to come."""
        address: Address = self.lesson_settings["edukit_address"]
        settings: dict[str, Any] = super().init_settings()
        settings |= {"allow_remote_access": bool(address.token) or not address.loopback, "local_hostnames": ["localhost"]}
        return settings | {"default_handler_class": handlers.Missing, "log_function": _log_request} | dict(self.lesson_settings)

    def init_handlers(self) -> list[Any]:
        """Our addresses first; Voila's own pages and file access are not offered."""
        options = {"voila_configuration": self.voila_configuration, "traitlet_config": self.config, "template_paths": self.template_paths}
        ours = handlers.our_routes(self.server_url, options)
        theirs = ((rule[0].removeprefix(self.server_url).lstrip("/"), rule) for rule in super().init_handlers())
        return [*ours, *((pattern, styled(handler), *rest) for within, (pattern, handler, *rest) in theirs if within and not within.startswith(REPLACED))]

    def prepare(self) -> None:
        """Everything of ``start`` but listening."""
        self.connection_dir = os.environ["JUPYTER_RUNTIME_DIR"]
        self.app = Application(**self.init_settings())
        self.app.add_handlers(".*$", self.init_handlers())


def configuration() -> Config:
    """How Voila is set up."""
    return Config({
        "VoilaConfiguration": {
            "template": "edukit", "theme": "light", "allow_template_override": "NO", "allow_theme_override": "NO", "strip_sources": True,
            "show_tracebacks": False, "progressive_rendering": True, "multi_kernel_manager_class": LessonKernels,
            "kernel_spec_manager_class": LessonKernelSpecs, "prelaunch_hook": only_the_app,
            "extension_allowlist": ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget"],
        },
        "Voila": {"kernel_websocket_connection_class": QuickConnection, "identity_provider_class": TokenIdentity},
        "MappingKernelManager": {"cull_idle_timeout": IDLE_SECONDS, "cull_interval": 60},
        "KernelManager": {"autorestart": False},  # a kernel started anew has lost every widget: the page says so instead
        "ContentsManager": {"allow_hidden": False},
    })  # fmt: skip


def only_the_app(_: Any, *, notebook: nbformat.NotebookNode, cwd: str) -> nbformat.NotebookNode:
    """The notebook without the cells for JupyterLab alone, so that they are neither shown nor run.

    Args:
        notebook: As it was read.
        cwd: Of the notebook; not used.
    """
    notebook.cells = [cell for cell in notebook.cells if not NOT_IN_THE_APP & set(cell.metadata.get("tags", []))]
    return notebook


def run(
    *, port: int | None, ip: str, base_url: str, token: str | None, no_token: bool, https: bool, open_browser: bool, lang: str | None,
    expire: int = 0, lessons: Path | None = None, student_of: StudentOf | None = None,
) -> int:  # fmt: skip
    """Serves the lessons until it is asked to stop; the other arguments are those of ``edukit.classroom.serve``.

    Args:
        lessons: A folder with ``zh`` and ``en`` full of notebooks; by default the lessons that came with edukit.
        student_of: Says from a request whose it is; by default everyone is the one student of the workspace.
    """
    if lang is not None:
        set_language(lang)
    wanted = Address(ip, check_port(port), check_base_url(base_url), choose_token(ip, token, no_token), https)
    encryption = certificate.server_encryption(current(), ip) if https else None
    sockets = listen(ip, wanted.port, insist=port is not None)
    address = replace(wanted, port=sockets[0].getsockname()[1])
    silence()
    os.environ.pop(TOKEN_VARIABLE, None)  # the kernels run what students write
    logging.getLogger("tornado").setLevel(logging.ERROR)
    workspace = replace(current(), server=server_name(), lessons=lessons, expire_days=expire)
    settings = {"lang": lang, "machine_lang": language(), "lessons": lessons or lessons_root(), "address": address}
    try:
        with own_jupyter() as folder, warm_process(folder, kernel_environment(dict(os.environ), workspace, language())):
            app = classroom(settings | {"workspace": workspace, "student_of": student_of})
            announce(wanted, address, workspace)
            sweep(workspace)
            asyncio.run(_run(app, sockets, encryption, address.url() if open_browser else None, workspace))
    except KeyboardInterrupt:  # pressed before the server listened to signals
        return 130
    finally:
        for one in sockets:
            one.close()
    return 0


def classroom(settings: dict[str, Any]) -> Classroom:
    """The server, ready to listen.

    Args:
        settings: What the handlers need: ``address``, ``lang``, ``machine_lang``, ``lessons``, ``workspace``, ``student_of``.
    """
    address: Address = settings["address"]
    app = Classroom(
        config=configuration(), ip=address.ip, port=address.port, base_url=address.base, server_url=re.escape(address.base), token=address.token,
        open_browser=False, log_level=logging.ERROR, root_dir=str(settings["lessons"]),
    )  # fmt: skip
    app.lesson_settings = {f"edukit_{name}": value for name, value in settings.items()}
    app.initialize([])
    app.prepare()
    return app


async def _run(app: Classroom, sockets: list[socket.socket], encryption: SSLContext | None, url: str | None, workspace: Workspace) -> None:
    server = HTTPServer(app.app, ssl_options=encryption)
    server.add_sockets(sockets)
    asked_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    before = {sign: signal.signal(sign, lambda *_: loop.call_soon_threadsafe(asked_to_stop.set)) for sign in STOP_SIGNALS}
    sweeping = asyncio.create_task(_sweep_hourly(app, workspace))
    try:
        if url:
            loop.run_in_executor(None, _open, url)
        await _until(asked_to_stop)
        with contextlib.suppress(OSError):  # the window that it ran in may be gone
            print(t("classroom.stopping"), flush=True)
        server.stop()
        await loop.run_in_executor(None, jobs.stop_all, workspace)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(app.kernel_manager.shutdown_all(now=True), 10)
        await server.close_all_connections()
    finally:
        sweeping.cancel()
        for sign, handler in before.items():
            signal.signal(sign, handler)


async def _sweep_hourly(app: Classroom, workspace: Workspace) -> None:
    while True:  # a laptop that sleeps at night would never count a whole day
        await asyncio.sleep(SWEEP_SECONDS)
        await asyncio.get_running_loop().run_in_executor(None, sweep, workspace, set(app.kernel_manager.students.values()))


def sweep(workspace: Workspace, busy: Collection[str] = ()) -> None:
    """Deletes what has expired, as ``expire`` does, and prints of how many students it was."""
    if gone := delete_expired(workspace, busy=busy):
        print(t("classroom.expired", count=len(gone)), flush=True)


async def _until(event: asyncio.Event) -> None:
    while not event.is_set():  # waking now and then: on Windows a loop that sleeps does not hear Ctrl-C
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(event.wait(), 1)


def announce(wanted: Address, address: Address, workspace: Workspace) -> None:
    """Prints where the lessons are, for this computer and for others, and what should be known about it."""
    if address.port != wanted.port:
        print(t("classroom.port_moved", wanted=wanted.port, port=address.port))
    print(t("classroom.running", address=address.url()))
    others = "" if address.loopback else address.network_url()
    if others and others != address.url():
        print(t("classroom.running_for_others", address=others))
    if address.https:
        print(t("classroom.browser_will_warn"))
    print(t("classroom.how_to_stop", folder=workspace.home))
    if workspace.expire_days:
        print(t("classroom.will_expire", days=workspace.expire_days, folder=workspace.home / workspace.student))
    if not pages.can_save(workspace):
        print(t("classroom.unwritable", folder=workspace.home))
    if not address.loopback:
        print(t("classroom.open_with_token" if address.token else "classroom.open_to_all"))
    sys.stdout.flush()


def _open(url: str) -> None:
    """Opens a browser where there is a screen: without one, Python would open a text browser in the student's terminal."""
    if sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")):
        with contextlib.suppress(webbrowser.Error, OSError):
            webbrowser.open(url)


def _log_request(handler: RequestHandler) -> None:
    """Logs what failed inside the server; a missing page is no news."""
    if handler.get_status() >= 500:
        logging.getLogger("edukit").error("%s %s: %s", handler.request.method, handler.request.path, handler.get_status())
