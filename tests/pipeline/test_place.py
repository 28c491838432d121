"""Where a text belongs, case by case: nobody hears of an event twice, no event is withheld."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.alerts.decide import GAP
from bot.ingest.placement import (
    IncomingText,
    Near,
    Placement,
    Standing,
    Surroundings,
    place,
    place_split,
)
from bot.ingest.survey import profiled_item
from bot.model import Item, ItemMatch, ParsedItem, Source, SourceKind, SourceState, Transport
from bot.stories.identity import identify
from bot.stories.relation import COPY_WINDOW, text_profile

NOW = datetime(2024, 4, 8, 6, 14, tzinfo=UTC)
DAY = timedelta(days=1)
FOUND = (ItemMatch("refusal", "refusal/base", (("text", 0, 4),), ("text", 0, 9)),)


def source(number: int, transport: Transport, address: str) -> Source:
    kind, state = SourceKind.MEDIA, SourceState.ACTIVE
    return Source(number, transport, address, f"t.me/{address}", "", kind, "ru", state)


PSKOV = source(1, Transport.PREVIEW, "pskov")
RADIO = source(2, Transport.PREVIEW, "radio_n")
FEED = source(3, Transport.FEED, "https://a.example/rss")
SOURCES = {each.id: each for each in (PSKOV, RADIO, FEED)}
POST, OTHER_POST = "https://t.me/pskov/12", "https://t.me/pskov/40"
PAGE = "https://a.example/press/1204"

RU = (
    "Около сорока контрактников 60-й бригады отказались ехать под Малую Токмачку, рассказал "
    "адвокат Олег Вахрушев. Их держат на полигоне под Бердянском без воды."
)
RU_RETOLD = (
    "По словам Олега Вахрушева, на полигоне под Бердянском сидят без воды сорок военных "
    "60-й бригады, контрактники: отказались ехать под Малую Токмачку."
)
RU_COPY = f"❗️❗️ {RU} Подробности позже."
UK = (
    "Тридцять мобілізованих 94-го полку відмовилися йти на штурм під Куп'янськом, повідомила "
    "правозахисниця Дарина Левко. Їх замкнули у підвалі школи в Сватовому."
)
UK_OTHER_REGIMENT = UK.replace("Тридцять", "Сорок").replace("94-го", "17-го")
UK_RETOLD = (
    "У підвалі школи в Сватовому тримають тридцять мобілізованих 94-го полку: вони відмовилися "
    "штурмувати під Куп'янськом, каже правозахисниця Дарина Левко."
)
EN = (
    "A court in Ulan-Ude sentenced contract soldier Bair Tsydenov to six years in prison: he "
    "refused to go back to the front and hid with relatives in Kyakhta, his lawyer said."
)
EN_APPEAL = (
    "Апелляционный суд оставил в силе приговор Баиру Цыденову: контрактник, который отказался "
    "вернуться на фронт, получил шесть лет."
)
GRAIN = (
    "Grain prices in the region rose by four percent this week after two months of rain, traders "
    "at the exchange said on Monday; farmers expect more before the harvest ends."
)
SHORT = "Смотрите"


def report(number: int, text: str, by: Source = RADIO, **more: Any) -> Near:
    """An item that is stored. `at`: when it was seen; without `published` nobody knows more."""
    seen = more.pop("at", NOW - timedelta(hours=1))
    whole = {"url": "", "published": None, **more}
    item = Item(
        number, by.id, str(number), 1, "", text, lang="", seen_at=seen, story_id=None, **whole
    )
    return profiled_item(item)


def came(text: str, by: Source = RADIO, **more: Any) -> IncomingText:
    """A text that arrives. `found=False`: no filter wants it."""
    matches = FOUND if more.pop("found", True) else ()
    known = {each: more.pop(each) for each in ("cut", "rematched") if each in more}
    item = ParsedItem("new", text=text, **more)
    profile = text_profile("", text) if text else None
    return IncomingText(by, item, 1, identify(item, by), matches, profile, **known)


def among(stories: Mapping[int, Sequence[Near]], **more: Any) -> Surroundings:
    """All stories that there are, with all that their items are known by."""
    by_key: dict[str, int] = {}
    for story, reports in stories.items():
        for item in (each.item for each in reports):
            said = ParsedItem(
                item.key, text=item.text, url=item.url, forwarded_from=item.forwarded_from
            )
            by_key |= dict.fromkeys(identify(said, SOURCES[item.source_id]).stored, story)
    near = [(story, each) for story, reports in stories.items() for each in reports]
    return replace(Surroundings(NOW, by_key, near, stories), **more)


def brief(placed: Placement) -> tuple[str, int | None]:
    return placed.kind, placed.story_id


# --- what arrives: its words ---


@pytest.mark.parametrize(
    ("text", "known", "kind"),
    [
        (RU, {}, "new"),
        (RU, {7: UK}, "new"),
        (RU, {7: RU}, "copy"),
        (RU_COPY, {7: RU}, "copy"),
        (RU_RETOLD, {7: RU}, "same"),
        (UK_RETOLD, {3: GRAIN, 7: UK}, "same"),
        (UK_OTHER_REGIMENT, {7: UK}, "new"),  # one author, two events
        (EN_APPEAL, {7: EN}, "development"),
        (GRAIN, {7: EN}, "new"),
    ],
)
def test_its_words_say_which_event_a_text_tells(text: str, known: dict[int, str], kind: str):
    """A text that tells a known event joins it, in whatever words; any other is told as new."""
    placed = place(came(text), among({n: [report(n, told)] for n, told in known.items()}))

    assert brief(placed) == (kind, None if kind == "new" else 7)
    assert placed.relation == kind


@pytest.mark.parametrize(("text", "kind"), [(RU_COPY, "copy"), (RU_RETOLD, "new")])
def test_what_nobody_asked_for_joins_its_copies_alone(text: str, kind: str):
    """No report of an event is counted that no filter found in it."""
    assert place(came(text, found=False), among({7: [report(1, RU)]})).kind == kind


def test_what_could_not_be_read_is_new():
    """A text that broke its reader is in nobody's story; it is stored, for a better reader."""
    assert place(came("", found=False), among({7: [report(1, RU)]})) == Placement("new")


