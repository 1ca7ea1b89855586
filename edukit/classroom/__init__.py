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
    token: Annotated[str | None, Metavar("WORD")] = None,
    no_token: bool = False,
    https: bool = False,
    expire: Annotated[int, Between(0, 3650), Metavar("DAYS")] = 0,
    open_browser: bool = True,
    lang: str | None = None,
) -> int:
    """Serves the lessons as apps until Ctrl-C (or SIGTERM).

    Args:
        port: The port that it must be; by default ``PORT`` from the environment or 8866, or the next free one.
        ip: The address to listen on; anything but this computer's own lets others in.
        base_url: The path that all pages stand under, for a server behind a proxy.
        token: What a browser must bring once, as ``?token=…``; by default ``EDUKIT_TOKEN`` from the environment, else a new one where others
            may come, and none on this computer alone.
        no_token: Lets everyone in who reaches ``ip``.
        https: Speaks https with a certificate of its own: browsers warn of it once, and then let other computers and phones use their cameras here.
        expire: After how many days the work of students who did not touch it is deleted, at the start and then every hour; 0 for never. The owner's
            own work stays.
        open_browser: Whether to open a browser, where there is one.
        lang: ``"zh"`` or ``"en"`` for the first page; by default what each browser asks for.

    Returns:
        0 when it was asked to stop.

    Raises:
        PortTaken: If ``port`` is in use.
        BadArgument, UnknownChoice: If an argument cannot be.
        PackageMissing, OutputNotWritable, DiskFull: If there can be no certificate.
    """
    try:
        from edukit.classroom import server  # Voila and Jupyter take a second to import
    except KeyboardInterrupt:
        return 130
    return server.run(
        port=port, ip=ip, base_url=base_url, token=token, no_token=no_token, https=https, expire=expire, open_browser=open_browser, lang=lang
    )


__all__ = ["serve"]
