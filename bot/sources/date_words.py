"""The words of dates: months, days of the week and zones, as feeds of four languages write them."""

from __future__ import annotations

from typing import Final

__all__ = ["BASES", "EAST", "FILLERS", "MONTHS", "PLACES", "WEEKDAYS", "ZONE_WORDS"]


def _prefixes(lines: str, shortest: int) -> dict[str, int]:
    """Every beginning of the words, by the number of their line; those of two lines left out."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(lines.strip().splitlines()):
        for word in line.split():
            for end in range(min(shortest, len(word)), len(word) + 1):
                found.setdefault(word[:end], set()).add(number)
    return {word: numbers.pop() for word, numbers in found.items() if len(numbers) == 1}


MONTHS: Final = _prefixes(
    """
    january январь января січень січня студзень студзеня
    february февраль февраля лютий лютого люты лютага
    march март марта березень березня сакавік сакавіка
    april апрель апреля квітень квітня красавік красавіка
    may май мая травень травня травень траўня
    june июнь июня червень червня чэрвень чэрвеня
    july июль июля липень липня ліпень ліпеня
    august август августа серпень серпня жнівень жніўня
    september сентябрь сентября вересень вересня верасень верасня
    october октябрь октября жовтень жовтня кастрычнік кастрычніка
    november ноябрь ноября листопад листопада лістапад лістапада
    december декабрь декабря грудень грудня снежань снежня
    """,
    3,
)
WEEKDAYS: Final = {
    word: number
    for word, number in _prefixes(
        """
        monday понедельник понеділок панядзелак пн
        tuesday вторник вівторок аўторак вт ўт ат
        wednesday среда середа серада ср
        thursday четверг четвер чацвер чт чц
        friday пятница пятниця пятніца пт
        saturday суббота субота сб
        sunday воскресенье неділя нядзеля вс вск нд
        """,
        2,
    ).items()
    if word not in MONTHS
}
# Words that say nothing: "28 ноября 2026 года в 09:00", "28th of November".
FILLERS: Final = frozenset(
    "г год года р рік року roku гг at в во о об of on the z'".split()  # noqa: SIM905
)
EAST: Final = {  # hours from Greenwich
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1,
    "cet": 1, "cest": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "trt": 3,
    "msk": 3, "мск": 3, "msd": 4, "мсд": 4, "samt": 4, "get": 4, "yekt": 5, "yekst": 6,
    "omst": 6, "novt": 7, "krat": 7, "irkt": 8, "yakt": 9, "vlat": 10, "magt": 11, "pett": 12,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
BASES: Final = frozenset({"ut", "utc", "gmt", "msk", "мск"})  # an offset may follow: GMT+3, МСК+2
_MOSCOW, _KYIV = "Europe/Moscow", "Europe/Kiev"  # the name that old tables know too
PLACES: Final = {
    **dict.fromkeys("moscow московскому московское москве москва".split(), _MOSCOW),  # noqa: SIM905
    **dict.fromkeys("kyiv kiev киевскому киевское киеву київським києвом".split(), _KYIV),  # noqa: SIM905
}
ZONE_WORDS: Final = frozenset({"по", "за", "времени", "время", "часом", "time"})