@pytest.mark.parametrize(
    ("published", "seen_before", "published_before", "kind"),
    [
        (None, timedelta(hours=1), None, "copy"),
        (None, COPY_WINDOW * 1.1, None, "new"),
        (COPY_WINDOW * 1.1, COPY_WINDOW * 1.1, None, "copy"),  # an old post that is read today
        (None, timedelta(hours=1), COPY_WINDOW * 1.1, "new"),
        (None, COPY_WINDOW * 1.1, timedelta(0), "new"),  # a feed dates ahead
        (-COPY_WINDOW * 1.1, timedelta(hours=1), None, "copy"),  # and so does this one
    ],
)
def test_a_text_that_comes_back_after_a_month_is_no_copy(
    published: timedelta | None,
    seen_before: timedelta,
    published_before: timedelta | None,
    kind: str,
):
    """Between two texts lies what lies between their dates, at the latest when they were seen."""
    dated = None if published_before is None else NOW - published_before
    old = report(1, RU, at=NOW - seen_before, published=dated)
    new = came(RU_COPY, found=False, published=None if published is None else NOW - published)

    assert place(new, among({7: [old]})).kind == kind


def test_people_who_split_a_report_off_see_it_stay_apart():
    """What is nearest to it joins not the story that it was taken from."""
    known = among({7: [report(1, RU), report(2, RU_COPY)], 9: [report(3, UK)]})

    assert brief(place(came(RU_RETOLD), known)) == ("same", 7)
    assert place(came(RU_RETOLD), replace(known, vetoes={1: {7}, 2: {7}})).kind == "new"


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("word_for_word", [True, False])
def test_a_copy_that_was_seen_before_its_original_repeats_it(hours: int, word_for_word: bool):
    """The story names first who published first, though others were read before."""
    there = report(1, RU if word_for_word else RU_COPY, published=NOW - timedelta(hours=5))
    other = report(2, UK, published=NOW)
    new = came(RU, published=NOW + timedelta(hours=hours - 5))
    placed = place(new, among({7: [there, other]}))

    assert brief(placed) == ("copy", 7)
    assert placed.repeats == ((1,) if hours < 0 else ())


