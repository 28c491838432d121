"""What a researcher types is understood, or answered with the right form."""

from __future__ import annotations

import string

import pytest

from filters.elsewhere import habits
from filters.nodes import And, Group, In, Meta, Near, Not, NotNear, Or, Phrase, Regex, Word
from filters.query import QueryError, describe, parse, print_query
from filters.texts import MESSAGES

GROUPS = {
    "refuse": 'отказ*, "не хочет"',
    "go": "воевать, @place",
    "place": "фронт, штурм",
    "loop": "a, @pool",
    "pool": "b, @loop",
    "broken": "(a",
    "both": "a b",
}


def refusal(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text, GROUPS)
    return caught.value


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("Отказ", Word("отказ")),
        ("=Отказ", Word("отказ", "exact")),
        ("отказ*", Word("отказ", "prefix")),
        ("СОЧ", Word("СОЧ", "acronym")),
        ("соч", Word("соч")),
        ("HUR", Word("HUR", "acronym")),
        ("ДЕЗЕРТИР", Word("дезертир")),  # more than five letters: somebody's caps lock
        (
            "дезертир, отказник, СОЧ",
            Or((Word("дезертир"), Word("отказник"), Word("СОЧ", "acronym"))),
        ),
        ("дезертир,отказник,", Or((Word("дезертир"), Word("отказник")))),
        ("a | b", Or((Word("a"), Word("b")))),
        ("a ИЛИ b АБО c OR d", Or((Word("a"), Word("b"), Word("c"), Word("d")))),
        ("a b", And((Word("a"), Word("b")))),
        ("a И b ТА c AND d", And((Word("a"), Word("b"), Word("c"), Word("d")))),
        ("a -b", And((Word("a"), Not(Word("b"))))),
        ("a NOT b", And((Word("a"), Not(Word("b"))))),
        ("a НЕ b", And((Word("a"), Not(Word("b"))))),
        ("a AND NOT b", And((Word("a"), Not(Word("b"))))),
        ("a NOT/5 b", NotNear(Word("a"), Word("b"), 5)),
        ("a НЕ/5 b", NotNear(Word("a"), Word("b"), 5)),
        ("a NOT/s b", NotNear(Word("a"), Word("b"), 0, "sentence")),
        ("a not/p b", NotNear(Word("a"), Word("b"), 0, "paragraph")),
        (
            "a NEAR/3 b NOT/2 (c, d) -e",
            And(
                (
                    NotNear(Near(Word("a"), Word("b"), 3), Or((Word("c"), Word("d"))), 2),
                    Not(Word("e")),
                )
            ),
        ),
        ("a -(b, c)", And((Word("a"), Not(Or((Word("b"), Word("c"))))))),
        ("(a b) c", And((Word("a"), Word("b"), Word("c")))),
        ('"самовольное оставление"', Phrase((Word("самовольное"), Word("оставление")))),
        ("«самовольное оставление»", Phrase((Word("самовольное"), Word("оставление")))),
        ("“самовольное оставл*”", Phrase((Word("самовольное"), Word("оставл", "prefix")))),
        ("„самовольное“", Word("самовольное")),
        ('="по собственному"', Phrase((Word("по", "exact"), Word("собственному", "exact")))),
        ("пресс-служба", Phrase((Word("пресс"), Word("служба")))),
        ("в/ч", Phrase((Word("в"), Word("ч")))),
        ('"OR"', Word("OR", "acronym")),
        ("a NEAR/8 b", Near(Word("a"), Word("b"), 8)),
        ("a near/8 b", Near(Word("a"), Word("b"), 8)),
        ("a NEAR/s b", Near(Word("a"), Word("b"), 0, "sentence")),
        ("a NEAR/p b", Near(Word("a"), Word("b"), 0, "paragraph")),
        ("a BEFORE/3 b", Near(Word("a"), Word("b"), 3, "words", True)),
        (
            "(a NEAR/4 b) NEAR/s (c, d)",
            Near(Near(Word("a"), Word("b"), 4), Or((Word("c"), Word("d"))), 0, "sentence"),
        ),
        ("title:отказ", In("title", Word("отказ"))),
        ("title:(a b)", In("title", And((Word("a"), Word("b"))))),
        ("source:@PskovPost", Meta("source", "pskovpost")),
        ('source:"Pskov Post"', Meta("source", "pskov post")),
        ("kind:court", Meta("kind", "court")),
        ("kind:(court, rights)", Or((Meta("kind", "court"), Meta("kind", "rights")))),
        ("lang:RU", Meta("lang", "ru")),
        ("url:https://a.example/b?c=1", Meta("url", "https://a.example/b?c=1")),
        ("tag:#суд", Meta("tag", "суд")),
        ("a has:link", And((Word("a"), Meta("has", "link")))),
        ('„a b"', Phrase((Word("a"), Word("b")))),
        ("”a b”", Phrase((Word("a"), Word("b")))),
        ("a –b", And((Word("a"), Not(Word("b"))))),  # a phone made the dash longer
        ("/от[кш]аз/i", Regex("от[кш]аз", True)),
        (r"title:/a\/b/", In("title", Regex(r"a\/b"))),
        ("@place", Group("place", Or((Word("фронт"), Word("штурм"))))),
    ],
)
def test_the_language(text: str, root: object) -> None:
    """Each form of the language means what the reference says."""
    assert parse(text, GROUPS).root == root


