"""What libraries load beside what Vigil uses, left out: 12 MB and a tenth of the start.

httpx brings a command line of its own, structlog tracebacks drawn by rich (with pygments), and
SQLAlchemy's asyncio package its object-relational mapper. Only these modules are meant: whoever
else imports rich or `sqlalchemy.orm` gets them whole.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from importlib.abc import Loader  # its module costs the parsing worker two megabytes

__all__ = ["install"]

_ABSENT: Final = frozenset({"httpx._main"})  # httpx does without it where click is missing
_EMPTY: Final = frozenset({"sqlalchemy.ext.asyncio.session", "sqlalchemy.ext.asyncio.scoping"})
_WITHOUT_RICH: Final = frozenset({"structlog.dev", "structlog.tracebacks"})


class _Thread(threading.local):
    """Of the thread that imports: others may import rich meanwhile."""

    leaves_rich_out = False


_thread = _Thread()


def install() -> None:
    """From now on the modules named above are left out, or load less. Repeating it does nothing."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name in _ABSENT or (_thread.leaves_rich_out and name.partition(".")[0] == "rich"):
            raise ModuleNotFoundError(f"{name} is not loaded", name=name)
        if name in _EMPTY:
            return ModuleSpec(name, cast("Loader", _Empty()))
        if name in _WITHOUT_RICH:
            spec = PathFinder.find_spec(name, path)
            if spec is not None and spec.loader is not None:
                spec.loader = cast("Loader", _WithoutRich(spec.loader))
            return spec
        return None


class _NotLoaded:
    """Stands for a class of a module that is left out."""

    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError("bot.lean_imports leaves the object-relational mapper out")


def _stand_in(name: str) -> type[_NotLoaded]:
    if name.startswith("__"):
        raise AttributeError(name)
    return _NotLoaded


class _Empty:
    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        module.__getattr__ = _stand_in  # type: ignore[method-assign]


class _WithoutRich:
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        before, _thread.leaves_rich_out = _thread.leaves_rich_out, True
        try:
            self._loader.exec_module(module)
        finally:
            _thread.leaves_rich_out = before
