"""Logs failures with their trace, except those that the store has logged already.

While the database as a whole fails everything that writes fails, many times a second. The store
says that once, with its cause and mend (`bot.store.condition`); a trace of each would bury it.
"""

from __future__ import annotations

from typing import Any

import structlog

from bot.errors import StoreDown

__all__ = ["log_failure"]


def log_failure(
    log: structlog.typing.FilteringBoundLogger, event: str, error: BaseException, **values: Any
) -> None:
    """Log `error` under `event`; nothing of a StoreDown, nor of what came because of one."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, StoreDown):
            return
        link = link.__cause__
    log.error(event, exc_info=error, **values)