def test_groups_stand_beside_near_and_hold_groups() -> None:
    """Packs are built of `@refuse NEAR/6 @go`."""
    root = parse("@refuse NEAR/6 @go", GROUPS).root

    assert isinstance(root, Near)
    assert isinstance(root.left, Group)
    assert isinstance(root.right, Group)
    assert isinstance(root.right.item, Or)
    assert print_query(parse("@refuse NEAR/6 @go", GROUPS)) == "@refuse NEAR/6 @go"


def test_one_text_may_mean_another_thing_with_other_groups() -> None:
    """A query holds its groups' meaning, so a changed group changes the query."""
    assert parse("@g", {"g": "a, b"}) != parse("@g", {"g": "a, c"})
    assert parse("@g", {"g": "a, @h", "h": "b"}) != parse("@g", {"g": "a, @h", "h": "c"})


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("a b, c", ("(a b), c", "a (b, c)")),
        ("a OR b AND c", ("a, (b c)", "(a, b) c")),
        ("a, b -c", ("a, (b -c)", "(a, b) -c")),
        ("a | b c | d", ("a, (b c), d", "(a, b) (c, d)")),
        ("a b или c", ("(a b), c", "a (b, c)")),
    ],
)
def test_a_mixture_shows_both_readings(text: str, readings: tuple[str, ...]) -> None:
    """AND and OR without parentheses are not guessed at."""
    error = refusal(text)

    assert error.readings == readings
    for reading in readings:
        assert reading in error.message("ru")
        parse(reading)


@pytest.mark.parametrize(
    ("text", "position", "mend"),
    [
        ("дом — мост", 4, "дом мост"),
        ("дом –  мост", 4, "дом мост"),
        ("!слово", 0, "=слово"),
        ('a !b "c! d" !(e, f)!', 2, 'a -b "c! d" -(e, f)'),
        ("отказ (служ", 11, "отказ (служ)"),
        ("отказ)", 5, "отказ"),
        ('"отказ', 0, '"отказ"'),
        ("«отказ", 0, "«отказ»"),
        ("отказ»", 5, "отказ"),
        ("a - b", 2, "a -b"),
        ("от*каз", 0, ""),
        ("отка*з", 0, "отка*"),
        ("отка?", 0, None),
        ("+отказ", 0, "отказ"),
        ("отказ~2", 0, "отказ"),
        ('"a b"~5', 5, "a NEAR/5 b"),
        ("a w/5 b", 2, "a NEAR/5 b"),
        ("a pre/3 b", 2, "a BEFORE/3 b"),
        ("a NEAR b", 2, "a NEAR/5 b"),
        ("a NEAR5 b", 2, "a NEAR/5 b"),
        ("a NEAR/0 b", 2, "a NEAR/s b"),
        ("a NEAR/9999999 b", 2, "a NEAR/s b"),
        ("intitle:отказ", 0, "title:отказ"),
        ("site:a.example", 0, "url:a.example"),
        ("https://a.example/1", 0, 'url:"https://a.example/1"'),
        ("((отказ", 7, "((отказ))"),
        ("отказ))", 5, "отказ"),
        ("a AROUND(5) b", 2, "a NEAR/5 b"),
        ("a NEAR / 5 b", 2, "a NEAR/5 b"),
        ("a BEFORE 3 b", 2, "a BEFORE/3 b"),
        ("a w/s b", 2, "a NEAR/s b"),
        ("a /p b", 2, "a NEAR/p b"),
        ("a SENTENCE b", 2, "a NEAR/s b"),
        ("a << b", 2, "a BEFORE/p b"),
        ('"a * b"', 0, "(a BEFORE/2 b)"),
        ('"a b c"/2', 7, "(a b), (a c), (b c)"),
        ("a MAYBE b", 2, "a"),
        ("отказ^2 b", 5, "отказ b"),
        ("after:2024-01-01 отказ", 0, "отказ"),
        ("publish_date:[2024 TO 2025] отказ", 0, "отказ"),
        ("@title отказ", 0, "title:отказ"),
        ("count >= 10 отказ", 0, "count>=10 отказ"),
        ("count≥10 отказ", 0, "count>=10 отказ"),
        ("солдат; матрос", 6, "солдат, матрос"),
        ("солдат, , матрос", 6, "солдат, матрос"),
        ("'отказ служить'", 0, '"отказ служить"'),
        ("заголовок:отказ", 0, "title:отказ"),
        ("отказ lang:русский", 11, "отказ lang:ru"),
        ("отказ army:рф", 6, "отказ army:ru"),
    ],
)
def test_habits_of_elsewhere_get_the_form_of_here(
    text: str, position: int, mend: str | None
) -> None:
    """An error says where, and gives the whole filter put right where it can."""
    if mend is None:
        parse(text)
        return
    error = refusal(text)

    assert (error.position, error.mend) == (position, mend)
    if mend:
        parse(mend)


