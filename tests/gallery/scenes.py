"""What is played: a day of invented news, and people of three languages who follow it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.callbacks import Callback
from bot.i18n import LANGUAGES
from bot.model import ChatMode, ChatType, ItemMatch, Role, SourceKind
from bot.store import chats, item_matches, item_pages, people
from tests.gallery.phone import Shot, Wrote, chat, lock_screen
from tests.support.clock import ManualClock
from tests.support.databases import sqlite_template, sqlite_url
from tests.support.feeds import Post
from tests.support.telegram_world import Posted
from tests.support.vigil import ROOT, Vigil

__all__ = ["play"]

TZ = "Europe/Kyiv"
_BOT = {"en": "bot", "ru": "бот", "uk": "бот"}

REFUSAL = (
    "Около 60 контрактников из Пскова отказались ехать на войну. "
    "Командование угрожает им уголовными делами, рассказали родственники военных."
)
RETOLD = (
    "В Пскове 60 контрактников отказались ехать на войну, командование угрожает им делами, "
    "сообщил правозащитник Иван Лесной из Петрозаводска."
)
REFUSED_ORDER = "Под Курском двадцать мобилизованных из Твери отказались идти на штурм."
FLED = "В Рязани контрактник Илья Зорин самовольно оставил часть, его ищет военная полиция."
MISSED = "Самоволка отменяется: школьники второй смены сегодня пойдут на уроки, решил директор."
DOUBT = "Солдаты отряда «Ветер» отказались от нового места службы, рассказал повар части."
VERDICTS = (
    ("Псковский гарнизонный военный суд приговорил контрактника Сергея Лосева к шести годам колонии"
     " за самовольное оставление части (ч. 5 ст. 337 УК РФ).", "Самовольное оставление: шесть лет"),
    ("Читинский гарнизонный военный суд приговорил рядового Павла Гурова к пяти годам колонии за"
     " дезертирство (ч. 1 ст. 338 УК РФ).", "Чита: пять лет за дезертирство"),
    ("Владивостокский гарнизонный военный суд приговорил матроса Олега Рыжова к семи годам колонии"
     " за самовольное оставление части (ч. 5 ст. 337 УК РФ).", "Владивосток: семь лет матросу"),
)  # fmt: skip
OTHERS = (
    ("В Улан-Удэ контрактник Баир Цыренов отказался садиться в самолёт: не поедет на войну.",
     "Улан-Удэ: контрактник отказался лететь"),
    ("Рота мобилизованных из Омска отказалась идти на штурм и записала обращение.",
     "Омск: рота отказалась от штурма"),
)  # fmt: skip


class _Player:
    """One application, and for each language a subscriber, a newcomer, a Quiet reader, an admin."""

    def __init__(self, vigil: Vigil) -> None:
        self.vigil = vigil
        self.shots: list[Shot] = []
        self._since: dict[int, int] = {}

    def begin(self, user: int) -> None:
        """What comes from now on is of the next picture."""
        place = self.vigil.telegram.world.places.get(user)
        self._since[user] = 0 if place is None else place.next_id

    def shoot(self, name: str, user: int, lang: str) -> None:
        """The user's chat since `begin`, as it stands now."""
        place = self.vigil.telegram.place(user)
        since = self._since.get(user, 0)
        said: dict[int, Wrote | Posted] = {
            number: Wrote(str(each.get("text", "")), datetime.fromtimestamp(each["date"], UTC))
            for number, each in place.received.items()
            if number >= since
        }
        said |= {n: p for n, p in place.posted.items() if n >= since and not p.deleted}
        ordered = [said[number] for number in sorted(said)]
        assert ordered, name
        self.shots.append(Shot(f"{name}-{lang}", chat(ordered, TZ, _BOT[lang])))

    async def tap(self, user: int, data: str) -> None:
        """Press the newest button whose data begins so."""
        for posted in reversed(self.vigil.chat(user)):
            for row in posted.buttons:
                for button in row:
                    if button.get("callback_data", "").startswith(data):
                        await self.vigil.press(
                            user, button["callback_data"], message_id=posted.message_id
                        )
                        return
        raise AssertionError(f"no button {data}: {[p.labels() for p in self.vigil.chat(user)]}")

    async def admin(self, user: int, lang: str) -> None:
        self.vigil.telegram.people.started(user, lang=lang)
        now = self.vigil.clock.now()
        async with self.vigil.app.engine.store.write() as conn:
            await people.appoint(conn, user, Role.ADMIN, None, now)
            await chats.ensure(
                conn,
                *(user, 0, ChatType.PRIVATE),
                lang=lang,
                tz=TZ,
                mode=ChatMode.NORMAL,
                now=now,
            )

    async def later(self, minutes: float) -> None:
        self.vigil.clock.advance(timedelta(minutes=minutes).total_seconds())
        await self.vigil.settle()


def _who(lang: str) -> tuple[int, int, int, int]:
    n = list(LANGUAGES).index(lang)
    return 2001 + n, 3001 + n, 4001 + n, 5001 + n


