"""What t.me/NAME and a post's embed page say where there is no preview page: bytes to an answer."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from bot.errors import LayoutChanged, ParseFailed
from bot.sources.charset import decode
from bot.sources.markup import node_text
from bot.sources.parsed import Landing, LandingKind
from bot.sources.text import clean

__all__ = ["is_missing_post", "parse_landing"]


def parse_landing(body: bytes, content_type: str = "") -> Landing:
    """What t.me/NAME says of a name whose /s/ page is refused.

    Raises LayoutChanged when it is not such a page, ParseFailed on bytes that are none.
    """
    try:
        return _landing(LexborHTMLParser(decode(body, content_type)))
    except (ParseFailed, MemoryError):
        raise
    except Exception as error:
        raise ParseFailed("The channel's page is broken: nothing in it can be read") from error


def _landing(page: LexborHTMLParser) -> Landing:
    head = page.css_first("title")
    says = clean(head.text()) if head is not None else ""
    shown = page.css_first(".tgme_page_title")
    title = node_text(shown).replace("\n", " ") if shown is not None else ""
    extra = page.css_first(".tgme_page_extra")
    counted = node_text(extra).lower() if extra is not None else ""
    if "subscriber" in counted:
        return Landing(LandingKind.CHANNEL, title)
    if "member" in counted:
        return Landing(LandingKind.GROUP, title)
    described = page.css_first(".tgme_page_description")
    if described is not None and "view posts by" in node_text(described).lower():
        return Landing(LandingKind.CHANNEL, title)
    if "Contact @" in says or "Launch @" in says:
        # A person or bot has a title there, a name nobody has has none.
        return Landing(LandingKind.PERSON if title else LandingKind.MISSING, title)
    if "View @" in says or "Join" in says:
        return Landing(LandingKind.CHANNEL, title)
    raise LayoutChanged("The channel's page has changed: it cannot be recognised")


def is_missing_post(body: bytes, content_type: str = "") -> bool:
    """Whether the embed page of a post refuses it: deleted, or of a kind it cannot show.

    Raises LayoutChanged when the page is neither a post nor a refusal.
    """
    page = LexborHTMLParser(decode(body, content_type))
    if page.css_first(".tgme_widget_message.err_message") is not None:
        return True
    if page.css_first(".tgme_widget_message[data-post]") is not None:
        return False
    raise LayoutChanged("The channel's page has changed: its posts cannot be read")
