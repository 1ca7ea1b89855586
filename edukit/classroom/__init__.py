"""The lessons as apps: a server of our own for a class, and JupyterLab for those who want the code."""
from __future__ import annotations

from typing import Annotated

from edukit.core.parameters import Between, Metavar, verb


@verb
def serve(
    *,
    port: Annotated[int | None, Between(1, 65535)] = None,
    ip: Annotated[str, Metavar("ADDRESS")] = "127.0.0.1",
    base_url: Annotated[str, Metavar("PREFIX")] = "/",
    token: Annotated[str | None, Metavar("TEXT")] = None,
    no_token: bool = False,
    open_browser: bool = True,
    lang: str | None = None,
) -> int:
    try:
        from edukit.classroom import server  # Voila and Jupyter take a second to import
    except KeyboardInterrupt:
        return 130
    return server.run(port=port, ip=ip, base_url=base_url, token=token, no_token=no_token, open_browser=open_browser, lang=lang)


__all__ = ["serve"]
