"""/topic: topics of one's own in three languages; urgency and off, of the packs' too."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from bot.alerts import words
from bot.chat.confirmation import ask
from bot.chat.context import Context
from bot.chat.subscriber.topics import find_topic, no_such_topic
from bot.chat.text import code, esc, pages
from bot.commands import topics as commands
from bot.commands.calls import Refused
from bot.i18n import LANGUAGES, Translator, msg
from bot.model import OwnTopic, Way
from bot.store import filters, topics

__all__ = ["switched_off", "topic"]

_EXAMPLE: Final = "/topic add Hazing | Дедовщина | Дідівщина"
_TYPED_IN: Final = ("en", "ru", "uk")  # the order of titles
_WAYS: Final[Mapping[str, Way]] = {
    name: way
    for way, names in {
        Way.URGENT: "urgent срочно терміново",
        Way.NORMAL: "normal обычно звичайно",
        Way.SILENT: "silent тихо беззвучно",
        Way.DIGEST: "digest дайджест",
    }.items()
    for name in names.split()
}
_SAID: Final[Mapping[Way, str]] = {
    Way.URGENT: msg("urgent"),
    Way.NORMAL: msg("normal"),
    Way.SILENT: msg("silent"),
    Way.DIGEST: msg("digest"),
}


async def topic(ctx: Context) -> None:
    """`/topic …`."""
    word, rest = [*ctx.args.split(maxsplit=1), "", ""][:2]
    run = _COMMANDS.get(word.lower())
    if run is None:
        await _list(ctx, "")
    else:
        await run(ctx, rest.strip())


def _usage(t: Translator) -> list[str]:
    return [
        t("{command}: a new one, in English, Russian, Ukrainian", command=code(_EXAMPLE)),
        t("{command}: other titles", command="/topic edit hazing Bullying | … | …"),
        t(
            "{command}: urgent, normal, silent or digest for all who have not chosen",
            command="/topic urgency hazing silent",
        ),
        t("{command}: neither offered nor matched", command="/topic off hazing, /topic on hazing"),
        t("{command}: what it looks for", command="/filter add hazing …"),
    ]


async def _list(ctx: Context, _: str) -> None:
    t, reader = ctx.t, ctx.services.reader
    async with ctx.services.store.read() as conn:
        own = {each.id: each for each in await topics.list_all(conn)}
        stored = await filters.list_all(conn)
    count = {each: sum(f.topic == each for f in stored) for each in (*reader.topics, *own)}
    lines = [f"<b>{t('Topics')}</b>"]
    for topic_id in dict.fromkeys((*reader.given_topics, *own)):
        about = [t.n("{n} filter", "{n} filters", count.get(topic_id, 0))]
        chosen = own.get(topic_id)
        about += [t(_SAID[chosen.way])] if chosen is not None and chosen.way is not None else []
        about += [t("off")] if chosen is not None and chosen.off else []
        title = esc(words.topic(t, topic_id))
        lines.append(f"{code(topic_id)} {title} · {' · '.join(about)}")
    await ctx.say_all(pages([*lines, "", *_usage(t)]))


async def _add(ctx: Context, rest: str) -> None:
    t = ctx.t
    titles = await _titles(ctx, rest)
    if titles is None:
        return
    topic_id = commands.id_of(titles["en"])
    if not commands.is_id(topic_id):
        await ctx.say(t("The English title must begin with a Latin letter."))
        return
    new = OwnTopic(topic_id, titles)
    given = ctx.services.reader.given_topics
    if await commands.add(ctx.backend, ctx.call(), new, given) is Refused.TAKEN:
        edit = code(f"/topic edit {topic_id} …")
        await ctx.say(
            t("{topic} exists already. {edit} changes it.", topic=code(topic_id), edit=edit)
        )
        return
    lines = [
        t("New topic: {topic} {title}", topic=code(topic_id), title=esc(words.topic(t, topic_id))),
        t(
            "It finds nothing yet. {command} says what it looks for.",
            command=code(f"/filter add {topic_id} …"),
        ),
    ]
    await ctx.say("\n".join(lines))


async def _titles(ctx: Context, typed: str) -> Mapping[str, str] | None:
    """`en | ru | uk`; None where that is amiss, which has been said."""
    t = ctx.t
    parts = [" ".join(each.split()) for each in re.split(r"[|\n]", typed)]
    if len(parts) != len(LANGUAGES) or not all(parts):
        await ctx.say(
            t("Three titles, in English, Russian, Ukrainian: {example}", example=code(_EXAMPLE))
        )
        return None
    if any(len(each) > commands.LONGEST_TITLE for each in parts):
        await ctx.say(
            t("A title has {n} letters at most: buttons hold no more.", n=commands.LONGEST_TITLE)
        )
        return None
    return dict(zip(_TYPED_IN, parts, strict=True))


async def _edit(ctx: Context, rest: str) -> None:
    t = ctx.t
    found, titles_typed = await _find_named(ctx, rest)
    titles = None if found is None else await _titles(ctx, titles_typed)
    if found is None or titles is None:
        return
    given = ctx.services.reader.given_topics
    done = await commands.rename(ctx.backend, ctx.call(), found, titles, given)
    if done is Refused.MISSING:
        await ctx.say(no_such_topic(ctx))
        return
    lines = [t("It is called {title} now.", title=esc(words.topic(t, found)))]
    if isinstance(done, commands.ChangedTopic):
        # Another admin may have chosen them a moment ago: what is replaced is shown.
        # A pack's topic whose urgency was chosen stays stored when a later pack drops it.
        pack = given.get(found)
        before = done.before.titles or (pack.titles if pack is not None else {})
        typed = " | ".join(before.get(lang, "") for lang in _TYPED_IN)
        lines.append(t("Until now: {words}. /undo", words=code(typed)) if before else "/undo")
    await ctx.say("\n".join(lines))


async def _urgency(ctx: Context, rest: str) -> None:
    t = ctx.t
    found, typed = await _find_named(ctx, rest)
    if found is None:
        return
    way = _WAYS.get(typed.lower())
    if way is None:
        await ctx.say(
            t(
                "How urgent? {example}",
                example=code(f"/topic urgency {found} urgent|normal|silent|digest"),
            )
        )
        return
    given = ctx.services.reader.given_topics
    await commands.set_way(ctx.backend, ctx.call(), found, way, given)
    title = esc(words.topic(t, found))
    await ctx.say(
        t(
            "{topic}: {way} for all who have not chosen otherwise. /undo",
            topic=title,
            way=t(_SAID[way]),
        )
    )


async def _off(ctx: Context, rest: str) -> None:
    t = ctx.t
    found, _ = await _find_named(ctx, rest)
    if found is None:
        return
    async with ctx.services.store.read() as conn:
        chats = await topics.count_followers(conn, found)
    question = t(
        "Switch {topic} off? Nobody gets alerts of it then. {chats} it; they keep the"
        " subscription.",
        topic=esc(words.topic(t, found)),
        chats=t.n("{n} chat follows", "{n} chats follow", chats),
    )
    await ask(ctx, "topic.off", question, t("Off"), topic=found)


async def switched_off(ctx: Context, asked: Mapping[str, Any]) -> str:
    """Yes was pressed; what to say."""
    t, topic_id = ctx.t, str(asked["topic"])
    given = ctx.services.reader.given_topics
    title = esc(words.topic(t, topic_id))
    done = await commands.set_off(ctx.backend, ctx.call(), topic_id, True, given)
    if done is Refused.MISSING:
        return no_such_topic(ctx)
    return t("{topic} is off. {on} starts it again.", topic=title, on=code(f"/topic on {topic_id}"))


async def _on(ctx: Context, rest: str) -> None:
    found, _ = await _find_named(ctx, rest)
    if found is None:
        return
    given = ctx.services.reader.given_topics
    await commands.set_off(ctx.backend, ctx.call(), found, False, given)
    await ctx.say(ctx.t("{topic} is on.", topic=esc(words.topic(ctx.t, found))))


async def _find_named(ctx: Context, typed: str) -> tuple[str | None, str]:
    """The topic that is spoken of, on or off, and what stands behind; tells where there is none."""
    reader = ctx.services.reader
    async with ctx.services.store.read() as conn:
        own = {each.id: each for each in await topics.list_all(conn)}
    known = {**reader.given_topics, **reader.topics}
    first, _, rest = typed.partition(" ")
    if first.lower() in own or first.lower() in known:
        return first.lower(), rest.strip()
    found, rest = find_topic(known, typed)
    if found is None:
        await ctx.say(no_such_topic(ctx))
    return found, rest


_COMMANDS: Mapping[str, Callable[[Context, str], Awaitable[None]]] = {
    "add": _add,
    "edit": _edit,
    "urgency": _urgency,
    "off": _off,
    "on": _on,
    "list": _list,
}
