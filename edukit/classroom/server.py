"""The class server: Voila with our pages, our kernels and nothing from the internet."""
from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import os
import signal
import socket
import sys
import webbrowser
from pathlib import Path
from typing import Any

import nbformat
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from traitlets import Dict
from traitlets.config import Config
from voila.app import Voila

from edukit.classroom import handlers, pages
from edukit.classroom.dressing import dressed
from edukit.classroom.kernels import LessonKernels, LessonKernelSpecs, QuickConnection
from edukit.classroom.lessons import lessons_root
from edukit.classroom.place import own_jupyter, server_name
from edukit.core.errors import BadArgument, PortTaken
from edukit.core.i18n import language, set_language, t
from edukit.core.job_files import SERVER_VARIABLE
from edukit.core.places import home
from edukit.core.quiet import silence

FIRST_PORT = 8866
PORTS_TRIED = 60
NOT_IN_THE_APP = frozenset({"code", "exercise", "solution"})
IDLE_SECONDS = 600  # a kernel whose page is gone; a closed page ends its own at once
STOP_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]  # also when the window is closed
REPLACED = ["/voila/render/", "/voila/tree", "/voila/files/", "/voila/api/contents", "/login", "/logout", "/channels"]
REPLACED += ["/voila/templates/", "/voila/execution/", "/voila/api/shutdown/"]


class Classroom(Voila):  # type: ignore[misc]
    """Voila without its own pages, files and settings, and with ours."""

    lesson_settings = Dict()

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """The user's own Voila settings are not read."""

    def init_settings(self) -> dict[str, Any]:
        """Tornado's settings: the Host header is checked, unless other machines are meant to come."""
        local = _is_loopback(self.ip)
        settings: dict[str, Any] = super().init_settings()
        settings |= {"allow_remote_access": not local, "local_hostnames": ["localhost"], "default_handler_class": handlers.Missing}
        return settings | {"log_function": _log_request} | dict(self.lesson_settings)

    def init_handlers(self) -> list[Any]:
        """Our addresses first; Voila's own pages and file access are not offered."""
        options = {"voila_configuration": self.voila_configuration, "traitlet_config": self.config, "template_paths": self.template_paths}
        ours = handlers.our_routes(self.server_url, options)
        theirs = [route for route in super().init_handlers() if route[0] != self.server_url and not any(part in route[0] for part in REPLACED)]
        return [*ours, *((pattern, dressed(handler), *rest) for pattern, handler, *rest in theirs)]

    def prepare(self) -> None:
        """Everything of ``start`` but listening."""
        self.connection_dir = os.environ["JUPYTER_RUNTIME_DIR"]
        self.app = Application(**self.init_settings())
        self.app.add_handlers(".*$", self.init_handlers())


def configuration() -> Config:
    """How Voila is set up."""
    settings = Config()
    settings.VoilaConfiguration.template = "edukit"
    settings.VoilaConfiguration.theme = "light"
    settings.VoilaConfiguration.allow_template_override = "NO"
    settings.VoilaConfiguration.allow_theme_override = "NO"
    settings.VoilaConfiguration.strip_sources = True
    settings.VoilaConfiguration.show_tracebacks = False
    settings.VoilaConfiguration.progressive_rendering = True
    settings.VoilaConfiguration.extension_allowlist = ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget"]
    settings.VoilaConfiguration.multi_kernel_manager_class = LessonKernels
    settings.VoilaConfiguration.kernel_spec_manager_class = LessonKernelSpecs
    settings.VoilaConfiguration.prelaunch_hook = only_the_app
    settings.Voila.kernel_websocket_connection_class = QuickConnection
    settings.MappingKernelManager.cull_idle_timeout = IDLE_SECONDS
    settings.MappingKernelManager.cull_interval = 60
    settings.KernelManager.autorestart = False  # a kernel started anew has lost every widget: the page says so instead
    settings.ContentsManager.allow_hidden = False
    return settings


def only_the_app(_: Any, *, notebook: nbformat.NotebookNode, cwd: str) -> nbformat.NotebookNode:
    """The notebook without the cells for JupyterLab alone, so that they are neither shown nor run.

    Args:
        notebook: As it was read.
        cwd: Of the notebook; not used.
    """
    notebook.cells = [cell for cell in notebook.cells if not NOT_IN_THE_APP & set(cell.metadata.get("tags", []))]
    return notebook


