"""Items as the filters read them."""

from __future__ import annotations

from bot.model import Item, ParsedItem, Source
from filters.document import Document

__all__ = ["document_of"]


def document_of(item: Item | ParsedItem, source: Source) -> Document:
    """The item as a document: `source:` finds the source by address, @name or title."""
    return Document(
        text=item.text,
        title=item.title,
        lang=item.lang or source.lang,
        source=" ".join(filter(None, (source.identity, source.title))),
        kind=source.kind.value,
        author=item.author,
        url=item.url,
        links=item.links,
        tags=item.tags,
        forwarded_from=" ".join(filter(None, (item.forwarded_from, item.forward_name))),
        published=item.published,
        source_id=source.id,
    )
