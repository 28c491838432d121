"""An entity out of the names somebody typed: their languages, its id, or why it is none.

`read` understands what was typed, `propose` makes of it a row as those of
packs/data/entities.toml, for `filters.entities.build.compile_entity`. Both refuse
what would be found in texts that mean something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from filters.entities.forms import flatten, is_common, is_womans
from filters.entities.gazetteer import Entity
from filters.entities.offers import offered
from filters.entities.person_names import read_name
from filters.normalize import words
from filters.texts import say

__all__ = ["KINDS", "EntityError", "EntityRequest", "OrdinaryWord", "propose", "read", "written"]

KINDS: Final = ("person", "org", "place", "unit")

_MIN_LETTERS: Final = 3  # letters of a name
_MAX_LETTERS, _MAX_WORDS, _MAX_NAMES = 80, 6, 12
_MOST_TYPED, _MOST_GUARDS = 1_000, 40
_MARK: Final = re.compile(r"(?<!\S)(ru|uk|en|near|not|gender|famous|anyway):", re.IGNORECASE)
_YES: Final = frozenset(("yes", "да", "так", "1"))
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LATIN: Final = re.compile("[a-z]", re.IGNORECASE)
_CYRILLIC: Final = re.compile("[а-яёіїєґ]", re.IGNORECASE)
_RUSSIAN: Final = re.compile("[ыэъё]", re.IGNORECASE)
_UKRAINIAN: Final = re.compile("[іїєґ]|['’ʼ][яює]", re.IGNORECASE)
_LETTERS: Final = {
    **dict(zip("абвгґдезиіїйклмнопрстуфыэ", "abvggdeziiiyklmnoprstufye", strict=True)),
    "є": "ye",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
}


class EntityError(ValueError):
    """Names that make no entity. `hint` is an English message id with `values` for its braces."""

    def __init__(self, hint: str, **values: str) -> None:
        self.hint = hint
        self.values: Mapping[str, str] = values
        super().__init__(self.message())

    def message(self, lang: str = "en") -> str:
        """The error for a person, in "en", "ru" or "uk" (else English)."""
        return say(lang, self.hint).format_map(self.values)


class OrdinaryWord(EntityError):
    """A name that is a word too: with `near` or `anyway` it makes an entity."""


@dataclass(frozen=True, slots=True)
class EntityRequest:
    """What was typed. `slug` is the part of an id behind the kind, "" to have one proposed;
    `names` are by language, in the order typed; of `near` one word must stand in the text,
    right beside a word of `stop` it is something else; a `famous` person's surname counts
    alone; `anyway` takes names that are ordinary words too."""

    kind: str
    slug: str = ""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    near: tuple[str, ...] = ()
    gender: str = ""
    stop: tuple[str, ...] = ()
    famous: bool = False
    anyway: bool = False

    @property
    def first(self) -> str:
        """The name typed first of the first language."""
        return next(iter(self.names.values()))[0]


def read(typed: str) -> EntityRequest:
    """Understands `person Анна Петрова, Аня Петрова en:Anna Petrova`; `person:petrova …` names
    the id too.

    A name without a language is of those whose letters it has: Cyrillic letters that
    both have make it Russian and Ukrainian. Raises EntityError.
    """
    if len(typed) > _MOST_TYPED:
        raise EntityError("Too long: at most {most} characters.", most=str(_MOST_TYPED))
    kind, _, rest = " ".join(typed.split()).partition(" ")
    kind, colon, slug = kind.lower().partition(":")
    _refuse_offered(kind, rest, typed)
    if kind not in KINDS:
        raise EntityError("A kind comes first: person, org, place or unit.")
    if colon and not _SLUG.fullmatch(slug):
        raise EntityError("An id is written in small Latin letters: {example}.", example="org:soch")
    parts = _MARK.split(rest)
    found: dict[str, dict[str, None]] = {}
    guards: dict[str, list[str]] = {"near": [], "not": []}
    options = {"gender": "", "famous": "", "anyway": ""}
    for mark, part in (("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)):
        listed = [" ".join(each.split()) for each in part.split(",")]
        for each in filter(None, listed):
            if mark.lower() in guards:
                guards[mark.lower()].append(_guard(each, mark.lower()))
            elif mark.lower() in options:
                options[mark.lower()] = each.lower()
            else:
                for lang in _languages(each, mark.lower()):
                    found.setdefault(lang, {})[each] = None
    if options["gender"] not in ("", "f", "m"):
        raise EntityError("The gender is f or m.")
    names = {lang: tuple(each) for lang, each in found.items()}
    if not names:
        raise EntityError("What is its name? As in {example}.", example=f"{kind} {_EXAMPLE[kind]}")
    if sum(map(len, names.values())) > _MAX_NAMES:
        raise EntityError("At most {most} names.", most=str(_MAX_NAMES))
    if max(map(len, guards.values())) > _MOST_GUARDS:
        raise EntityError("At most {most} words behind near: or not:.", most=str(_MOST_GUARDS))
    famous, anyway = (options[key] in _YES for key in ("famous", "anyway"))
    near, stop = (tuple(dict.fromkeys(guards[key])) for key in ("near", "not"))
    return EntityRequest(kind, slug, names, near, options["gender"], stop, famous, anyway)


def _refuse_offered(kind: str, rest: str, typed: str) -> None:
    """A unit by its number, an article, a court: what is found in every form needs no entity."""
    offer = None
    if kind in ("unit", "law", "court"):
        offer = offered(rest)
    elif kind not in KINDS:
        offer = offered(typed)
    if offer is not None:
        raise EntityError(
            "“{name}” is found in every form already; a filter asks for it with {id}.",
            name=(typed if kind not in (*KINDS, "law", "court") else rest).strip(),
            id=offer.pattern,
        )


_EXAMPLE: Final = {
    "person": "Анна Петрова",
    "org": "Школа призывника",
    "place": "Авдіївка",
    "unit": "Сибирский батальон",
}


def propose(
    wish: EntityRequest, known: Iterable[Entity], place: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A row of entities.toml. `place` is what `filters.places.proposal` gives for the place
    meant. Raises EntityError for names that are too short or somebody's already, and for an
    id that is taken; OrdinaryWord for names that need a guard. Places may share their names:
    one chosen from the table, or told apart by `near`, may be another's namesake."""
    known = list(known)
    told_apart = wish.kind == "place" and bool(place or wish.near)
    names = _joined(wish.names, place["names"] if place else {})
    acronyms: list[str] = []
    plain: dict[str, list[str]] = {}
    for lang, each in ((lang, each) for lang, listed in names.items() for each in listed):
        _check(wish, lang, each, known, told_apart=told_apart)
        if wish.kind in ("org", "unit") and _is_acronym(each):
            acronyms.append(each)
        else:
            plain.setdefault(lang, []).append(each)
    row: dict[str, Any] = {"id": _id(wish, names, {e.id for e in known}, place)}
    if acronyms:
        row["acronyms"] = list(dict.fromkeys(acronyms))
    weak = {
        lang: [each for each in listed if wish.near or _needs_capital(wish.kind, each)]
        for lang, listed in plain.items()
    }
    for key, chosen in (
        ("names", {lang: [n for n in plain[lang] if n not in weak[lang]] for lang in plain}),
        ("weak", weak),
    ):
        if kept := {lang: listed for lang, listed in chosen.items() if listed}:
            row[key] = kept
    if wish.near:
        row["near"] = list(wish.near)
    if wish.stop:
        row["not"] = list(wish.stop)
    if wish.anyway:
        row["anyway"] = True
    if wish.kind == "person":
        if wish.famous:
            row["famous"] = True
        if _is_woman(wish, plain):
            row["gender"] = "f"
    if place and place.get("country"):
        row["country"] = place["country"]
    return row


