"""What went wrong in a request, as errors of our own; no other module knows the libraries'."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpcore

from bot.errors import FetchFailed, SourceGone
from bot.sources.connections import RefusedAddress
from bot.sources.decoding import BrokenBody
from bot.sources.exchange import FetchRequest, FetchResponse
from bot.sources.web_addresses import host_of

__all__ = ["REDIRECTS", "judged", "private_address", "too_large", "translated"]

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LONGEST_WAIT: Final = 7 * 86_400.0  # a Retry-After beyond is a mistake


def judged(
    response: FetchResponse, request: FetchRequest, permanent_url: str | None, now: datetime
) -> FetchResponse:
    """The answer, if it is one to work with; else raises what it means."""
    status, host = response.status, host_of(response.url)
    asked = bool(request.etag or request.last_modified)
    if 200 <= status < 300 or (status == 304 and asked) or status in REDIRECTS:
        return replace(response, permanent_url=permanent_url, asked=request.url)
    if status == 410:
        raise SourceGone("{host} says that this is gone for good (410)", host=host)
    raise FetchFailed(
        "{host} answers with an error: {status}",
        host=host,
        status=status,
        retry_after=_retry_after(response.headers.get("retry-after", ""), now),
    )


def _retry_after(value: str, now: datetime) -> float | None:
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:12]), _LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(value)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return min(max(0.0, (when - now) / timedelta(seconds=1)), _LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return None


def private_address(host: str) -> FetchFailed:
    return FetchFailed(
        "{host} is an address of a private network; refused", host=host, refused=True
    )


def too_large(host: str, limit: int) -> FetchFailed:
    return FetchFailed(
        "{host} sends more than {megabytes} MB; refused",
        host=host,
        megabytes=max(1, limit // 1024 // 1024),
        refused=True,
    )


def translated(error: Exception, host: str, deadline: float) -> FetchFailed:
    """Ours for every exception of the libraries below. The only place that knows theirs."""
    match error:
        case RefusedAddress():
            return private_address(host)
        case BrokenBody():
            return FetchFailed("{host} sends a body that cannot be opened", host=host)
        case httpcore.ProxyError():
            return FetchFailed("The proxy does not lead to {host}", host=host)
        case socket.gaierror() | UnicodeError():
            return FetchFailed("The name {host} is not known", host=host)
        case httpcore.TimeoutException() | TimeoutError():
            return FetchFailed(
                "{host} does not answer in {seconds} s", host=host, seconds=round(deadline)
            )
        case httpcore.ConnectError() | ssl.SSLError() if _about_tls(error):
            return FetchFailed("The certificate of {host} is not valid", host=host)
        case httpcore.ConnectError() | OSError():
            return FetchFailed("{host} cannot be reached", host=host)
        case httpcore.NetworkError() | httpcore.RemoteProtocolError():
            return FetchFailed("{host} breaks off its answer", host=host)
    # LocalProtocolError and whatever else speaking with a stranger may bring.
    return FetchFailed("{host} does not speak HTTP as it should", host=host)


def _about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