# --- what arrives: addresses ---


@pytest.mark.parametrize(
    ("stood", "text", "kind"),
    [
        (RU, RU_COPY, "copy"),
        (RU, SHORT, "copy"),
        (SHORT, RU, "copy"),
        ("", RU, "copy"),
        (UK, UK_OTHER_REGIMENT, "same"),
        (RU, GRAIN, "same"),
    ],
)
def test_a_forward_joins_what_it_forwards(stood: str, text: str, kind: str):
    """Telegram vouches for whose post it is; where the words differ people see that."""
    known = among({7: [report(1, stood, PSKOV, url=POST)], 9: [report(2, EN)]})
    placed = place(came(text, forwarded_from=POST), known)

    assert brief(placed) == (kind, 7)
    assert placed.reasons == ("key",)


def test_a_forward_that_could_not_be_read_joins_too():
    """Whatever broke the reader, whose post it is stands in the header."""
    known = among({7: [report(1, RU, PSKOV, url=POST)]})

    assert brief(place(came("", found=False, forwarded_from=POST), known)) == ("copy", 7)


@pytest.mark.parametrize(
    ("stood", "text", "kind"),
    [
        ([RU], GRAIN, "new"),
        ([RU], RU_COPY, "copy"),
        ([SHORT], GRAIN, "copy"),  # no words yet: a page that is being written
        ([UK], UK_OTHER_REGIMENT, "same"),
        ([RU, UK], UK_OTHER_REGIMENT, "same"),
        ([RU, GRAIN], GRAIN.replace("Monday", "Tuesday"), "same"),
    ],
)
def test_a_page_that_is_written_anew_is_another_report(stood: list[str], text: str, kind: str):
    """One address for each day's news: today's is told; a page that only grew is not."""
    known = among({7: [report(n, each, FEED, url=PAGE) for n, each in enumerate(stood, 1)]})
    placed = place(came(text, FEED, url=PAGE), replace(known, near=()))

    assert brief(placed) == (kind, None if kind == "new" else 7)


@pytest.mark.parametrize(
    ("text", "cut", "placed"),
    [
        (f"{RU} {UK}", True, ("copy", 7)),
        (UK, False, ("copy", 8)),
        (UK_RETOLD, False, ("same", 8)),
        (UK_OTHER_REGIMENT, False, ("new", None)),
    ],
)
def test_a_roundup_that_is_all_entries_draws_only_roundups_to_itself(
    text: str, cut: bool, placed: tuple[str, int | None]
):
    """A forward of one of its entries is of the entry's event, not of all the day's."""
    whole = report(1, f"{RU} {UK}", PSKOV, url=POST)
    entries = {7: [whole], 8: [report(2, UK, PSKOV)]}
    known = replace(among(entries, cut={7}), near=[(8, entries[8][0])])

    assert brief(place(came(text, forwarded_from=POST, cut=cut), known)) == placed


