"""The configuration as a file: written as TOML, read from TOML or CSV. Pure."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from bot.commands.config_reader import FORMAT, TableReader
from bot.commands.config_rows import (
    Configuration,
    EntityRow,
    Fault,
    FilterRow,
    Nameable,
    SourceRow,
    TopicRow,
    Unreadable,
)
from bot.i18n import msg
from bot.model import SourceState
from bot.sources.discovery import identity_of

__all__ = ["read", "write"]


def write(config: Configuration, about: str) -> bytes:
    """The file; `about` stands above it as a comment.

    What an import would otherwise leave as it is stands there, also where it is the default.
    """
    import tomlkit  # a start need not wait for it

    document = tomlkit.document()
    for line in about.splitlines():
        document.add(tomlkit.comment(line))
    document.add("vigil", tomlkit.item(FORMAT))
    document.add("off", tomlkit.item(list(config.off)))
    if config.left_out:
        document.add("left_out", tomlkit.item(dict(config.left_out)))
    for name, rows in (
        ("topic", [_topic_table(each) for each in config.topics]),
        ("source", [_source_table(each) for each in config.sources]),
        ("group", [{"name": each.name, "words": each.words} for each in config.groups]),
        ("filter", [_filter_table(each) for each in config.filters]),
        ("entity", [_entity_table(each) for each in config.entities]),
    ):
        if rows:
            document.add(name, tomlkit.item(rows))
    return tomlkit.dumps(document).encode()


def read(body: bytes, name: str, known: Nameable) -> Configuration:
    """The configuration of a file. Raises Unreadable with all that is wrong with it.

    Declining names that come without their forms takes some 0.1 s of CPU each.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable([Fault("", msg("The file is not UTF-8: save it as UTF-8."))]) from None
    if name.lower().endswith(".csv"):
        tables: Mapping[str, Any] = {"filter": _csv_rows(text)}
    else:
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            why = {"why": str(error)}
            raise Unreadable([Fault("", msg("This is not TOML: {why}"), why)]) from None
    return TableReader(known).read(tables)


def _source_table(row: SourceRow) -> dict[str, Any]:
    table: dict[str, Any] = {"transport": str(row.transport), "address": row.address}
    table["title"] = row.title
    for name in ("kind", "priority", "fulltext", "lang", "proxy"):
        if getattr(row, name):
            table[name] = str(getattr(row, name))
    if row.state is not SourceState.ACTIVE:
        table["state"] = str(row.state)
    if row.identity and row.identity != identity_of(row.address):
        table["identity"] = row.identity
    if row.telegram_id is not None:
        table["telegram_id"] = row.telegram_id
    if row.tags is not None:
        table["tags"] = list(row.tags)
    if row.redacted:
        table["redacted"] = list(row.redacted)
    return table


def _topic_table(row: TopicRow) -> dict[str, Any]:
    titles = {"titles": dict(row.titles)} if row.titles else {}
    chosen = {name: choice for name in ("way", "off") if (choice := getattr(row, name)) is not None}
    return {"id": row.id, **titles, **chosen}


def _filter_table(row: FilterRow) -> dict[str, Any]:
    other = {} if row.state is None else {"state": str(row.state)}
    return {"topic": row.topic, "expression": row.expression, **other}


def _entity_table(row: EntityRow) -> dict[str, Any]:
    return {"off": False, **row.definition, "forms": _plain(row.forms)}


def _plain(forms: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {kind: list(each) for kind, each in forms.items()}


def _csv_rows(text: str) -> list[dict[str, Any]]:
    """Filters as a table with the columns topic, expression and perhaps state."""
    head = text.partition("\n")[0]
    mark = ";" if head.count(";") > head.count(",") else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=mark)
    names = [str(name).strip().lower() for name in rows.fieldnames or ()]
    if "topic" not in names or "expression" not in names:
        raise Unreadable(
            [Fault("", msg("The first line of a CSV file names its columns: topic,expression"))]
        )
    rows.fieldnames = names
    return [{k: v for k, v in row.items() if v is not None and v != ""} for row in rows]
