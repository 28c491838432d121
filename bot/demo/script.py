"""The invented news: who publishes what, how many seconds after the start.

Names of people, towns, outlets and units are made up, and the domains are reserved ones.
Negative times are before the start: the archive, of which nobody is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.model import SourceKind, Transport

__all__ = ["LASTS", "OUTLETS", "SCRIPT", "Form", "Outlet", "Post"]

LASTS: Final = 60.0
"""Seconds from the first post to the end of the minute."""


class Form(StrEnum):
    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Outlet:
    """A source of the demo. `name` is its path on the server; a channel's @name."""

    name: str
    form: Form
    title: str
    lang: str
    kind: SourceKind

    @property
    def transport(self) -> Transport:
        return Transport.PREVIEW if self.form is Form.CHANNEL else Transport.FEED

    @property
    def site(self) -> str:
        return f"https://{self.name.replace('_', '-')}.example"


@dataclass(frozen=True, slots=True)
class Post:
    """What an outlet publishes. `at` and `edit_at` are seconds after the start.

    Of a forward, `forwards` is the outlet and the number of the post.
    """

    outlet: str
    number: int
    at: float
    text: str
    title: str = ""
    edit_at: float | None = None
    edited_text: str = ""
    forwards: tuple[str, int] | None = None


OUTLETS: Final = {
    outlet.name: outlet
    for outlet in (
        Outlet("severny_kurier", Form.RSS, "Северный курьер", "ru", SourceKind.MEDIA),
        Outlet("eastern_dispatch", Form.ATOM, "Eastern Dispatch", "en", SourceKind.MEDIA),
        Outlet("pravova_varta", Form.JSON, "Правова варта", "uk", SourceKind.RIGHTS),
        Outlet("zarechye24", Form.CHANNEL, "Заречье 24", "ru", SourceKind.ANONYMOUS),
        Outlet("kamyanopil_live", Form.CHANNEL, "Кам'янопіль Live", "uk", SourceKind.MEDIA),
    )
}

_REFUSED = (
    "Контрактники из Заречинска отказались ехать на фронт",
    "Около сорока контрактников мотострелкового полка из Заречинска отказались ехать на фронт."
    " По словам родственников, командиры грозят им тюрьмой и не отдают документы."
    " Минобороны РФ на запрос редакции не ответило.",
)
_REFUSED_EDITED = _REFUSED[1].replace("Около сорока", "Около шестидесяти")
_VERDICT = (
    "Шесть лет колонии за самовольное оставление части",
    "Заречинский гарнизонный военный суд приговорил контрактника к шести годам колонии общего"
    " режима за самовольное оставление части в период мобилизации (ч. 5 ст. 337 УК РФ)."
    " Из отпуска он не вернулся и полгода жил у брата.",
)
_ASSAULT = (
    "Піхотинці відмовилися йти на штурм без підтримки",
    "Військовослужбовці стрілецького батальйону відмовилися виконувати наказ про штурм без"
    " артилерійської підтримки. Дружини бійців записали звернення і просять не притягати їх"
    " до відповідальності.",
)
_FOOTER = "\n\n👉 Подписаться на «Заречье 24» | Прислать новость: @zarechye24_bot"

_ARCHIVE: Final = (
    Post("severny_kurier", 1, -86_000, "Новый мост через Озёрную сдадут к осени.", "Мост достроят"),
    Post(
        "severny_kurier",
        2,
        -50_000,
        "Трое военнослужащих Заречинского полка отказались ехать на фронт, дела направлены в суд.",
        "Трое военных отказались ехать на фронт",
    ),
    Post("severny_kurier", 3, -9_000, "В субботу в парке откроется ярмарка мёда.", "Ярмарка мёда"),
    Post(
        "eastern_dispatch",
        1,
        -70_000,
        "The river port reopened on Monday after repairs.",
        "River port reopens",
    ),
    Post(
        "eastern_dispatch",
        2,
        -30_000,
        "Farmers in the lake district expect an early harvest.",
        "Early harvest",
    ),
    Post(
        "pravova_varta",
        1,
        -60_000,
        "Відтепер записатися на консультацію можна й телефоном.",
        "Консультації юристів",
    ),
    Post(
        "pravova_varta",
        2,
        -20_000,
        "Опубліковано огляд судової практики за рік.",
        "Огляд практики",
    ),
    Post("zarechye24", 401, -40_000, "Отключения воды завтра: Садовая, Речная, Почтовая."),
    Post("zarechye24", 402, -15_000, "Кто потерял рыжего кота у вокзала? Ждёт в аптеке 🐈"),
    Post("kamyanopil_live", 77, -25_000, "На ринку сьогодні перші полуниці 🍓"),
)

