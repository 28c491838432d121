"""Where the filter language ends: how far, how many, how deep, and what is said there."""

from __future__ import annotations

import pytest

from filters.nodes import And, Facet, Group, In, Meta, Near, Node, Not, Or, Phrase, Word
from filters.query import QueryError, is_anchored, parse, print_query
from tests.support.work import lines_run


def refusal(text: str, groups: dict[str, str] | None = None) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text, groups or {})
    return caught.value


def chain(deep: int) -> dict[str, str]:
    """Groups that each hold the next, `deep` of them."""
    return {f"g{n}": f"@g{n + 1}, слово" for n in range(1, deep)} | {f"g{deep}": "слово"}


@pytest.mark.parametrize(
    ("reads", "refused", "at"),
    [
        ("a NEAR/1 b", "a NEAR/0 b", 2),
        ("a NEAR/100 b", "a NEAR/101 b", 2),
        ("a BEFORE/100 b", "a BEFORE/101 b", 2),
        ("слово" + " NEAR/1 слово" * 19, "слово" + " NEAR/1 слово" * 20, 6),
        (
            " ".join(f"/word{n}/" for n in range(12)),
            " ".join(f"/word{n}/" for n in range(13)),
            10 * len("/word0/ ") + 2 * len("/word10/ "),
        ),
        ("отк*", "от*", 0),
        ("в-отк*", "отказ-за*", 0),
    ],
)
def test_how_far_and_how_many(reads: str, refused: str, at: int) -> None:
    """The last that reads, and the first that is refused, with its place."""
    parse(reads)

    assert refusal(refused).position == at


def test_groups_stand_in_one_another_eight_deep() -> None:
    """A chain that goes on is refused for that, not for a ring that it is not."""
    parse("@g1", chain(8))
    deep = refusal("@g1", chain(9))
    ring = refusal("@g1", {"g1": "a, @g2", "g2": "b, @g1"})

    assert "itself" not in deep.message()
    assert "8" in deep.message()
    assert "itself" in ring.message()


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "The word group “@b” has an error: A parenthesis is not closed."),
        ("ru", "В группе слов «@b» ошибка: Скобка не закрыта."),
        ("uk", "У групі слів «@b» помилка: Дужку не закрито."),
    ],
)
def test_what_is_wrong_in_a_group_is_said_in_the_readers_language(lang: str, said: str) -> None:
    """Both halves of the sentence, also where groups stand in one another."""
    wrong = refusal("@b x", {"b": "(a"})

    assert wrong.message(lang).startswith(said)
    nested = refusal("@c x", {"b": "(a", "c": "@b"})
    assert said in nested.message(lang)


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("@gou", "@go"),
        ("x @GOO y", "x @go y"),
        ("@pskovpost x", "source:pskovpost x"),
        ("@1pskov", ""),
        ("@ab", ""),
    ],
)
def test_a_group_that_is_not_there_may_be_another_or_a_channel(text: str, mend: str) -> None:
    """A slip of a letter, or a handle as Telegram writes it; else nothing is guessed."""
    assert refusal(text, {"go": "воевать"}).mend == mend


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("kind:cuort a", "kind:court a"),
        ("kind:xyzzy a", ""),
        ("stage:verdikt a", "stage:verdict a"),
        ("a army:rus", "a army:ru"),
        ("lang:рус a", "lang:ru a"),
    ],
)
def test_a_value_that_is_not_there_is_put_right_where_one_is_near(text: str, mend: str) -> None:
    """With all that there are."""
    wrong = refusal(text)

    assert wrong.mend == mend
    assert len(wrong.expected) > 2


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("source:12", Meta("source_id", "12")),
        ("source:#007", Meta("source_id", "7")),
        ('source:"12"', Meta("source", "12")),
        ("url:12", Meta("url", "12")),
        (
            "kind:court,media a",
            And((Or((Meta("kind", "court"), Meta("kind", "media"))), Word("a"))),
        ),
        ("army:ru,ua a", And((Or((Facet("army", "ru"), Facet("army", "ua"))), Word("a")))),
        ("army:ru,army:ua a", And((Or((Facet("army", "ru"), Facet("army", "ua"))), Word("a")))),
        ("title:a,b", In("title", Or((Word("a"), Word("b"))))),
        (
            'kind:court,media "a:b,c" -army:ru,ua',
            And(
                (
                    Or((Meta("kind", "court"), Meta("kind", "media"))),
                    Phrase((Word("a"), Word("b"), Word("c"))),
                    Not(Or((Facet("army", "ru"), Facet("army", "ua")))),
                )
            ),
        ),
    ],
)
def test_values_in_a_list_and_sources_by_number(text: str, root: Node) -> None:
    """`kind:court,media` is either; what stands in quotation marks is left as it is."""
    assert parse(text).root == root


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("HUR", Word("HUR", "acronym")),
        ("AWOL", Word("awol")),  # no other word in small letters
        ("SWAT", Word("SWAT", "acronym")),  # to swat
        ("ВСРФ", Word("ВСРФ", "acronym")),
        ("ГУЛАГ", Word("ГУЛАГ", "acronym")),
        ("АРМИЯХ", Word("армиях")),
        ("ВСУ1", Word("всу1")),
        ("=СОЧ", Word("СОЧ", "acronym")),
    ],
)
def test_capitals_mean_an_acronym_where_small_letters_are_another_word(
    text: str, word: Word
) -> None:
    """СОЧ is no juice; a word in capitals is a word."""
    assert parse(text).root == word


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ('"=по собственному"', Phrase((Word("по", "exact"), Word("собственному")))),
        ('="по =собственному"', Phrase((Word("по", "exact"), Word("собственному", "exact")))),
        ('"… отказ —"', Word("отказ")),
        ("=пресс-служба", Phrase((Word("пресс", "exact"), Word("служба", "exact")))),
        ("пресс-служб*", Phrase((Word("пресс"), Word("служб", "prefix")))),
        ('"отказ* службы"', Phrase((Word("отказ", "prefix"), Word("службы")))),
        (
            'a, =b, @g, "c d"',
            Or(
                (
                    Word("a"),
                    Word("b", "exact"),
                    Group("g", Word("x")),
                    Phrase((Word("c"), Word("d"))),
                )
            ),
        ),
    ],
)
def test_words_of_a_phrase_and_of_a_list_are_each_their_own(text: str, root: Node) -> None:
    """Exact, a beginning, or any form, as is written at each."""
    assert parse(text, {"g": "x"}).root == root


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ('"a * * b c"', "(a BEFORE/3 b BEFORE/1 c)"),
        ('"a * b * c"', "(a BEFORE/2 b BEFORE/2 c)"),
    ],
)
def test_a_gap_of_another_search_is_as_wide_as_its_stars(text: str, mend: str) -> None:
    """A star a word, one more than words apart."""
    assert refusal(text).mend == mend
    assert isinstance(parse(mend).root, Near)