def _joined(
    said: Mapping[str, Iterable[str]], of_place: Mapping[str, Iterable[str]]
) -> dict[str, list[str]]:
    """The table's names first. What was typed to look a place up is not of a language in
    which the table calls it otherwise, unless the table knows no such name at all."""
    found = {lang: list(names) for lang, names in of_place.items()}
    listed = {flatten(name) for names in found.values() for name in names}
    for lang, names in said.items():
        for name in names:
            if not of_place or flatten(name) not in listed:
                found.setdefault(lang, []).append(name)
    return found


def written(row: Mapping[str, Any]) -> str:
    """A row as it is typed, all of it said: what `read` and `propose` make of it is the row."""
    id_ = str(row["id"])
    names: dict[str, list[str]] = {}
    for key in ("names", "weak"):
        for lang, listed in row.get(key, {}).items():
            names.setdefault(lang, []).extend(listed)
    # Capitals are the same in every language; their letters tell which could be.
    parts = [", ".join(row["acronyms"])] if row.get("acronyms") else []
    parts += [f"{lang}:{', '.join(listed)}" for lang, listed in names.items()]
    parts += [f"{key}:{', '.join(row[key])}" for key in ("near", "not") if row.get(key)]
    if id_.startswith("person:"):
        parts.append(f"gender:{row.get('gender', 'm')}")
    parts += [f"{key}:yes" for key in ("famous", "anyway") if row.get(key)]
    return " ".join((id_, *parts))