@pytest.mark.parametrize(
    ("told", "apart", "story", "absorbs"),
    [
        ((), (), 5, (7, 9)),
        ((9,), (), 9, (5, 7)),
        ((7, 9), (), 7, (5,)),
        ((5, 7, 9), (), 5, ()),
        ((), ((5, 9),), 5, (7,)),
        ((9,), ((5, 9),), 9, (7,)),
        ((), ((7, 9),), 5, (7, 9)),
    ],
)
def test_a_text_that_ties_stories_joins_what_was_told(
    told: Collection[int], apart: Collection[tuple[int, int]], story: int, absorbs: tuple[int, ...]
):
    """No third alert: what people have heard of stays, what they split stays apart."""
    known = among(
        {
            9: [report(1, RU, PSKOV, url=POST)],
            7: [report(2, UK, RADIO, url="https://t.me/radio_n/3")],
            5: [report(3, EN)],
        },
        told=told,
        split_pairs={frozenset(pair) for pair in apart},
    )
    tie = came(EN, forwarded_from=POST, url="https://t.me/radio_n/3")
    placed = place(tie, known)

    assert (placed.story_id, placed.absorbs) == (story, absorbs)


def test_a_copy_of_what_is_absorbed_is_a_copy():
    """Its words are known, whichever of the stories had them; it may be older than these."""
    later = report(3, EN, published=NOW)
    known = among({5: [report(1, RU, PSKOV, url=POST)], 9: [later]})
    tie = came(EN, forwarded_from=POST, published=NOW - timedelta(hours=2))
    own = came(EN, PSKOV, url=POST, published=NOW - timedelta(hours=2))

    assert place(tie, known).relation == "copy"
    assert place(own, known) == Placement(
        "copy", 5, absorbs=(9,), repeats=(3,), relation="copy", reasons=("key",)
    )
    apart = replace(known, split_pairs={frozenset((5, 9))})
    assert brief(place(own, apart)) == ("same", 5)
    assert place(own, apart).repeats == ()


# --- what arrives: hints ---


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (UK_OTHER_REGIMENT, "same"),
        (UK_RETOLD, "same"),
        (f"Ось що пишуть: {UK}", "copy"),
        (GRAIN, "new"),
        (RU, "new"),
        (SHORT, "new"),
    ],
)
def test_a_feed_that_names_a_post_joins_it_if_the_words_are_alike(text: str, kind: str):
    """A bridge retells a channel; who only names an address silences nothing that stands there."""
    known = among({7: [report(1, UK, PSKOV, url=POST)], 9: [report(2, EN)]})
    placed = place(came(text, FEED, url=POST), replace(known, near=()))

    assert brief(placed) == (kind, None if kind == "new" else 7)


def test_a_hint_joins_visibly():
    """What is joined because of a link says so, and people see the report."""
    caption = report(1, "Повідомила правозахисниця", PSKOV, url=POST)  # names no event
    known = among({7: [caption, report(2, UK, PSKOV)]})
    placed = place(came(UK_OTHER_REGIMENT, FEED, url=POST), known)

    assert placed == Placement("same", 7, of=2, relation="same", reasons=("hint",))
    assert place(came(UK_OTHER_REGIMENT, FEED, url=POST), replace(known, vetoes={2: {7}})) == (
        Placement("new")
    )


def test_what_nobody_asked_for_joins_nothing_by_a_hint():
    """A link under any text makes no report of it."""
    known = among({7: [report(1, UK, PSKOV, url=POST)]})

    assert place(came(UK_OTHER_REGIMENT, FEED, url=POST, found=False), known).kind == "new"


def test_likeness_goes_before_a_hint():
    """A text with a link to one post that repeats another's words is of the other's event."""
    known = among({7: [report(1, UK, PSKOV, url=POST)], 9: [report(2, UK_OTHER_REGIMENT)]})

    assert brief(place(came(f"{UK_OTHER_REGIMENT} Так.", FEED, url=POST), known)) == ("copy", 9)
    assert brief(place(came(UK_RETOLD, FEED, url=OTHER_POST), known)) == ("same", 7)


# --- people split ---


def test_what_came_because_of_an_item_leaves_with_it():
    """Its copies go along; copies of the other, and of both, stay; so does what is of neither."""
    leaves, stays = report(1, RU), report(2, RU_RETOLD)
    there = [
        leaves,
        stays,
        report(3, RU_COPY),
        report(4, f"{RU_RETOLD} Подписаться"),
        report(5, UK),
    ]

    assert place_split(leaves, stays, there) == Placement("leaves", along=(3,), reasons=("people",))
    assert place_split(stays, leaves, there).along == (4,)
    assert place_split(report(6, RU), leaves, there).along == ()


