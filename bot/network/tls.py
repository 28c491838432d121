"""The authorities trusted by default, read once: reading them costs 20 ms a client."""

from __future__ import annotations

import ssl
from functools import cache

import certifi

__all__ = ["usual_authorities"]


@cache
def usual_authorities() -> ssl.SSLContext:
    """Those of Mozilla, for connections to servers; shared, so never to be changed."""
    return ssl.create_default_context(cafile=certifi.where())