@pytest.mark.parametrize("operator", ["NEAR", "BEFORE", "NOT", "НЕ", "AND NOT"])
@pytest.mark.parametrize(
    "distance",
    ["с", "п", "а", "х", "x", "5кино", "-3", "3.5", " 5", "sentence", "речення", "абзац", "", "s5"],
)
def test_an_operator_with_a_distance_that_is_none_is_never_a_word(
    operator: str, distance: str
) -> None:
    """It is refused, and what is shown instead keeps the operator: no meaning is turned round."""
    error = refusal(f"солдат {operator}/{distance} фронт")

    assert error.mend
    wanted = "NOT/" if operator in ("NOT", "НЕ", "AND NOT") else f"{operator}/"
    assert wanted in error.mend
    assert parse(error.mend)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("  , ", ()),
        ("-a", ()),
        ("a, -b", ()),
        ("NOT (a, b)", ()),
        ("OR a", ("a word",)),
        ("a OR", ("a word",)),
        ("a AND OR b", ("a word",)),
        ("()", ("a word",)),
        ("NEAR/3 a", ("a word",)),
        ("a NEAR/3", ("a word",)),
        ("title:", ("a word",)),
        ("за*", ()),
        ("*отказ", ()),
        ("№", ()),
        ('"…"', ()),
        ("(a b) NEAR/3 c", ()),
        ("(-a) NEAR/3 c", ()),
        ("title:a NEAR/3 c", ()),
        ("@both NEAR/3 c", ()),
        ("title:(text:a)", ()),
        ("@none", ("@go",)),
        ("@loop", ()),
        ("@broken", ()),
        ("kind:secret", ("court",)),
        ("lang:de", ("uk",)),
        ("has:fun", ("link",)),
        ("colour:red", ("title:",)),
        ("/a*/", ()),
        ("a NEAR/1 " * 30 + "a", ()),
        ("слово " * 5000, ()),
        ("а" * 30_000, ()),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, expected: tuple[str, ...]) -> None:
    """With what might have stood there, in three languages; never another exception."""
    error = refusal(text)

    assert set(expected) <= set(error.expected)
    assert len({error.message(lang) for lang in ("en", "ru", "uk")}) == 3


@pytest.mark.parametrize("text", ["did not go", "a near b"])
def test_what_is_seldom_meant_gets_a_hint(text: str) -> None:
    """Small «not» and «near» are words; the filter stands."""
    assert parse(text).hints


@pytest.mark.parametrize("text", ["a OR b", "a or b", '"a or b"', "не хочет", "order"])
def test_no_hint_without_need(text: str) -> None:
    """A hint that comes always is not read."""
    assert not parse(text).hints


@pytest.mark.parametrize(
    ("text", "lang", "said"),
    [
        (
            "самовольн* NEAR/3 оставлен*",
            "en",
            "words starting “самовольн” within 3 words of words starting “оставлен”",
        ),
        (
            "самовольн* NEAR/3 оставлен*",
            "ru",
            "слова на «самовольн» не дальше 3 слов от слов на «оставлен»",
        ),
        (
            "самовольн* NEAR/3 оставлен*",
            "uk",
            "слова на «самовольн» не далі 3 слів від слів на «оставлен»",
        ),
        ("a, СОЧ", "ru", "любое из: «a» в любой форме, «СОЧ» заглавными"),
        ("@place -b", "en", "any of the group @place; and without “b” in any form"),
        (
            "@place NEAR/21 b",
            "ru",
            "любое из группы @place не дальше 21 слова от «b» в любой форме",
        ),
        ("a NOT/3 b", "en", "“a” in any form with no “b” in any form within 3 words"),
        ("a NOT/3 @go", "ru", "«a» в любой форме без любого из группы @go в пределах 3 слов"),
        ("a NOT/s «b c»", "uk", "«a» у будь-якій формі без фрази «b c» у тому ж реченні"),
    ],
)
def test_what_was_understood_is_said(text: str, lang: str, said: str) -> None:
    """The author of a filter reads what it means before saving it."""
    assert describe(parse(text, GROUPS), lang) == said


def test_messages_keep_their_braces_in_every_language() -> None:
    """A translation loses no value."""
    for english, translations in MESSAGES.items():
        names = {name for _, name, _, _ in string.Formatter().parse(english) if name}
        for translation in translations:
            assert names == {n for _, n, _, _ in string.Formatter().parse(translation) if n}


def test_every_message_is_translated() -> None:
    """An error no one translated would be said in English."""
    for _, hint, _ in habits():
        assert hint in MESSAGES
    for text in ("", "!a", "(a", "a)", '"a', "a b, c", "@x", "lang:de", "x:y", "-a", "a NEAR/0 b"):
        assert refusal(text).hint in MESSAGES


def test_two_nots_are_none() -> None:
    """Each turns the meaning round, however many there are."""
    assert parse("снег NOT NOT дождь").root == parse("снег дождь").root
    assert parse("снег NOT NOT NOT дождь").root == parse("снег NOT дождь").root
