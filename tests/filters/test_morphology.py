"""All lemmas of a word, in the language its letters tell."""

from __future__ import annotations

import subprocess
import sys
import zlib

import pytest

from filters.morphology import Morphology, analyser, language_of


@pytest.fixture(scope="module")
def morphology() -> Morphology:
    return Morphology()


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("дезертиров", "дезертир"),
        ("отказались", "отказаться"),
        ("оставлении", "оставление"),
        ("контрактников", "контрактник"),
        ("шли", "идти"),
        ("еще", "еще"),  # ё folded after lemmatising too
        ("елки", "елка"),
        ("військовослужбовців", "військовослужбовець"),
        ("відмовилися", "відмовитися"),
        ("зв'язку", "зв'язок"),
        ("чикова", "чиков"),
        ("fled", "flee"),
        ("fought", "fight"),
        ("soldiers", "soldier"),
        ("soldier's", "soldier"),
    ],
)
def test_a_form_leads_to_its_lemma(morphology: Morphology, form: str, lemma: str) -> None:
    """A word of a filter is found in all its forms."""
    assert lemma in morphology.lemmas(form)


def test_every_parse_is_kept(morphology: Morphology) -> None:
    """«стали» is steel and became: top-1 would lose one of them."""
    assert {"сталь", "стать"} <= set(morphology.lemmas("стали"))


@pytest.mark.parametrize("word", ["332", "", "中文"])
def test_what_has_no_lemma_has_none(morphology: Morphology, word: str) -> None:
    """Numbers and other scripts are found by their form alone."""
    assert morphology.lemmas(word) == ()


@pytest.mark.parametrize(
    ("word", "language"),
    [("ещё", "ru"), ("цього", ""), ("їжа", "uk"), ("солдат", ""), ("refuse", "en"), ("12", "")],
)
def test_letters_tell_the_language(word: str, language: str) -> None:
    """And where they do not, nothing is claimed."""
    assert language_of(word) == language


def test_a_kept_cache_gives_the_same_lemmas_without_dictionaries() -> None:
    """A second process starts warm."""
    first = Morphology()
    learnt = {word: first.lemmas(word) for word in ("дезертиров", "солдатів", "fled", "12")}

    second = Morphology(first.cache())

    assert {word: second.lemmas(word) for word in learnt} == learnt
    assert second._russian is None


@pytest.mark.parametrize(
    "kept", [b"", b"x", zlib.compress(b"\xff"), zlib.compress("lemmas 0 other\nа\tб".encode())]
)
def test_a_spoilt_or_foreign_cache_is_dropped(kept: bytes) -> None:
    """Lemmas of other dictionaries would mean other alerts."""
    assert Morphology(kept).lemmas("а") == Morphology().lemmas("а")


_WITHOUT = """
import sys, warnings
sys.modules["pymorphy3_dicts_uk"] = None
from importlib import metadata
from filters.morphology import Morphology, MissingDictionary
import pymorphy3.analyzer as analyzer
entry_points = analyzer._iter_entry_points
analyzer._iter_entry_points = lambda *a, **k: [e for e in entry_points(*a, **k) if e.name != "uk"]
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    lemmas = Morphology().lemmas("відмовилися")
print([w.category.__name__ for w in told if w.category is MissingDictionary], lemmas)
"""


def test_ukrainian_falls_back_with_a_warning() -> None:
    """Without its dictionary Ukrainian still has lemmas, and somebody is told."""
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("['MissingDictionary']"), done.stdout
    assert "відмов" in done.stdout


def test_the_faster_dictionary_finds_the_same() -> None:
    """DAWG2, where it is installed, answers as the reader in Python does that it replaces."""
    fast = pytest.importorskip("dawg")
    plain = pytest.importorskip("dawg_python")
    path = f"{analyser('ru').dictionary.path}/words.dawg"
    known = [each(">HH").load(path) for each in (fast.RecordDAWG, plain.RecordDAWG)]
    yo = [each.compile_replaces({"е": "ё"}) for each in known]
    for word in ("отказались", "все", "еще", "берег", "рота", "съемка", "абвгд", "самоволка", "ё"):
        one, other = (
            each.similar_items(word, replaces) for each, replaces in zip(known, yo, strict=True)
        )
        assert one == other, word


def test_letters_that_unicode_gives_no_name_do_no_harm() -> None:
    """The parser raises ValueError at them: a post that holds one is read all the same."""
    found = {
        word: Morphology().lemmas(word) for word in ("\U00017000ванов", "д\U00017000", "\U00017000")
    }

    assert found["\U00017000ванов"] == ()
    assert found["\U00017000"] == ()
