"""Work that must be done just before and after a package of somebody else's is imported, whoever imports it and when."""
from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

Around = Callable[[Callable[[], None], str], None]


class _Finder:
    def __init__(self, name: str, around: Around) -> None:
        self.name, self.around = name, around

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != self.name or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)  # the others find it
        try:
            spec = find_spec(fullname)
        finally:
            sys.meta_path.insert(0, self)  # an import that failed may be tried again
        if spec is None or spec.loader is None or spec.origin is None:
            return spec
        execute, origin = spec.loader.exec_module, spec.origin

        def exec_module(module: ModuleType) -> None:
            collects = gc.isenabled()
            gc.disable()  # an import makes no garbage, and each look for some takes a tenth of a second beside PyTorch
            try:
                self.around(lambda: execute(module), origin)
            finally:
                if collects:
                    gc.enable()

        loader: Any = spec.loader
        loader.exec_module = exec_module
        return spec


def around_import(name: str, around: Around) -> None:
    """Lets ``around(execute, origin)`` run ``execute()`` when the package is imported; ``origin`` is its file. Nothing is imported before.

    Example:
        >>> around_import("antigravity", lambda execute, origin: print("refused"))
        >>> import antigravity
        refused
    """
    sys.meta_path.insert(0, _Finder(name, around))
