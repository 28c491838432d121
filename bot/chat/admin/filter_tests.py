"""/filter test: what a text matches and why, or what was missing; and how errors are shown."""

from __future__ import annotations

import telegram

from bot.alerts import words
from bot.chat.admin.proof import marked, proof
from bot.chat.context import Context
from bot.chat.meanings import read_query
from bot.chat.text import code, cut, esc, pages
from bot.i18n import Translator
from bot.model import is_private
from bot.store import filters
from bot.store.filters import FilterState
from filters.document import TITLE, Document, Span
from filters.explain import Clause, Explanation
from filters.nodes import Not
from filters.query import Query, describe
from filters.reading import Reading
from filters.samples import samples

__all__ = ["missing", "read_lines", "test", "would_come"]

_PLAIN = 2  # clauses that a reader is told of
_CLAUSE = 120  # letters of what was missing: a list of a pack says the rest as well
_MAX_TEXT_LETTERS = 1_500
_MOST_HITS = 8


async def test(ctx: Context, rest: str) -> None:
    """`/filter test <text>`, `/filter test f12 <text>`, `/filter test ? <expression>`.

    A text is read by all filters. A filter is meant by its id or behind `?`, on the first line;
    the text is what stands below it or is replied to. Words of a reply are the filter tried on
    what it replies to. A filter without a text is tried on the last seven days.
    """
    replied = _text_of(ctx.message.reply_to_message if ctx.message else None)
    head, _, below = rest.partition("\n")
    stored, behind = await _stored(ctx, head)
    asked = head.strip().removeprefix("?").strip() if head.lstrip().startswith("?") else ""
    query: Query | None = None
    text = replied or rest
    if stored is not None:
        query = await read_query(ctx, stored.expression, kept=True)
        text = replied or "\n".join(filter(None, (behind, below.strip())))
    elif asked or (replied and rest):
        query = await read_query(ctx, asked or head)
        text = replied or below.strip()
    if query is None and (stored is not None or asked or (replied and rest)):
        return  # its error is told
    if query is None and not text.strip("? \n"):
        await ctx.say(ctx.t("Reply with /filter test to a message, or write a text behind it."))
    elif query is None:
        await _read_by_all(ctx, text)
    elif text:
        await ctx.say_all(pages(await _explained(ctx, query, text)))
    else:
        topic, key = (stored.topic, stored.key) if stored else ("", "")
        await ctx.start_job("filter.test", _on_the_week(ctx, topic, query, key))


async def _on_the_week(ctx: Context, topic: str, query: Query, key: str) -> None:
    body = await ctx.patiently(proof(ctx, topic, query, key), ctx.t("Reading the last 7 days…"))
    await ctx.say_all(body)


async def _stored(ctx: Context, head: str) -> tuple[filters.Filter | None, str]:
    """The filter that the line begins with, and what stands behind: a number alone is its id too.

    With words behind a number begins a text: "12 soldiers refused".
    """
    first, _, behind = head.partition(" ")
    key = f"f{first}" if first.isdecimal() and not behind.strip() else first.lower()
    async with ctx.services.store.read() as conn:
        found = await filters.get(conn, key) if key else None
    if found is None or found.state is FilterState.REMOVED:
        return None, ""
    return found, behind.strip()


def _looks_like_filter(text: str) -> bool:
    """A line that may have been meant as a filter rather than as a text to read."""
    signs = ("NEAR", "*", " OR ", " AND ", " NOT ", "(", "=", " ИЛИ ", " АБО ", "|")
    return "\n" not in text and (len(text.split()) <= 3 or any(sign in text for sign in signs))


async def _explained(ctx: Context, query: Query, text: str) -> list[str]:
    """One filter on one text."""
    t = ctx.t
    found = await ctx.services.pipeline.matcher.explain(query, Document(text=text))
    lines = [t("Understood: {words}.", words=esc(cut(describe(query, t.lang), 800)))]
    if found.matched:
        return [*lines, t("It matches:"), marked(text, found.spans, _MAX_TEXT_LETTERS)]
    return [*lines, t("It does not match."), *missing(ctx, found, text)]


