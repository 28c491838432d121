"""Texts to measure with: real ones from a file, or made up from a seed.

Made-up posts have what matters to matching: word frequencies that fall as in
speech, inflected Russian and Ukrainian, some English, posts of very different
lengths, and now and then a sentence the filters are for.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, islice
from pathlib import Path

__all__ = ["generate", "load", "read"]

_FUNCTION = {
    "ru": "и в на не что с по к из за от для о это как у так но же был а до во при или он она они",
    "uk": "і в на не що з по до із за від для про це як у так але же був а при або він вона вони",
    "en": "the of to and a in is it that for on was with as by at from he have this are not they",
}
_ENGLISH = """
road market school river bridge train office report winter summer council budget doctor teacher
village border station minister company factory contract payment signal weather harvest museum
concert engine machine window garden letter answer question reason member leader partner student
worker driver farmer lawyer editor author reader player artist singer writer voter owner buyer
"""
_ENDINGS = ("", "s", "ed", "ing")
_EVENTS = {
    "ru": (
        "Около {n} контрактников отказались ехать на фронт и записали обращение.",
        "Суд приговорил рядового к {n} годам за самовольное оставление части.",
        "Двоих солдат держат в подвале за отказ воевать, сообщает их командир.",
    ),
    "uk": (
        "Близько {n} військових відмовилися виконувати наказ і залишили позиції.",
        "Суд розглянув {n} справ про самовільне залишення частини.",
        "Чоловіка затримали: він зник із розташування роти й не повернувся.",
    ),
    "en": (
        "About {n} soldiers refused to deploy and signed a letter to the command.",
        "A court sentenced a private to {n} years for desertion.",
        "Men who fled their positions were beaten in the basement.",
    ),
}
# Beginnings of words in either dictionary: a few thousand lemmas with all their forms.
_HEADS = "аге бер вог гол дит жур зна кар лис мол нов ост пам рад сел тра ура фор хоз цен шко"
_FORMS_A_LANGUAGE = 12_000


def load(path: Path, most: int) -> list[str]:
    """The first `most` texts of a file of JSON lines (".gz" or plain) with a "text" each."""
    return list(read(path, most))


def read(path: Path, most: int) -> Iterator[str]:
    """The same, one after the other: only one is held."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for line in islice(lines, most):
            yield json.loads(line)["text"]


def generate(count: int, seed: int = 1) -> list[str]:
    """`count` posts; the same for the same seed and dictionaries."""
    chosen = random.Random(seed)
    return [_post(chosen) for _ in range(count)]


def _post(chosen: random.Random) -> str:
    language = chosen.choices(("ru", "uk", "en"), (6, 3, 1))[0]
    words, weights = _vocabulary(language)
    size = max(1, min(40, round(chosen.lognormvariate(1.4, 0.7))))
    sentences: list[str] = []
    for _ in range(size):
        if chosen.random() < 0.04:
            event = chosen.choice(_EVENTS[language])
            sentences.append(event.format(n=chosen.randint(2, 90)))
            continue
        cut = chosen.choices(words, cum_weights=weights, k=chosen.randint(5, 20))
        if chosen.random() < 0.2:
            cut.insert(chosen.randint(0, len(cut)), str(chosen.randint(1, 3000)))
        sentences.append(" ".join(cut).capitalize() + chosen.choice(".....!?"))
    parted = [chosen.choice((" ", " ", " ", "\n\n")) for _ in sentences]
    return "".join(s + gap for s, gap in zip(sentences, parted, strict=True)).strip()


@cache
def _vocabulary(language: str) -> tuple[list[str], list[float]]:
    """Forms with Zipf's weights, function words first; weights accumulated."""
    content = [w + ending for w in _ENGLISH.split() for ending in _ENDINGS]
    if language != "en":
        import pymorphy3

        dictionary = pymorphy3.MorphAnalyzer(lang=language).dictionary
        known = [
            w for head in _HEADS.split() for w in dictionary.words.iterkeys(head) if w.isalpha()
        ]
        content = known[:: max(1, len(known) // _FORMS_A_LANGUAGE)]
    shuffled = random.Random(len(content))
    shuffled.shuffle(content)
    words = _FUNCTION[language].split() + content
    return words, list(accumulate(1 / (rank + 3) for rank in range(len(words))))
