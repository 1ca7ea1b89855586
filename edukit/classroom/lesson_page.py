"""A lesson as an app: the prose at once, the rest as its kernel makes it."""
from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from voila.notebook_renderer import NotebookRenderer
from voila.utils import get_page_config

from edukit.classroom import pages
from edukit.classroom.base_handlers import PageHandler, signed_in
from edukit.classroom.expiry import visit
from edukit.classroom.kernels import KERNEL
from edukit.classroom.lessons import has_lesson
from edukit.data.phone import ADDRESS


class LessonPage(PageHandler):
    """``/zh/01_first_model``: a lesson as an app."""

    def initialize(self, renderer_options: dict[str, Any]) -> None:
        """Takes what every page's renderer needs."""
        self.renderer_options = renderer_options

    @signed_in
    def head(self, lang: str, name: str) -> None:
        """Whether there is such a lesson; starts no kernel."""
        if not has_lesson(lang, name, self.settings["edukit_lessons"]):
            raise HTTPError(404)

    @signed_in
    async def get(self, lang: str, name: str) -> None:
        """Sends the prose at once and the rest as it comes; the kernel starts meanwhile."""
        if not has_lesson(lang, name, self.settings["edukit_lessons"]):
            raise HTTPError(404)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        renderer = await self._renderer(lang, name)
        kernel_id = None
        visit(self.workspace)
        try:
            kernel_id = await self.kernel_manager.start_kernel(
                kernel_name=KERNEL, workspace=self.workspace.of_lesson(name.rpartition("/")[2]), lang=lang, env=self._environment()
            )
            self.kernel_manager.waiting[kernel_id] = {"nb": renderer.notebook, "config": renderer.traitlet_config, "show_tracebacks": False}
            async for part, _ in renderer.generate_content_generator(kernel_id, self.kernel_manager.get_kernel(kernel_id)):
                self.write(part)
                await self.flush()
        except StreamClosedError:  # the page was left before it was whole
            await self._end(kernel_id)
        except Exception:
            self.log.exception("The lesson %s could not be started", name)
            await self._end(kernel_id)
            self.finish(pages.page("failed.html", self.frame(lang)))

    async def _renderer(self, lang: str, name: str) -> NotebookRenderer:
        path = f"{lang}/{name}.ipynb"
        configuration = self.renderer_options["voila_configuration"]
        shared = {"base_url": self.base_url, "settings": self.settings, "log": self.log, "voila_configuration": configuration}
        page_config = get_page_config(**shared) | {"edukit": lesson_values(self.frame(lang, name))}
        renderer = NotebookRenderer(
            request_handler=self,
            notebook_path=path,
            config_manager=self.config_manager,
            contents_manager=self.contents_manager,
            kernel_spec_manager=self.kernel_spec_manager,
            base_url=self.base_url,
            page_config=page_config,
            **self.renderer_options,
        )
        await renderer.initialize()
        return renderer

    def _environment(self) -> dict[str, str]:
        reached = {ADDRESS: replace(self.settings["edukit_address"], token="").network_url()}  # a phone's code lets it in
        return reached | dict(os.environ) | {"QUERY_STRING": self.request.query, "SCRIPT_NAME": self.request.path}

    async def _end(self, kernel_id: str | None) -> None:
        if kernel_id and kernel_id in self.kernel_manager:
            await self.kernel_manager.shutdown_kernel(kernel_id, now=True)


def lesson_values(frame: pages.Frame) -> dict[str, Any]:
    """What the lesson template and the page's script need."""
    script = (pages.HERE / "static" / "page.js").read_text(encoding="utf-8")
    told = {key: frame.text(key) for key in ("loading", "slow", "offline", "offline_short", "saved_short", "not_saved_short")}
    return frame.values() | {"page": told | {"alive": f"{frame.base}edukit/alive/{frame.lang}/"}, "script": script}