def missing(ctx: Context, found: Explanation, text: str, title: str = "") -> list[str]:
    """What was there and what was not."""
    t, lines = ctx.t, []
    held = [span for clause in found.clauses if clause.held for span in clause.spans]
    held += [span for c in found.failed for part in c.parts if part.held for span in part.spans]
    if held:
        found_words = dict.fromkeys(f"«{esc(_at(s, text, title), 40)}»" for s in held[:6])
        lines.append(t("Found: {words}.", words=", ".join(found_words)))
    if not ctx.is_admin:
        return [*lines, *(_plainly(ctx, each, text, title) for each in found.failed[:_PLAIN])]
    for clause in found.failed[:3]:
        line = t("Missing: {words}.", words=esc(cut(clause.describe(t.lang), _CLAUSE)))
        lines.append(line.replace("….", "…"))
    return lines


def _plainly(ctx: Context, clause: Clause, text: str, title: str) -> str:
    """What a clause lacked, in words of the text's language, without how a filter writes it."""
    t = ctx.t
    if isinstance(clause.node, Not):
        quotes = dict.fromkeys(f"«{esc(_at(s, text, title), 40)}»" for s in clause.spans[:3])
        return t("It also holds {words}: such posts are left out.", words=", ".join(quotes))
    held = [part for part in clause.parts if part.held and part.spans]
    lacking = next((part for part in clause.parts if not part.held), clause)
    wanted, more = samples(lacking.node, text)
    listed = ", ".join(f"«{esc(each, 40)}»" for each in wanted) + ("…" if more else "")
    if not wanted:
        return t("Something else that the topic needs is not there.")
    if held:
        beside = esc(_at(held[0].spans[0], text, title), 40)
        return t("Near «{found}» there is none of: {words}", found=beside, words=listed)
    return t("There is none of: {words}", words=listed)


async def _read_by_all(ctx: Context, text: str) -> None:
    await ctx.say_all(pages(await read_lines(ctx, text)))


async def read_lines(ctx: Context, text: str) -> list[str]:
    """All filters on one text, as a post would be read."""
    t, matcher = ctx.t, ctx.services.pipeline.matcher
    document = Document(text=text)
    reading = await matcher.look(document)
    hits = [hit for hit in reading.hits if not is_private(hit.topic)]  # nobody else's
    told = would_come(t, reading)
    if not told:
        lines = [t("No filter matches.")]
        if (nearest := await matcher.nearest(document)) is not None:
            key, why = nearest
            lines += [t("Nearest: {key}", key=code(key)), *missing(ctx, why, text)]
        if _looks_like_filter(text):
            typed = code(f"/filter test ? {text}", 1000)
            lines.append(t("That was read as a text. As a filter: {command}", command=typed))
        return lines
    lines = told
    for hit in hits[:_MOST_HITS]:
        found = dict.fromkeys(f"«{esc(text[s.start : s.end], 40)}»" for s in hit.spans[:6])
        lines.append(f"{code(hit.key)} {', '.join(found)}")
    if not hits:
        lines.append(t("no filter found it"))
    if len(hits) > _MOST_HITS:
        lines.append(t("and {n} more", n=len(hits) - _MOST_HITS))
    lines += _facets(ctx, reading)
    spans = [s for hit in hits for s in hit.spans]
    if not spans:
        spans = [
            word for match in reading.matches if not is_private(match.topic) for word in match.words
        ]
    lines.append(marked(text, spans, _MAX_TEXT_LETTERS))
    return lines


def would_come(t: Translator, reading: Reading) -> list[str]:
    """Under which topics the text would be pushed, and which it may be about; nobody's own words.

    Nothing where it is about no topic.
    """
    sure = [topic for topic in reading.topics if not is_private(topic)]
    possible = [topic for topic in reading.possible if not is_private(topic)]
    lines = []
    if sure:
        names = ", ".join(esc(words.topic(t, topic)) for topic in sure)
        lines.append(t("An alert would come under: {topics}.", topics=names))
    if possible:
        names = ", ".join(esc(words.topic(t, topic)) for topic in possible)
        lines.append(t("Not sure enough for an alert, only for digests: {topics}.", topics=names))
    return lines


def _at(span: Span, text: str, title: str) -> str:
    return (title if span.field == TITLE else text)[span.start : span.end]


def _facets(ctx: Context, reading: Reading) -> list[str]:
    t, facets = ctx.t, reading.facets
    facet_terms = [f"army:{facets.army}", f"stage:{facets.stage}", f"era:{facets.era}"]
    lines = [code(" ".join(facet_terms))]
    if facets.era == "historical" or facets.army == "other":
        lines.append(
            t("Another country's army or a past war: only chats that ticked these get an alert.")
        )
    return lines


def _text_of(message: telegram.Message | None) -> str:
    return (message.text or message.caption or "").strip() if message else ""
