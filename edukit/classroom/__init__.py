"""The lessons as apps: a server of our own for a class, and JupyterLab for those who want the code."""
from __future__ import annotations

from pathlib import Path


def serve(
    *, port: int | None = None, ip: str = "127.0.0.1", open_browser: bool = True, lang: str | None = None, lessons: Path | None = None
) -> int:
    """Serves the lessons as apps until Ctrl-C; see ``edukit.classroom.server.serve``."""
    try:
        from edukit.classroom.server import serve as run  # Voila and Jupyter take a second to import
    except KeyboardInterrupt:
        return 130
    return run(port=port, ip=ip, open_browser=open_browser, lang=lang, lessons=lessons)


__all__ = ["serve"]