@pytest.mark.parametrize(
    ("text", "position", "readings"),
    [
        ("a b, c d, e", 5, ("(a b), (c d), e", "a (b, c) (d, e)")),
        ("a OR b c OR d -e", 7, ("a, (b c), (d -e)", "(a, b) (c, d) -e")),
        ("a, b -c, d", 5, ("a, (b -c), d",)),
    ],
)
def test_a_mixture_says_where_it_turns(text: str, position: int, readings: tuple[str, ...]) -> None:
    """At the first word that is joined otherwise, with every reading that could stand."""
    wrong = refusal(text)

    assert wrong.position == position
    assert set(readings) <= {*wrong.readings, wrong.mend}


@pytest.mark.parametrize("text", ["отказ OR NOT мир война", "отказ | -мир война"])
def test_a_reading_that_nobody_means_is_not_offered(text: str) -> None:
    """«This, or anything without that»: the other reading is the one that is meant."""
    wrong = refusal(text)

    assert (wrong.mend, wrong.readings) == ("отказ, (-мир война)", ())


@pytest.mark.parametrize(
    ("text", "anchored"),
    [
        ("a", True),
        ("-a", False),
        ("army:ru", False),
        ("a army:ru", True),
        ("a, -b", False),
        ("title:a", True),
        ("@g", True),
        ("@g, army:ru", False),
        ("kind:court", True),
        ("-(a b)", False),
    ],
)
def test_what_would_match_nearly_everything_is_refused(text: str, *, anchored: bool) -> None:
    """Unless it stands beside another filter, which it narrows."""
    free = parse(text, {"g": "a, b"}, free=True)

    assert is_anchored(free) is anchored
    if not anchored:
        assert "almost everything" in refusal(text, {"g": "a, b"}).message()


@pytest.mark.parametrize("text", ["отказ army:рф b, c", "a ! (b", "kind:cuort, army:rus x"])
def test_a_mend_reads_or_is_not_offered(text: str) -> None:
    """Also where several things are wrong at once: what is offered can be saved."""
    wrong = refusal(text)

    for each in filter(None, (wrong.mend, *wrong.readings)):
        assert print_query(parse(each))


def test_a_filter_that_was_kept_is_read_as_it_was() -> None:
    """A question that is asked only since then stops no filter; what never read is refused."""
    with pytest.raises(QueryError):
        parse("(a", kept=True)
    assert parse("a -b", kept=True) == parse("a -b")


@pytest.mark.parametrize("text", ["{words}", "отказ ({words})"])
def test_long_lists_of_words_are_read_without_the_grammar(text: str) -> None:
    """Nine tenths of the packs are such lists, and each start and each save reads them."""
    words = ", ".join(f"слово{n}{len(text)}" for n in range(100))
    parse("a (b, c)")  # the grammar itself is made once

    assert lines_run(lambda: parse(text.format(words=words))) < 100 * 150  # 40,000 with it