async def play(scratch: Path) -> list[Shot]:
    """All scenes, in the order of a reader's first day. Takes a minute or two."""
    database = scratch / "vigil.sqlite3"
    database.write_bytes((await sqlite_template(scratch, packs=True)).read_bytes())
    clock = ManualClock()
    async with Vigil(sqlite_url(database), scratch / "data", clock, inline=True) as vigil:
        player = _Player(vigil)
        await vigil.add_source("a", title="Псков сегодня")
        await vigil.add_source("b", title="Радио Север")
        await vigil.add_source("c", title="Пресс-служба суда", kind=SourceKind.COURT)
        await vigil.add_source("d", title="Заречье 24", kind=SourceKind.ANONYMOUS)
        await _news_of_the_week(player)
        for lang in LANGUAGES:
            subscriber, _, quiet, admin = _who(lang)
            await vigil.subscriber(subscriber, "refusal", "desertion", lang=lang, tz=TZ)
            await vigil.subscriber(quiet, "refusal", lang=lang, tz=TZ)
            await vigil.quiet(quiet)
            await player.admin(admin, lang)
        scenes = (_joining, _alerts, _own_words, _admins, _errors, _digests, _failing, _threads)
        for scene in scenes:
            await scene(player)
        return player.shots


async def _news_of_the_week(player: _Player) -> None:
    """So that forecasts, backtests and digests have something to count."""
    vigil = player.vigil
    for day in range(6, 0, -1):
        at = vigil.clock.now() - timedelta(days=day)
        posts = []
        for n, (text, title) in enumerate((*OTHERS, *VERDICTS)):
            if (day + n) % 2:
                told = f"{title}. День {day}-й. {text}"
                posts.append(Post(f"w{day}{n}", title=f"{title} ({day})", text=told, published=at))
        await vigil.put("b", *posts)
    await vigil.read()


async def _joining(player: _Player) -> None:
    vigil = player.vigil
    for lang in LANGUAGES:
        _, guest, _, _ = _who(lang)
        vigil.telegram.people.person(guest, lang=lang)
        *_, link = await vigil.says(ROOT, "/invite 7")
        found = re.search(r"start=([\w-]+)", link.text)
        assert found is not None
        await vigil.says(guest, f"/start {found[1]}")
        # The code of the invitation is nobody's business, and ugly.
        place = vigil.telegram.place(guest)
        for message in place.received.values():
            message["text"] = "/start"
        player.shoot("start", guest, lang)
        await player.tap(guest, f"{Callback.MODE}:normal")
        await player.tap(guest, f"{Callback.TOPIC}:refusal")
        await player.later(0.1)
        await player.tap(guest, f"{Callback.TOPIC}:desertion")
        await player.later(0.1)
        player.shoot("subscribe", guest, lang)


async def _alerts(player: _Player) -> None:
    vigil = player.vigil
    for lang in LANGUAGES:
        player.begin(_who(lang)[0])
    await vigil.publish(
        "a", Post("1", text=REFUSAL, link="https://pskov.example/news/60-kontraktnikov")
    )
    told = {lang: vigil.chat(_who(lang)[0])[-1] for lang in LANGUAGES}
    for lang in LANGUAGES:
        subscriber, _, quiet, _ = _who(lang)
        player.shoot("alert", subscriber, lang)
        player.shots.append(Shot(f"lock-{lang}", lock_screen(told[lang], lang, TZ)))
        folded = vigil.chat(quiet)[-1]
        player.shots.append(Shot(f"quiet-{lang}", lock_screen(folded, lang, TZ)))
        await player.tap(subscriber, Callback.WHY)
        player.shoot("why", subscriber, lang)
        player.begin(subscriber)
        number = told[lang].message_id
        await vigil.press(subscriber, f"{Callback.MORE}:{_notice(told[lang])}", message_id=number)
        await player.later(0.1)
        _shoot_one(player, "more", lang, told[lang])
        await vigil.press(subscriber, f"{Callback.LESS}:{_notice(told[lang])}", message_id=number)
    await vigil.publish("b", Post("x", text=RETOLD, link="https://radio.example/n/8812"))
    await vigil.publish("d", Post("y", text="❗️ " + REFUSAL, link="https://zarechie.example/5"))
    await vigil.publish(
        "c", Post("z", text=RETOLD + " Жалобу подали в прокуратуру.", link="https://sud.example/3")
    )
    await player.later(7)
    for lang in LANGUAGES:
        subscriber = _who(lang)[0]
        under = (p for p in vigil.chat(subscriber) if p.reply_to == told[lang].message_id)
        replies = [posted for posted in under if not posted.buttons]  # not the answer to Why?
        _shoot_one(player, "grown", lang, told[lang], *replies[:1])
        player.begin(subscriber)


def _notice(posted: Posted) -> str:
    data = posted.buttons[0][0]["callback_data"]
    return str(data.partition(":")[2])


def _shoot_one(player: _Player, name: str, lang: str, *posted: Posted) -> None:
    player.shots.append(Shot(f"{name}-{lang}", chat(posted, TZ, _BOT[lang])))


