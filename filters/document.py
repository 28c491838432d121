"""What is matched: one text with what is known of its origin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

__all__ = ["TEXT", "TITLE", "Document", "Span"]

TITLE: Final = "title"
TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class Document:
    """One text to match. Every field may be empty.

    `lang` is a hint ("ru", "uk", "en" or ""): it names the language of words
    whose letters do not tell, and answers `lang:`. `source` is an address, a
    @name or a title, `source_id` its number (0: none). `published` is aware UTC.
    """

    text: str = ""
    title: str = ""
    lang: str = ""
    source: str = ""
    kind: str = ""
    author: str = ""
    url: str = ""
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    forwarded_from: str = ""
    published: datetime | None = None
    source_id: int = 0

    def field(self, name: str) -> str:
        """The text of `title` or `text`. Raises KeyError for another name."""
        if name == TITLE:
            return self.title
        if name == TEXT:
            return self.text
        raise KeyError(name)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in the original text: `document.field(field)[start:end]`, in code points."""

    field: str
    start: int
    end: int
