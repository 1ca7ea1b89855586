"""What an open page asks about its kernel: is it alive, run the cells, send messages, shut down."""
from __future__ import annotations

import inspect
import logging
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.kernels.handlers import KernelHandler as JupyterKernelHandler
from tornado.web import HTTPError
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.execution_request_handler import ExecutionRequestHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from edukit.classroom import pages
from edukit.classroom.base_handlers import KernelRequest, signed_in

PROTOCOL = "v1.kernel.websocket.jupyter.org"

silent_log = logging.getLogger("edukit.cells")  # a cell that failed is reported once, by its kernel
silent_log.setLevel(logging.CRITICAL + 1)


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