async def _own_words(player: _Player) -> None:
    vigil = player.vigil
    for lang in LANGUAGES:
        subscriber = _who(lang)[0]
        player.begin(subscriber)
        await vigil.says(subscriber, "/watch Улан-Удэ")
        player.shoot("watch", subscriber, lang)
        player.begin(subscriber)
        await vigil.says(subscriber, MISSED)
        player.shoot("why-not", subscriber, lang)


async def _admins(player: _Player) -> None:
    vigil = player.vigil
    await _doubtful(vigil)
    for lang in LANGUAGES:
        admin = _who(lang)[3]
        player.begin(admin)
        await vigil.says(admin, "/filter add desertion самовольн* NEAR/3 оставлен*")
        player.shoot("filter", admin, lang)
        player.begin(admin)
        await vigil.says(admin, "/backtest приговорил* 30d")
        player.shoot("backtest", admin, lang)
        player.begin(admin)
        await vigil.says(admin, "/entity add person Анна Петрова")
        player.shoot("entity", admin, lang)
        player.begin(admin)
        await vigil.says(admin, "/review")
        player.shoot("review", admin, lang)
        player.begin(admin)


async def _doubtful(vigil: Vigil) -> None:
    """A post of which the score is not sure, as /review asks about it."""
    await vigil.publish("d", Post("q", text=DOUBT, link="https://zarechie.example/6"))
    async with vigil.app.engine.store.write() as conn:
        [item] = await item_pages.last_of_source(conn, 4, 1)
        found = DOUBT.index("отказались"), DOUBT.index(",")
        await item_matches.insert_matches(
            conn,
            item.id,
            item.revision,
            [
                ItemMatch(
                    "refusal",
                    "refusal/refuse-to-fight",
                    (("text", *found),),
                    ("text", 0, len(DOUBT)),
                    army="unknown",
                    certainty="possible",
                    score=0.31,  # below what is told, above what is not shown
                    words=(("text", 0, 7), ("text", *found)),
                )
            ],
        )


async def _errors(player: _Player) -> None:
    vigil = player.vigil
    for lang in LANGUAGES:
        subscriber, _, _, admin = _who(lang)
        player.begin(admin)
        for said in ("/filter add refusal (отказ* OR", "/filter add refusal person:petrov"):
            await vigil.says(admin, said)
        await vigil.says(admin, "/source add http://nowhere.example/feed")
        player.shoot("errors", admin, lang)
        player.begin(subscriber)
        for said in ("/sub отказы -source:Рудио", "/tz Атлантида", "/hours 25-7"):
            await vigil.says(subscriber, said)
        player.shoot("mends", subscriber, lang)


async def _digests(player: _Player) -> None:
    vigil = player.vigil
    for lang in LANGUAGES:
        reader = _who(lang)[0] + 4000
        await vigil.subscriber(reader, "refusal", "desertion", lang=lang, tz=TZ)
        await vigil.says(reader, "/digest weekly mon 21:00")
        await vigil.says(reader, "/topics")
        await player.tap(reader, f"{Callback.WAY}:refusal")
        await player.later(0.1)
        await player.tap(reader, f"{Callback.WAY}:refusal:=digest")
    for n, (text, title) in enumerate((*OTHERS, *VERDICTS)):
        told = f"{text} Подробности в деле № {n}41."
        link = f"https://sud.example/{n}"
        await vigil.publish("c", Post(f"v{n}", title=title, text=told, link=link))
    vigil.clock.move_to(datetime(2024, 4, 8, 18, 1, tzinfo=UTC))
    await vigil.settle()
    for lang in LANGUAGES:
        _shoot_one(player, "digest", lang, *vigil.chat(_who(lang)[0] + 4000)[-2:])


async def _failing(player: _Player) -> None:
    vigil = player.vigil
    for lang in LANGUAGES:
        player.begin(_who(lang)[3])
    vigil.server.put("/a.xml", b"", status=502)
    for _ in range(4):
        vigil.clock.advance(8 * 3600)
        await vigil.settle()
    for lang in LANGUAGES:
        player.shoot("failing", _who(lang)[3], lang)


async def _threads(player: _Player) -> None:
    """A reader who has chosen a thread for each topic, in the thread of refusals."""
    vigil = player.vigil
    vigil.telegram.world.bot["has_topics_enabled"] = True
    for lang in LANGUAGES:
        reader = _who(lang)[0] + 5000
        await vigil.subscriber(reader, "refusal", "desertion", lang=lang, tz=TZ)
        player.begin(reader)
        await vigil.says(reader, "/settings")
        await player.tap(reader, f"{Callback.THREADS}:1")
        await player.later(0.1)
        player.shoot("settings", reader, lang)
    for n, text in enumerate((REFUSED_ORDER, FLED)):
        await vigil.publish("c", Post(f"t{n}", text=text, link=f"https://sud.example/t{n}"))
    for lang in LANGUAGES:
        reader = _who(lang)[0] + 5000
        place = vigil.telegram.place(reader)
        open_, *others = place.names
        told = [each for each in vigil.chat(reader) if each.thread_id == open_]
        names = [place.names[each] for each in (*others, open_)]
        player.shots.append(Shot(f"threads-{lang}", chat(told, TZ, _BOT[lang], names)))