def serve(
    *, port: int | None = None, ip: str = "127.0.0.1", open_browser: bool = True, lang: str | None = None, lessons: Path | None = None
) -> int:
    """Serves the lessons as apps until Ctrl-C (or SIGTERM).

    Args:
        port: The port that it must be; by default ``PORT`` from the environment or 8866, or the next free one.
        ip: The address to listen on; anything but this computer's own lets others in, and is warned about.
        open_browser: Whether to open a browser, where there is one.
        lang: ``"zh"`` or ``"en"`` for ``/``; by default what each browser asks for.
        lessons: A folder with ``zh`` and ``en`` full of notebooks; by default the lessons that came with edukit.

    Returns:
        0 when it was asked to stop.

    Raises:
        PortTaken: If ``port`` is in use.
        BadArgument, UnknownChoice: If an argument cannot be.
    """
    if lang is not None:
        set_language(lang)
    wanted = _wanted_port(port)
    sockets = listen(ip, wanted, insist=port is not None)
    taken = sockets[0].getsockname()[1]
    silence()
    os.environ[SERVER_VARIABLE] = server_name()  # its kernels inherit it, and their jobs
    logging.getLogger("tornado").setLevel(logging.ERROR)
    try:
        with own_jupyter():
            app = classroom(ip, taken, lang, lessons or lessons_root())
            _announce(ip, wanted, taken)
            asyncio.run(_run(app, sockets, _address(ip, taken) if open_browser else None))
    except KeyboardInterrupt:  # pressed before the server listened to signals
        return 130
    finally:
        for one in sockets:
            one.close()
    return 0


def classroom(ip: str, port: int, lang: str | None, lessons: Path) -> Classroom:
    """The server, ready to listen."""
    app = Classroom(config=configuration(), ip=ip, port=port, open_browser=False, log_level=logging.ERROR, root_dir=str(lessons))
    app.lesson_settings = {"edukit_lang": lang, "edukit_machine_lang": language(), "edukit_lessons": lessons}
    app.initialize([])
    app.prepare()
    return app


async def _run(app: Classroom, sockets: list[socket.socket], address: str | None) -> None:
    server = HTTPServer(app.app)
    server.add_sockets(sockets)
    asked_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    before = {sign: signal.signal(sign, lambda *_: loop.call_soon_threadsafe(asked_to_stop.set)) for sign in STOP_SIGNALS}
    try:
        if address and _has_screen():
            loop.run_in_executor(None, _open, address)
        await _until(asked_to_stop)
        with contextlib.suppress(OSError):  # the window that it ran in may be gone
            print(t("classroom.stopping"), flush=True)
        server.stop()
        await _end_jobs()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(app.kernel_manager.shutdown_all(now=True), 10)
        await server.close_all_connections()
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


async def _until(event: asyncio.Event) -> None:
    while not event.is_set():  # waking now and then: on Windows a loop that sleeps does not hear Ctrl-C
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(event.wait(), 1)


async def _end_jobs() -> None:
    from edukit import jobs

    await asyncio.get_running_loop().run_in_executor(None, jobs.stop_all, server_name())


def listen(ip: str, port: int, *, insist: bool) -> list[socket.socket]:
    """Sockets that listen on ``port``, or on the next free one unless the user insists.

    Raises:
        PortTaken, BadArgument
    """
    for tried in [port] if insist else range(port, min(port + PORTS_TRIED, 65536)):
        try:
            return list(bind_sockets(tried, ip))
        except socket.gaierror as error:
            raise BadArgument(name="ip", value=ip, wanted=t("classroom.ip_wanted")) from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise BadArgument(name="ip", value=ip, wanted=t("classroom.ip_wanted")) from error
            if error.errno not in (errno.EADDRINUSE, errno.EACCES, getattr(errno, "WSAEACCES", errno.EACCES)):
                raise
    raise PortTaken(port=port)


def _wanted_port(port: int | None) -> int:
    told: object = port if port is not None else (os.environ.get("PORT") or FIRST_PORT)
    digits = str(told).strip()
    if isinstance(told, bool) or not (digits.isascii() and digits.isdigit() and 1 <= int(digits[:9]) <= 65535):
        raise BadArgument(name="port", value=told, wanted=t("classroom.port_wanted"))
    return int(digits)


def _announce(ip: str, wanted: int, port: int) -> None:
    if port != wanted:
        print(t("classroom.port_moved", wanted=wanted, port=port))
    print(t("classroom.running", address=_address(ip, port)))
    print(t("classroom.how_to_stop", folder=home()))
    if not pages.can_save():
        print(t("classroom.unwritable", folder=home()))
    if not _is_loopback(ip):
        print(t("classroom.open_to_all"))
    sys.stdout.flush()


def _address(ip: str, port: int) -> str:
    host = "127.0.0.1" if ip in ("", "0.0.0.0", "::") else f"[{ip}]" if ":" in ip else ip
    return f"http://{host}:{port}/"


def _is_loopback(ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return ip == "localhost"


def _has_screen() -> bool:
    """Without one, Python would open a text browser in the student's terminal."""
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def _open(address: str) -> None:
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(address)


def _log_request(handler: RequestHandler) -> None:
    """Only what failed inside is told; a missing page is no news."""
    if handler.get_status() >= 500:
        logging.getLogger("edukit").error("%s %s: %s", handler.request.method, handler.request.uri, handler.get_status())
