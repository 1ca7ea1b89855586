"""The verbs: where each lives, and how its work is run. What each takes stands in its signature."""
from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from edukit.core.parameters import Parameter


class Verb(NamedTuple):  # a dataclass would make ``import edukit`` slower by a third
    """One verb.

    Args:
        name: As it is typed.
        module: Where its function lives; imported when it is needed.
        function: The function's name; by default the verb's, with underscores.
        heavy: Whether a job of it waits for the machine's slot.
        stoppable: Whether the first Ctrl-C asks it to stop and keep what is done; else it ends at once.
        talks: Whether it prints for the user while it runs, and gives its exit code instead of an answer.
    """

    name: str
    module: str
    function: str = ""
    heavy: bool = False
    stoppable: bool = True
    talks: bool = False

    @property
    def attribute(self) -> str:
        """The function's name in its module."""
        return self.function or self.name.replace("-", "_")

    def load(self) -> Callable[..., Any]:
        """The function that does the work."""
        found: Callable[..., Any] = getattr(import_module(self.module), self.attribute)
        return found

    def parameters(self) -> tuple[Parameter, ...]:
        """What it takes."""
        from edukit.core.parameters import parameters_of

        return parameters_of(self.load())


VERBS = (
    Verb("demo", "edukit.chain", heavy=True),
    Verb("check-dataset", "edukit.data"),
    Verb("split", "edukit.data", "split_dataset"),
    Verb("export", "edukit.data", "export_dataset"),
    Verb("fetch", "edukit.data", "fetch_dataset"),
    Verb("train", "edukit.training", heavy=True),
    Verb("find-rate", "edukit.training", heavy=True),
    Verb("learn-batch", "edukit.training", heavy=True),
    Verb("train-head", "edukit.verbs", heavy=True),
    Verb("checkpoint-head", "edukit.verbs", heavy=True),
    Verb("evaluate", "edukit.evaluation", heavy=True),
    Verb("convert", "edukit.conversion", heavy=True),
    Verb("inspect-graph", "edukit.conversion", stoppable=False),
    Verb("write-sample-code", "edukit.conversion", stoppable=False),
    Verb("quantize", "edukit.compression", heavy=True),
    Verb("compare", "edukit.comparison", heavy=True),
    Verb("compare-accuracy", "edukit.comparison", heavy=True),
    Verb("compare-speed", "edukit.comparison", heavy=True),
    Verb("explain-speed", "edukit.comparison", heavy=True),
    Verb("plot-speed", "edukit.verbs"),
    Verb("predict", "edukit.models", stoppable=False),
    Verb("info", "edukit.verbs", stoppable=False),
    Verb("add-card", "edukit.verbs", stoppable=False),
    Verb("xedu", "edukit.xedu.rewriting", "rewrite_imports", stoppable=False),
    Verb("report", "edukit.verbs", heavy=True),
    Verb("doctor", "edukit.cli.doctor", stoppable=False),
    Verb("serve", "edukit.classroom", stoppable=False, talks=True),
    Verb("lab", "edukit.classroom.lab", "open_lab", stoppable=False, talks=True),
)


def find_verb(name: str) -> Verb:
    """The verb of that name.

    Raises:
        UnknownChoice
    """
    from edukit.core.errors import UnknownChoice
    from edukit.core.i18n import t

    for verb in VERBS:
        if verb.name == name:
            return verb
    raise UnknownChoice.among(t("cli.verb"), name, [verb.name for verb in VERBS])