# --- what is stored: a new text, a new filter ---


def again(
    text: str, stood: str, stories: Mapping[int, Sequence[Near]], *, mine: int = 9, **more: Any
) -> Placement:
    """Where the item 1 of the story `mine` belongs, which said what `stood` and now says `text`."""
    item = report(1, stood, **more.pop("item", {}))
    others = [each.item.id for each in stories.get(mine, ())]
    standing = Standing(item.item, item.text_profile, mine, more.pop("before", ()), others)
    surroundings = {key: more.pop(key) for key in ("told", "split_pairs", "near") if key in more}
    whole = among(
        {mine: (item, *stories.get(mine, ())), **{n: s for n, s in stories.items() if n != mine}}
    )
    return place(came(text, **more), replace(whole, standing=standing, **surroundings))


STAYS = Placement("stays")


@pytest.mark.parametrize(
    ("told", "there", "kind", "story", "absorbs"),
    [
        ((), 7, "same", 7, (9,)),
        ((7,), 7, "same", 7, (9,)),
        ((12,), 12, "same", 12, (9,)),
        ((), 12, "stays", None, (12,)),
        ((9,), 7, "stays", None, (7,)),
        ((9,), 12, "stays", None, (12,)),
        ((7, 9), 7, "stays", None, ()),
        ((9, 12), 12, "stays", None, ()),
    ],
)
def test_an_edit_that_reveals_a_known_event_makes_one_story_of_two(
    told: Collection[int], there: int, kind: str, story: int | None, absorbs: tuple[int, ...]
):
    """The one that people have heard of goes on, else the older; two that were told stay."""
    placed = again(RU_RETOLD, "Срочно: подробности сообщим", {there: [report(2, RU)]}, told=told)

    assert (placed.kind, placed.story_id, placed.absorbs) == (kind, story, absorbs)
    assert placed.relation == ("same" if absorbs else "new")


@pytest.mark.parametrize(
    ("more", "moves"),
    [
        ({}, True),
        ({"found": False}, False),
        ({"before": FOUND}, False),  # it was placed when it first matched
        ({"told": {9}}, False),
        ({"split_pairs": {frozenset((7, 9))}}, False),
        ({"split_pairs": {frozenset((7, 12))}}, True),
    ],
)
def test_what_a_new_filter_finds_joins_the_event_it_tells(more: dict[str, Any], moves: bool):
    """As it would have at once, had the filter been there; what people know stays as it is."""
    placed = again(RU_RETOLD, RU_RETOLD, {7: [report(2, RU)]}, rematched=True, **more)

    assert placed.absorbs == ((9,) if moves else ())
    assert placed.kind == ("same" if moves else "stays")


def test_what_a_new_filter_finds_brings_its_story_along():
    """Copies that it gathered before are of the same event; nothing is torn apart."""
    stories = {7: [report(2, RU)], 9: [report(3, RU_RETOLD)]}
    placed = again(RU_RETOLD, RU_RETOLD, {**stories}, rematched=True, near=[(7, stories[7][0])])

    assert (placed.kind, placed.story_id, placed.absorbs) == ("same", 7, (9,))


@pytest.mark.parametrize(
    ("item", "moves"),
    [
        ({}, True),
        ({"archived": True}, False),
        ({"at": NOW - GAP}, True),
        ({"at": NOW - GAP * 1.01}, False),
        ({"published": NOW - GAP * 1.01}, False),
        ({"at": NOW - GAP * 1.01, "published": NOW - GAP / 2}, True),
    ],
)
def test_an_edit_that_is_no_news_moves_nothing(item: dict[str, Any], moves: bool):
    """Of the archive and of yesterday nobody is told."""
    placed = again(RU_RETOLD, GRAIN, {7: [report(2, RU)]}, before=FOUND, item=item)

    assert (placed != STAYS) is moves


