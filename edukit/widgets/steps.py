"""Where one is in the lesson."""
from __future__ import annotations

import traitlets

from edukit.core.i18n import t
from edukit.widgets.front import front_end
from edukit.widgets.view import Page
from edukit.widgets.work import Work, work


class Steps(Page):
    """The steps of the lesson as links, with ticks for those that are done.

    Attributes:
        steps: ``{"name", "title"}`` of each.
        done: The names of the finished ones.
    """

    _esm = front_end("steps.js")
    steps = traitlets.List().tag(sync=True)
    done = traitlets.List().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)

    def __init__(self, the_work: Work | None = None) -> None:
        self.work = the_work or work()
        super().__init__(label=t("widgets.steps"), steps=[{"name": step.name, "title": step.title} for step in self.work.header.steps])
        self._refresh()
        self.work.observe(self._refresh, "version")

    def _refresh(self, _change: object = None) -> None:
        with self.guarded():
            self.done = self.work.steps_done