def _check(
    wish: EntityRequest, lang: str, name: str, known: Iterable[Entity], *, told_apart: bool
) -> None:
    flat = flatten(name)
    tokens = flat.split()
    if len(flat.replace(" ", "")) < _MIN_LETTERS:
        raise EntityError("“{name}” is too short: three letters at least.", name=name)
    if len(name) > _MAX_LETTERS or len(tokens) > _MAX_WORDS:
        raise EntityError("“{name}…” is too long for a name.", name=name[:20])
    if wish.kind == "person":
        if len(words(name)) < 2:
            raise EntityError(
                "“{name}” alone may be many people: first name and surname, please.", name=name
            )
        if wish.near:
            raise EntityError("A person needs no near: words; leave them out.")
    acronym = wish.kind in ("org", "unit") and _is_acronym(name)
    guarded = wish.near or wish.anyway or acronym
    if not guarded and len(tokens) == 1 and is_common(name, lang):
        raise OrdinaryWord(
            "“{name}” is an ordinary word too. Say which words stand beside it in the same text:"
            " {example}.",
            name=name,
            example=f"{wish.kind} {name} near:{_NEAR}",
        )
    for entity in known:
        # A person's surname alone is no name of theirs; namesakes have it too.
        if told_apart and entity.kind == "place":
            continue
        if flat in entity.strong or flat in entity.weak or name in entity.acronyms:
            raise EntityError("“{name}” is known as {id} already.", name=name, id=entity.id)


_NEAR: Final = "солдат*, soldier*"


def _guard(word: str, mark: str) -> str:
    """A word, or behind near: with * a beginning, as the gazetteer compares it. Raises
    EntityError."""
    bare = flatten(word.rstrip("*"))
    if not bare or " " in bare:
        raise EntityError("Behind {mark}: stand single words with commas between.", mark=mark)
    if word.endswith("*"):
        if mark == "not":
            raise EntityError("Behind not: stand whole words, without *.")
        return bare + "*"
    return bare


def _languages(name: str, declared: str) -> tuple[str, ...]:
    """What language a name is of, as declared or by its letters. Raises EntityError."""
    cyrillic, latin = bool(_CYRILLIC.search(name)), bool(_LATIN.search(name))
    if not (cyrillic or latin):
        raise EntityError("“{name}” has no Latin or Cyrillic letters.", name=name[:20])
    if declared:
        if not (latin if declared == "en" else cyrillic):
            raise EntityError(
                "“{name}” is not written in the letters of “{lang}:”.",
                name=name[:20],
                lang=declared,
            )
        return (declared,)
    if not cyrillic:
        return ("en",)
    russian, ukrainian = bool(_RUSSIAN.search(name)), bool(_UKRAINIAN.search(name))
    if russian != ukrainian:
        return ("ru",) if russian else ("uk",)
    return "ru", "uk"


def _is_acronym(name: str) -> bool:
    return len(words(name)) == 1 and name.isupper()


def _needs_capital(kind: str, name: str) -> bool:
    """A single word that is no person's or place's counts capitalised only: weak forms do."""
    return kind in ("org", "unit") and len(words(name)) == 1


def _is_woman(wish: EntityRequest, names: Mapping[str, Iterable[str]]) -> bool:
    if wish.gender:
        return wish.gender == "f"
    return any(
        is_womans(name, lang) for lang, listed in names.items() if lang != "en" for name in listed
    )


def _id(
    wish: EntityRequest,
    names: Mapping[str, list[str]],
    taken: set[str],
    place: Mapping[str, Any] | None,
) -> str:
    """The id asked for, the table's, or one of the English or the first name."""
    asked = f"{wish.kind}:{wish.slug}" if wish.slug else place["id"] if place else ""
    if asked:
        if asked in taken:
            raise EntityError("{id} exists already.", id=asked)
        return str(asked)
    name = names.get("en", [next(iter(names.values()))[0]])[0]
    parts = [part for part in map(_slug, words(name)) if part] or ["name"]
    if wish.kind == "person":
        # As those of the packs: the surname, and the first name where that is taken.
        person = read_name(name)
        last = "-".join(filter(None, map(_slug, words(person.last)))) or parts[-1]
        given = _slug(person.first or "".join(person.initials)) or parts[0]
        choices = [last, f"{last}-{given}"]
    else:
        choices = ["-".join(parts)]
    choices += [f"{choices[-1]}-{n}" for n in range(2, 100)]
    for choice in choices:
        if (found := f"{wish.kind}:{choice}") not in taken:
            return found
    raise EntityError("{id} exists already.", id=f"{wish.kind}:{choices[0]}")


def _slug(word: str) -> str:
    latin = "".join(_LETTERS.get(letter, letter) for letter in flatten(word))
    return re.sub("[^a-z0-9]", "", latin)
