"""The database: `Store` owns it, query modules (one an aggregate) speak to it.

Query functions are plain coroutines on a connection of `Store.read` or
`Store.write`. Times go in and come out as aware UTC. They raise what the driver
raises; `Store` turns that into StoreError where the block ends, so nothing
outside this package names a database exception.
"""

from __future__ import annotations

from bot.store.engine import Store

__all__ = ["Store"]
