"""What import-linter cannot see: that nothing in chat opens a transaction that writes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import bot.chat

_WRITERS = ("write", "changing", "_writer")


def opened(source: str) -> Iterator[int]:
    """Lines that call something which writes."""
    for node in ast.walk(ast.parse(source)):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in _WRITERS:
            yield called.lineno


def test_chat_writes_through_commands_only():
    """Each change has its rights, its audit row and its undo in one place."""
    root = Path(bot.chat.__path__[0])
    found = {
        str(path.relative_to(root)): lines
        for path in root.rglob("*.py")
        if (lines := list(opened(path.read_text(encoding="utf-8"))))
    }

    assert found == {}
    assert list(opened("ctx.backend.store.write()")) == [1]
