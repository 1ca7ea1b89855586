"""The Python process behind each open lesson page: ours alone, cleaned up when the page is left, and told who it works for."""
from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from edukit.core.subprocess_env import MEMORY_BACK, subprocess_env, usable_processors
from edukit.core.workspace import Workspace

KERNEL = "python3"


class LessonKernelSpecs(KernelSpecManager):
    """Knows one kernel: this very Python. What else is installed on the machine, or broken in the user's folder, does not matter."""

    def find_kernel_specs(self) -> dict[str, str]:
        """The one name, and where its files would be."""
        return {KERNEL: str(Path(__file__).parent)}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """How the kernel is started.

        Raises:
            NoSuchKernel: For any other name.
        """
        if kernel_name != KERNEL:
            raise NoSuchKernel(kernel_name)
        # -P: a file called numpy.py in the student's folder must not take NumPy's place.
        argv = [sys.executable, "-P", "-m", "edukit.classroom.kernel", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python", language="python", resource_dir=str(Path(__file__).parent))


class LessonKernels(AsyncMappingKernelManager):  # type: ignore[misc]
    """Starts each lesson's kernel in the student's folder for that lesson.

    Attributes:
        students: By kernel: whose it is.
        waiting: By kernel: the cells that its page has yet to ask for.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.students: dict[str, str] = {}
        self.waiting: dict[str, Any] = {}

    async def _async_start_kernel(self, *, workspace: Workspace, lang: str = "en", env: dict[str, str] | None = None, **options: Any) -> str:
        environment = kernel_environment(dict(os.environ if env is None else env), workspace, lang)
        started: str = await super()._async_start_kernel(env=environment, cwd=str(work_folder(workspace)), **options)
        self.students[started] = workspace.student
        return started

    start_kernel = _async_start_kernel

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forgets a kernel that ended, and what waited for it."""
        self.waiting.pop(kernel_id, None)
        self.students.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)


class QuickConnection(ZMQChannelsWebsocketConnection):  # type: ignore[misc]
    """Sends small messages at once: a moving picture gets two to three times as many frames."""

    def connect(self) -> Any:
        """Connects the page to its kernel."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


def work_folder(workspace: Workspace) -> Path:
    """The student's folder for the lesson; if it cannot be made, a place where a kernel at least starts."""
    folder = workspace.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(os.environ.get("JUPYTER_RUNTIME_DIR") or Path.cwd())
    return folder


def kernel_environment(environment: dict[str, str], workspace: Workspace, lang: str) -> dict[str, str]:
    """What a lesson's kernel finds in its environment.

    Args:
        environment: The server's own, with what the request adds.
        workspace: Of the student and the lesson.
        lang: The language of the page.
    """
    usual = {"OMP_NUM_THREADS": str(min(usable_processors(), 4))}
    told = workspace.to_environment() | {"EDUKIT_LANG": lang, "EDUKIT_APP": "1", MEMORY_BACK: str(2**17)}
    return usual | subprocess_env(environment) | told
