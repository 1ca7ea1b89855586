"""The lessons' server as jupyter-server-proxy starts it: on Binder, JupyterHub and in any JupyterLab that has this extension."""
from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Any

from edukit.classroom.address import TOKEN_VARIABLE
from edukit.core.i18n import t


def setup_proxy() -> dict[str, Any]:
    """What jupyter-server-proxy should run at ``<its own address>/edukit/``; the entry point of ``jupyter_serverproxy_servers``.

    The server listens on this computer alone, where other users of it could knock too: it asks for a token that only the proxy knows and brings along.
    """
    token = secrets.token_hex(24)
    words = ["serve", "--port", "{port}", "--base-url", "{base_url}edukit/", "--open-browser", "false"]
    return {
        "command": [sys.executable, "-P", "-m", "edukit", *words],
        "environment": {TOKEN_VARIABLE: token},
        "request_headers_override": {"Authorization": f"token {token}"},
        "absolute_url": True,  # the server knows its prefix and writes its links with it
        "timeout": 60,
        "launcher_entry": {"title": t("classroom.lessons"), "icon_path": str(Path(__file__).parent / "static" / "favicon.svg")},
    }
