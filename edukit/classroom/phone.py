"""``/phone/CODE``: a page on a phone that sends pictures into the set that is being collected on a computer. The code is all that it needs."""
from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import HTTPError

from edukit.classroom import pages
from edukit.classroom.base_handlers import PageHandler
from edukit.core.errors import EdukitError
from edukit.data import DatasetBuilder
from edukit.data.archives import SUFFIXES
from edukit.data.phone import Invitation, claim
from edukit.data.uploading import add_upload

COOKIE = "ek-phone"


class PhonePage(PageHandler):
    """The page, and the pictures that it sends."""

    def check_xsrf_cookie(self) -> None:
        """The phone's own cookie, which no other site's request carries, takes its place."""

    @allow_unauthenticated  # type: ignore[untyped-decorator]
    def get(self, code: str) -> None:
        """A button for each class; from now on the code belongs to this phone."""
        phone = self.get_cookie(COOKIE) or secrets.token_hex(16)
        found = claim(code, phone, self.settings["edukit_workspace"])
        if found is None:
            raise HTTPError(410)
        self.set_cookie(COOKIE, phone, path=f"{self.base_url}phone/", httponly=True, samesite="Strict")
        self.set_header("Cache-Control", "no-store")
        frame = replace(self.frame(), workspace=self.workspace_of(found.student))
        self.finish(pages.page("phone.html", frame, dataset=found.dataset, labels=self._builder(found).classes))

    @allow_unauthenticated  # type: ignore[untyped-decorator]
    async def post(self, code: str) -> None:
        """One picture: ``?label=…&name=…`` and its bytes. Answers how many pictures the class has."""
        found = claim(code, self.get_cookie(COOKIE) or "-", self.settings["edukit_workspace"])
        label, name = self.get_query_argument("label"), self.get_query_argument("name").replace("\\", "/").rpartition("/")[2]
        if found is None or name.lower().endswith(SUFFIXES) or label not in (builder := self._builder(found)).classes:
            raise HTTPError(410)
        try:
            await asyncio.get_running_loop().run_in_executor(None, lambda: add_upload(builder, name, self.request.body, label=label))
            self.finish({"count": builder.counts[label]})
        except EdukitError as error:
            self.set_status(400)
            self.finish(error.to_dict())

    def _builder(self, found: Invitation) -> DatasetBuilder:
        return DatasetBuilder(found.dataset, workspace=self.settings["edukit_workspace"].of_student(found.student))
