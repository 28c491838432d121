"""What goes to the worker process and comes back, as JSON.

Not pickle: a worker taken over by what it parses could then run code in the core. msgspec reads
each answer by the types of the job's result, so that a value of another type is refused here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import msgspec

from bot.errors import LayoutChanged, ParseFailed
from bot.model import ParsedItem
from bot.sources.parsed import (
    Article,
    FeedLink,
    Landing,
    OutlineEntry,
    ParsedChannelPage,
    ParsedFeed,
)

__all__ = ["from_json", "to_json"]


def to_json(result: object) -> bytes:
    """A result of `jobs.run`, or the ParseFailed it raised."""
    if isinstance(result, ParseFailed):
        shape: Any = {"error": result.key, "layout": isinstance(result, LayoutChanged)}
    elif isinstance(result, bool):
        shape = {"result": result}
    elif isinstance(result, tuple):
        shape = {"result": [asdict(part) for part in result]}
    else:
        shape = {"result": asdict(result)}  # type: ignore[call-overload]
    written = json.dumps(shape, default=_time, separators=(",", ":"), ensure_ascii=False)
    return written.encode("utf-8", "replace")  # half a surrogate pair is no character


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def from_json(job: str, data: bytes) -> Any:
    """What `to_json` was given; a ParseFailed is raised.

    Raises ParseFailed too when the data is not of the job's shape: the worker is not
    to be trusted.
    """
    try:
        result = _ANSWERS[job].decode(data).result
        _check_times(result)
    except msgspec.ValidationError as error:
        failure = _failure(data)
        if failure is None:
            raise ParseFailed("The parser gave no answer that can be used") from error
    except (ValueError, KeyError, RecursionError) as error:
        raise ParseFailed("The parser gave no answer that can be used") from error
    else:
        return result
    raise failure


def _failure(data: bytes) -> ParseFailed | None:
    """The ParseFailed that stands in an answer, if one does."""
    try:
        read = _FAILURE.decode(data)
    except msgspec.ValidationError:
        return None
    return (LayoutChanged if read.layout else ParseFailed)(read.error)


def _check_times(result: object) -> None:
    """Raises ValueError for a time without a zone: comparing it later would raise TypeError."""
    match result:
        case ParsedFeed():
            dated: Iterable[ParsedItem | Article] = result.items
        case ParsedChannelPage():
            dated = (post.item for post in result.posts)
        case Article():
            dated = (result,)
        case _:
            dated = ()
    if any(each.published and each.published.tzinfo is None for each in dated):
        raise ValueError("a time without a zone")


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Answer(Generic[_T]):
    result: _T


@dataclass(frozen=True, slots=True)
class _Failure:
    error: str
    layout: bool


_FAILURE: Final = msgspec.json.Decoder(_Failure)
_ANSWERS: Final[dict[str, msgspec.json.Decoder[_Answer[Any]]]] = {
    "feed": msgspec.json.Decoder(_Answer[ParsedFeed]),
    "channel": msgspec.json.Decoder(_Answer[ParsedChannelPage]),
    "landing": msgspec.json.Decoder(_Answer[Landing]),
    "missing": msgspec.json.Decoder(_Answer[bool]),
    "article": msgspec.json.Decoder(_Answer[Article]),
    "links": msgspec.json.Decoder(_Answer[tuple[FeedLink, ...]]),
    "opml": msgspec.json.Decoder(_Answer[tuple[OutlineEntry, ...]]),
}
