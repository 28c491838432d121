"""The facts line in the reader's language."""

from __future__ import annotations

import pytest

from bot.alerts.facts import facts_line
from bot.i18n import translator
from filters.facts import Fact, fact_rules

PSKOV = {"en": "Pskov", "ru": "Псков", "uk": "Псков"}
CHITA = {"en": "Chita", "ru": "Чита", "uk": "Чита"}


def line(lang: str, *codes: str, names: dict[str, str] | None = None) -> str:
    return facts_line(translator(lang), [Fact(code, "text", 0, 1, names or {}) for code in codes])


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "≈ 60 · Pskov · refused to deploy · threatened with charges"),
        ("ru", "≈ 60 · Псков · отказ от отправки · угрозы уголовным делом"),
        ("uk", "≈ 60 · Псков · відмова від відправки · погрози кримінальною справою"),
    ],
)
def test_a_refusal(lang: str, expected: str) -> None:
    """Who cannot read the post's language learns what happened."""
    codes = ("count:~60", "place:pskov", "deed:refused-deploy", "done:charges")

    assert line(lang, *codes, names=PSKOV) == expected


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "6 years · art. 337 pt. 5 · Chita garrison court"),
        ("ru", "6 лет · ст. 337 ч. 5 · гарнизонный суд, Чита"),
        ("uk", "6 років · ст. 337 ч. 5 · гарнізонний суд, Чита"),
    ],
)
def test_a_verdict(lang: str, expected: str) -> None:
    """Term, article and court, as each language puts them."""
    assert line(lang, "term:6", "law:ru:337/5", "court:garrison:chita", names=CHITA) == expected


@pytest.mark.parametrize(
    ("lang", "code", "expected"),
    [
        ("en", "count:20..30", "20–30"),
        ("en", "count:>=2000", "≥ 2,000"),
        ("en", "term:5.5", "5 years 6 months"),
        ("en", "term:life", "life in prison"),
        ("uk", "term:0.5", "6 місяців"),
        ("en", "unit:ru:brigade:155", "155th brigade"),
        ("en", "unit:xx:division:112", "112th division"),
        ("ru", "unit:ru:brigade:155", "155-я бригада"),
        ("uk", "unit:ua:brigade:3", "3-тя бригада"),
        ("uk", "unit:ua:brigade:113", "113-та бригада"),
        ("ru", "unit:ru:mu:64044", "в/ч 64044"),
        ("en", "court:garrison:unnamed", "garrison court"),
        ("en", "court:echr", ""),
        ("en", "deed:unheard-of", ""),
        ("en", "term:many", ""),
        ("en", "place:nowhere", ""),
    ],
)
def test_each_kind(lang: str, code: str, expected: str) -> None:
    """What cannot be said is left out, never shown as a code."""
    assert line(lang, code) == expected


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_every_rule_has_words(lang: str) -> None:
    """No deed is found and then not told."""
    assert all(line(lang, rule.code) for rule in fact_rules())
