"""A look inside the converted model: its layers drawn in order, what each does, which sizes are free, where the bytes are."""
from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from edukit.conversion.graph import inspect_graph
from edukit.conversion.graph_drawing import graph_html
from edukit.core.html import empty
from edukit.core.i18n import t
from edukit.widgets.lesson_view import LessonView
from edukit.widgets.settings import Option, setting, values_of

KINDS = ("onnx", "int8")


class GraphView(LessonView):
    """The graph of the model in use, or of an ONNX file that is dropped here.

    Example:
        >>> GraphView().kind
        'graph'
    """

    step, area, accept = "graph", "", ".onnx"
    _shown: Path | None = None  # the file that the body shows

    @property
    def models(self) -> dict[str, Path]:
        """The ONNX files that the lesson goes on with."""
        return {kind: found.path for kind in KINDS if (found := self.work.find(kind)) is not None}

    def refresh(self) -> None:
        """Offers the files there are."""
        models = self.models
        options = tuple(Option(kind, t(f"widgets.convert.{'int8_file' if kind == 'int8' else kind}"), path.name) for kind, path in models.items())
        settings = (setting("graph.file", options=options),) if models else ()
        self.use(settings, values_of(settings, self.values))
        self.actions = [{"name": "look", "label": t("graph.look"), "primary": True, "disabled": not models}]
        self.code = f"ek.inspect_graph({models[self.values['file']].name!r})" if models else ""
        if not models:
            self.body = empty(t("graph.none", where=self.work.where("convert")))
        elif self._shown != models[self.values["file"]]:
            self.body = ""

    def changed(self, name: str) -> None:
        """Another file was chosen."""
        self.body, self.code = "", f"ek.inspect_graph({self.models[self.values['file']].name!r})"

    def pressed(self, name: str, value: Any) -> None:
        """Shows the graph of the chosen file."""
        self._shown = self.models[self.values["file"]]
        self.body = graph_html(inspect_graph(self._shown))
        self.work.finish("graph")

    def received(self, name: str, data: bytes) -> None:
        """Shows the graph of a dropped file; it is kept nowhere."""
        with tempfile.TemporaryDirectory() as folder, self.guarded():
            path = Path(folder) / "model.onnx"
            path.write_bytes(data)
            self.body = graph_html(inspect_graph(path))
            self._shown = self.models.get(self.values.get("file", ""))  # it stays until another is chosen
