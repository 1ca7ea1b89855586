"""The camera of the computer that runs edukit, shown in a page whose browser cannot use it; the page takes its pictures from what it is shown."""
from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from edukit.core.errors import EdukitError
from edukit.core.events import Stopped
from edukit.data import camera_frames

PATIENCE_SECONDS = 5.0  # a page that takes no more pictures is gone, and the camera is switched off


class MachineCamera:
    """Sends JPEGs of the camera, each once the page has taken the one before.

    Args:
        send: Sends a message with buffers to the page.
        failed: Shows there what is no fault of the camera.
    """

    def __init__(self, send: Callable[[dict[str, Any], list[bytes]], object], failed: Callable[[Exception], object]) -> None:
        self._send, self._failed = send, failed
        self._taken, self._off = threading.Event(), threading.Event()

    def hear(self, what: str) -> None:
        """``"on"``, ``"off"``, or ``"taken"`` for a picture."""
        self._taken.set()
        if what != "taken":
            self._off.set()
        if what == "on":
            self._taken, self._off = threading.Event(), threading.Event()
            threading.Thread(target=self._show, args=(self._taken, self._off), daemon=True, name="edukit-camera").start()

    def _show(self, taken: threading.Event, off: threading.Event) -> None:
        import cv2

        reason = ""
        try:
            for picture in camera_frames(every=1, limit=None, should_stop=off.is_set):
                self._send({"camera": "picture"}, [cv2.imencode(".jpg", picture[..., ::-1])[1].tobytes()])
                if not taken.wait(PATIENCE_SECONDS) or off.is_set():
                    break
                taken.clear()
        except Stopped:
            return
        except EdukitError as error:
            reason = f"{error.message} {error.remedy} {error.code}"
        except Exception as error:  # in a thread nobody else shows it
            self._failed(error)
        if not off.is_set():
            self._send({"camera": "off", "reason": reason}, [])
