"""A post as a line of JSON: in, to a document; out, with what was found in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from filters.document import Document, Span
from filters.facets import Facets
from filters.reading import Match, Reading

__all__ = ["BadLine", "Post", "found", "parse", "written"]

_LANGUAGES = ("ru", "uk", "en")
_WORDS = ("title", "source", "lang", "kind", "author", "url", "forwarded_from")


class BadLine(ValueError):
    """A line that is no post: what is wrong with it, how to fix it."""

    def __init__(self, wrong: str, mend: str) -> None:
        self.wrong = wrong
        self.mend = mend
        super().__init__(f"{wrong}. {mend}")


@dataclass(frozen=True, slots=True)
class Post:
    """`id` is whatever the line says: it is handed back as it came."""

    id: str | int
    document: Document


def parse(line: bytes) -> Post:
    """The post of one line. Raises BadLine, and nothing else."""
    try:
        values = json.loads(line)
    except UnicodeDecodeError as error:
        raise BadLine(
            f"not UTF-8 (byte {error.start})", "Convert the file: iconv -t utf-8"
        ) from None
    except (ValueError, RecursionError) as error:
        raise BadLine(f"not JSON ({_why(error)})", _mend_json(line)) from None
    if not isinstance(values, dict):
        kind = "an array" if isinstance(values, list) else "a value"
        raise BadLine(f"{kind}, not an object", _mend_json(line))
    return Post(_id(values), _document(values))


def found(post: Post, reading: Reading) -> dict[str, Any]:
    """What is written about a post. Facets and facts only where something matched."""
    facets: dict[str, Any] = {}
    if reading.matches:
        facets = {
            **_facets(reading.facets),
            "facts": [
                {"code": each.code, "field": each.field, "start": each.start, "end": each.end}
                for facts in reading.facts.values()
                for each in facts
            ],
        }
    return {
        "id": post.id,
        "topics": list(reading.topics),
        "possible": list(reading.possible),
        "scores": {topic: round(score, 3) for topic, score in sorted(reading.scores.items())},
        "filters": list(dict.fromkeys(hit.key for hit in reading.hits)),
        "matches": [_match(match) for match in reading.matches],
        "reports": [
            {
                "start": report.start,
                "end": report.end,
                "topics": list(report.topics),
                "possible": [m.topic for m in report.matches if m.certainty == "possible"],
            }
            for report in reading.reports
        ],
        "entities": [
            {
                "id": each.id,
                "kind": each.kind,
                "field": each.field,
                "start": each.start,
                "end": each.end,
                "inferred": each.inferred,
            }
            for each in reading.entities
        ],
        "facets": facets,
        "spans": [{"filter": hit.key, **_span(span)} for hit in reading.hits for span in hit.spans],
    }


def _match(match: Match) -> dict[str, Any]:
    return {
        "topic": match.topic,
        "certainty": match.certainty,
        "score": match.score,
        "report": match.entry,
        **_facets(match.facets),
        "passage": _span(match.passage),
        "filters": list(match.filters),
        "words": [_span(span) for span in match.words],
    }


def _facets(facets: Facets) -> dict[str, Any]:
    return {
        "army": facets.army,
        "stage": facets.stage,
        "era": facets.era,
        "evidence": {name: list(words) for name, words in facets.evidence.items()},
    }


def _span(span: Span) -> dict[str, Any]:
    return {"field": span.field, "start": span.start, "end": span.end}


def written(values: Mapping[str, Any]) -> bytes:
    """One line of JSON. Half surrogates, which JSON allows and UTF-8 does not, stay escaped."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="backslashreplace") + b"\n"


def _id(values: Mapping[str, Any]) -> str | int:
    value = values.get("id")
    if value is None:
        raise BadLine('no "id"', "Give each post one, text or number, to know it by in the answer")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadLine('"id" is neither text nor number', "Write it in quotes")
    return value


def _document(values: Mapping[str, Any]) -> Document:
    if "text" not in values and "title" not in values:
        near = next((name for name in ("body", "content", "message") if name in values), "")
        raise BadLine(
            'no "text"', f'Rename "{near}"' if near else 'Put the post\'s words in "text"'
        )
    words: dict[str, Any] = {name: _word(values, name) for name in _WORDS}
    lang = words.pop("lang").lower()[:2]
    return Document(
        text=_word(values, "text"),
        lang=lang if lang in _LANGUAGES else "",
        links=_list(values, "links"),
        tags=_list(values, "tags"),
        published=_time(values),
        **words,
    )


def _word(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadLine(f'"{name}" is not text', "Write it in quotes, or leave it out")
    return value


def _list(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = values.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadLine(f'"{name}" is not a list of texts', 'Write ["…", "…"], or leave it out')
    return tuple(value)


def _time(values: Mapping[str, Any]) -> datetime | None:
    text = _word(values, "published")
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadLine(
            '"published" is no time', "Write it as 2024-04-08T09:14:00+03:00, or leave it out"
        ) from None


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()}, column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _mend_json(line: bytes) -> str:
    start = line.lstrip()[:1]
    if start == b"[":
        return "One object a line is needed: jq -c '.[]' FILE"
    if start == b"{":
        return "Each object must stand whole in one line: jq -c . FILE"
    return 'Each line must be an object such as {"id": "1", "text": "…"}'
