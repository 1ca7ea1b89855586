"""Tab completion: argcomplete asks the program itself, once ``eval "$(register-python-argcomplete edukit)"`` stands in the shell's settings."""
from __future__ import annotations

import os
from collections.abc import Sequence

from edukit.core.command_line import parser_of
from edukit.core.i18n import t
from edukit.core.packages import imported
from edukit.core.parameters import Parameter
from edukit.core.verbs import VERBS

VARIABLE = "_ARGCOMPLETE"  # argcomplete's, in the environment of the program that is asked


def complete(common: Sequence[Parameter]) -> None:
    """Answers the shell's question and ends the process; returns at once where no shell asks.

    Args:
        common: The arguments that every verb takes.
    """
    if VARIABLE not in os.environ:
        return
    typed = os.environ.get("COMP_LINE", "").split()
    parser = parser_of("edukit", "", ())
    verbs = parser.add_subparsers()
    for verb in VERBS:
        parameters = (*verb.parameters(), *common) if verb.name in typed[1:2] else ()  # the others' modules are not imported
        words = verbs.add_parser(verb.name, parents=[parser_of(verb.name, "", parameters, verb.name)], add_help=False, help=t(f"cli.about.{verb.name}"))
        for one, action in zip(parameters, words._actions):
            action.choices = one.choices or (tuple(one.names()) if one.names else ("true", "false") if one.kind == "boolean" else None)
    imported("argcomplete").autocomplete(parser)