_MINUTE: Final = (
    Post("severny_kurier", 4, 1.5, _REFUSED[1], _REFUSED[0], 27, _REFUSED_EDITED),
    Post(
        "zarechye24",
        403,
        4,
        "Доброе утро, Заречинск! Днём +9, к вечеру дождь и сильный ветер.",
    ),
    Post(
        "kamyanopil_live",
        78,
        7,
        "«Стріла» з Кам'янополя відмовився від матчу: поле затопило дощем ⚽️",
    ),
    Post("zarechye24", 404, 10, f"{_REFUSED[0]}\n\n{_REFUSED[1]}{_FOOTER}"),
    Post(
        "pravova_varta",
        3,
        13,
        "Кам'янопільський районний суд визнав солдата винним у самовільному залишенні частини"
        " під час воєнного стану (ч. 5 ст. 407 КК України) і призначив п'ять років позбавлення"
        " волі. Захист подасть апеляцію.",
        "П'ять років за самовільне залишення частини",
    ),
    Post(
        "eastern_dispatch",
        3,
        17,
        "At least twenty Russian reservists refused to go to the front line, their relatives say."
        " Commanders threatened the men with prosecution and took away their phones.",
        "Reservists refuse to fight, families say",
    ),
    Post(
        "severny_kurier",
        5,
        20,
        "Жители посёлка Сосновый отказались от переезда: карьер расширять не будут.",
        "Карьер расширять не будут",
    ),
    Post(
        "kamyanopil_live",
        79,
        24,
        "Російський солдат прострелив собі ногу, щоб його не відправили на штурм, розповів лікар"
        " прифронтового госпіталю. Таких поранених за тиждень привезли четверо.",
    ),
    Post(
        "zarechye24",
        405,
        31,
        "Російський солдат прострелив собі ногу, щоб його не відправили на штурм, розповів лікар"
        " прифронтового госпіталю. Таких поранених за тиждень привезли четверо.",
        forwards=("kamyanopil_live", 79),
    ),
    Post(
        "zarechye24",
        406,
        35,
        "Мобилизованных, которые отказались идти на штурм, третий день держат в подвале,"
        " рассказала жена одного из них. Их избивают и требуют подписать согласие вернуться"
        " на позиции.",
    ),
    Post(
        "severny_kurier",
        6,
        38,
        "Боксёр из Заречинска отказался от боя в Сочи: третья попытка встретиться с чемпионом.",
        "Бой в Сочи отменён",
    ),
    Post(
        "eastern_dispatch",
        4,
        41,
        "Deserted streets and closed schools: the storm kept the coast indoors on Tuesday.",
        "Storm empties the coast",
    ),
    Post("severny_kurier", 7, 44, _VERDICT[1], _VERDICT[0]),
    Post("pravova_varta", 4, 47, _ASSAULT[1], _ASSAULT[0]),
    Post("kamyanopil_live", 80, 50, f"{_ASSAULT[0]}\n\n{_ASSAULT[1]}"),
    Post("zarechye24", 407, 53, f"❗️{_VERDICT[0]}\n\n{_VERDICT[1]}{_FOOTER}"),
    Post(
        "eastern_dispatch",
        5,
        56,
        "Doctors in a border hospital say a third of the Russian soldiers brought in last week"
        " had self-inflicted wounds to the hands and legs.",
        "Doctors report self-inflicted wounds",
    ),
    Post("kamyanopil_live", 81, 58, "Завтра в місті ярмарок: вулицю Садову перекриють до вечора."),
)

SCRIPT: Final[Sequence[Post]] = _ARCHIVE + _MINUTE