@pytest.mark.parametrize(
    ("text", "stood", "there"),
    [
        (RU_COPY, RU, [RU_RETOLD]),  # a correction
        (UK, GRAIN, [EN]),  # another event, and nobody told it yet
        ("", RU, [RU_RETOLD]),  # it could not be read
    ],
)
def test_an_item_stays_where_people_know_it(text: str, stood: str, there: list[str]):
    """An edit that corrects, or that tells what no story tells, leaves the story as it is."""
    stories = {7: [report(n, each) for n, each in enumerate(there, 2)]}

    assert again(text, stood, stories, before=FOUND) == STAYS


def test_an_edit_that_tells_the_next_stage_goes_on_from_the_case():
    """The story is kept and knows what it comes of."""
    placed = again(EN_APPEAL, GRAIN, {7: [report(2, EN)]})

    assert brief(placed) == ("stays", 7)
    assert placed.relation == "new"
    assert placed.reasons


@pytest.mark.parametrize(
    ("text", "kind", "story", "relation"),
    [
        (RU_RETOLD, "leaves", 7, "same"),
        (RU_COPY, "leaves", 7, "copy"),
        (EN_APPEAL, "leaves", 8, "development"),
        (GRAIN, "leaves", None, "new"),
        (UK_OTHER_REGIMENT, "stays", None, "new"),  # the same page, another number
    ],
)
def test_a_post_that_its_source_replaced_leaves_the_others(
    text: str, kind: str, story: int | None, relation: str
):
    """Others of its story still tell the old event; the new one is told, or joins its own."""
    stories = {7: [report(2, RU)], 8: [report(3, EN)], 9: [report(4, UK)]}
    near = [(7, stories[7][0]), (8, stories[8][0])]
    placed = again(text, UK, stories, before=FOUND, near=near)

    assert (placed.kind, placed.story_id, placed.relation) == (kind, story, relation)
    assert placed.absorbs == ()


def test_an_edit_is_not_compared_with_itself():
    """What the item said before is no other report, and its own story is not left for itself."""
    own = report(1, UK, PSKOV, url=POST)
    other = report(2, UK_RETOLD)
    standing = Standing(own.item, own.text_profile, 9, FOUND, (2,))
    known = replace(among({9: [own, other]}), standing=standing)

    assert place(came(UK_OTHER_REGIMENT, PSKOV, url=POST), known) == STAYS
    alone = replace(among({9: [own]}), standing=replace(standing, others=()))
    assert place(came(UK_OTHER_REGIMENT, FEED, url=POST), alone) == STAYS


@pytest.mark.parametrize(
    ("words_of", "apart", "story", "absorbs"),
    [
        (5, (), 5, (9,)),
        (12, (), None, (12,)),
        (9, (), None, ()),  # its own
        (5, (5,), 7, (9,)),  # what people split stays apart: it joins who retells the event
        (5, (5, 7), None, ()),
    ],
)
def test_word_for_word_a_text_is_a_copy_however_old(
    words_of: int, apart: tuple[int, ...], story: int | None, absorbs: tuple[int, ...]
):
    """An edit that says what an old report says joins it, unless people have said otherwise."""
    old = report(2, RU, at=NOW - COPY_WINDOW * 2)
    retold = {7: [report(3, RU_RETOLD)]} if apart else {}
    pairs = {frozenset((each, 9)) for each in apart}
    placed = again(RU, GRAIN, {words_of: [old], **retold}, split_pairs=pairs, before=FOUND)

    assert (placed.story_id, placed.absorbs) == (story, absorbs)


def test_a_link_of_an_edit_is_a_hint_as_any():
    """What was stored with a link to a post, and now tells its event, joins it visibly."""
    stories = {7: [report(2, UK, PSKOV, url=POST)]}
    placed = again(UK_OTHER_REGIMENT, GRAIN, stories, by=FEED, url=POST)

    assert (*brief(placed), placed.reasons) == ("same", 7, ("hint",))
