"""`vigil try`: what Vigil finds in a text and why, for people; or what was missing."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.cli.exit_codes import ends_in_exit_code, say
from bot.cli.near_misses import near_misses
from bot.cli.readers import with_filters
from bot.cli.texts import Texts, load
from bot.clock import SystemClock
from bot.settings import load as load_settings
from filters.document import Document, Span
from filters.entities import EntityMention
from filters.packs import load_packs
from filters.reading import Match, Reader, Reading

__all__ = ["show", "try_"]

_MAX_WIDTH = 100
_MATCH = "bold yellow"
_ARMIES = {"ru": "Russian", "ua": "Ukrainian", "other": "another", "unknown": "unknown"}
_UNSAID = {
    "army": "no word of the sentence says whose",
    "stage": "no court, charge or law is named",
    "era": "no past year or war is named",
}
_DOUBTFUL = ("?", "~")
_SIGNS = {
    "~": "the text names the offence, not its article",
    "?": "the text does not name the code or country: inferred from what stands around",
}
_READ = frozenset({"ru", "uk", "en"})
_STRANGE = 1100  # of resiliparse: how far from the language's usual letters; 0 is none
_KINDS = {
    "person": "People",
    "org": "Organisations",
    "place": "Places",
    "law": "Laws",
    "unit": "Units",
    "court": "Courts",
    "count": "Numbers",
    "term": "Terms",
    "date": "Dates",
}


@ends_in_exit_code
def try_(what: str, filters: Sequence[str]) -> int:
    """Show what is found; 0 also where nothing matched. Raises nothing."""
    settings = load_settings(os.environ).settings
    if what == "-" and sys.stdin.isatty():
        say("Type or paste a text; Ctrl-D ends it.")
    # The packs take a second: what cannot be read is said before.
    reader = with_filters(filters) if filters else None
    texts = asyncio.run(load(what, settings, SystemClock()))
    console = Console(highlight=False)
    console.width = min(console.width, _MAX_WIDTH)
    show(console, reader or with_filters(), texts)
    return 0


def show(console: Console, reader: Reader, texts: Texts) -> None:
    """One text in full; of several, those that match in full and a count of the others."""
    count = len(texts.documents)
    console.print(Text.assemble((texts.name, "bold"), (f"  {texts.form}", "dim")))
    if not count:
        console.print("It has no texts yet.")
        return
    matched = 0
    for document in texts.documents:
        reading = reader.read(document)
        if reading.matches or count == 1:
            matched += bool(reading.matches)
            _show(console, reader, document, reading, alone=count == 1)
    if count > 1:
        console.print()
        console.print(f"{matched} of {count} texts match.")


def _show(
    console: Console, reader: Reader, document: Document, reading: Reading, *, alone: bool
) -> None:
    if not alone:
        console.print()
        console.print(Rule(style="dim"))
        console.print(Text(" ".join((document.title or document.text).split())[:120], "bold"))
        when = f"{document.published:%d %b %Y %H:%M} UTC" if document.published else ""
        console.print(Text("  ".join(filter(None, (when, document.url))), "dim"))
    console.print()
    if reading.matches:
        notes = {each.key: each.note for each in load_packs().filters}
        for topic in dict.fromkeys(match.topic for match in reading.matches):
            _topic(console, reader, document, reading, topic=topic, notes=notes)
        _facets(console, reading)
    elif reading.fired:
        _disbelieved(console, document, reading)
    else:
        _nothing(console, reader, document)
    _entities(console, document, reading.entities)


def _topic(
    console: Console,
    reader: Reader,
    document: Document,
    reading: Reading,
    *,
    topic: str,
    notes: Mapping[str, str],
) -> None:
    matches = [match for match in reading.matches if match.topic == topic]
    hits = [hit for hit in reading.hits if hit.topic == topic]
    about = reader.topics.get(topic)
    title = Text(about.titles["en"] if about else "Your filters", "bold")
    console.print(title.append(f"  {_how_sure(matches, notes)}", "dim"))
    spans = {span for hit in hits for span in hit.spans}
    spans |= {word for match in matches if not match.filters for word in match.words}
    sentences = [match.passage for match in matches]
    sentences += sorted((hit.sentence for hit in hits), key=lambda span: (span.field, span.start))
    for sentence in dict.fromkeys(sentences):
        console.print(Padding(quoted(document, sentence, spans), (0, 2)))
    for hit in hits:
        words = Text(f"{hit.key}: ", "dim")
        words.append(_words(document, hit.spans))
        if notes.get(hit.key):
            words.append(f"  {notes[hit.key]}", "dim")
        console.print(Padding(words, (0, 2, 0, 4)))
    if not all(match.filters for match in matches):
        unfiltered = "no filter: the grammar of the sentence and its words say so"
        console.print(Padding(Text(unfiltered, "dim"), (0, 2, 0, 4)))
    console.print()


def _how_sure(matches: Sequence[Match], packed: Container[str]) -> str:
    """What becomes of a topic with these matches, in words; keys that are not `packed` are own."""
    best = max(matches, key=lambda match: (match.certainty == "sure", match.score))
    if best.certainty != "sure":
        return f"possible ({best.score:.2f}): never pushed, waits in the digest"
    if any(key not in packed for key in best.filters):
        return "sure: your filter says so"
    sure = [match for match in matches if match.certainty == "sure"]
    chosen = []
    if all(match.facets.army == "other" for match in sure):
        chosen.append("other armies")
    if all(match.facets.era == "historical" for match in sure):
        chosen.append("past wars")
    asking = f" and chose {' and '.join(chosen)}" if chosen else ""
    return f"sure ({best.score:.2f}): pushed to those who follow the topic{asking}"


def _disbelieved(console: Console, document: Document, reading: Reading) -> None:
    """Filters matched, and the score of each of their topics is too low to tell anybody."""
    console.print(Text("No topic is asserted.", "bold"))
    console.print("Filters matched, but the sentence is unlikely to report what they look for:")
    for hit in reading.fired:
        line = Text(f"{hit.key} ", "dim")
        line.append(f"({reading.scores.get(hit.topic, 0.0):.2f}): ", "dim")
        line.append(_words(document, hit.spans))
        console.print(Padding(line, (0, 2, 0, 4)))
    console.print()


def quoted(document: Document, sentence: Span, spans: Iterable[Span]) -> Text:
    """The sentence in quotes, the matched words in it shown."""
    text = Text(document.field(sentence.field)[sentence.start : sentence.end])
    for span in spans:
        if span.field == sentence.field:
            start, end = span.start - sentence.start, span.end - sentence.start
            if end > 0 and start < len(text):
                text.stylize(_MATCH, max(start, 0), end)
    joined = Text(" ").join(text.split()) if "\n" in text.plain else text
    return Text.assemble("«", joined, "»")


def _words(document: Document, spans: Iterable[Span], most: int = 8) -> str:
    found = dict.fromkeys(document.field(s.field)[s.start : s.end] for s in spans)
    shown = [f"«{' '.join(word.split())}»" for word in found]
    return ", ".join(shown[:most]) + (" …" if len(shown) > most else "")


def _facets(console: Console, reading: Reading) -> None:
    facets = reading.facets
    table = _table()
    for name, value in (
        ("Army", _ARMIES[facets.army]),
        ("Stage", facets.stage),
        ("Era", facets.era),
    ):
        evidence = facets.evidence.get(name.lower(), ())
        why = "by " + ", ".join(f"«{' '.join(word.split())}»" for word in evidence)
        table.add_row(name, value, Text(why if evidence else _UNSAID[name.lower()], "dim"))
    console.print(table)


def _entities(console: Console, document: Document, entities: Iterable[EntityMention]) -> None:
    of_kind: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for each in entities:
        words = " ".join(document.field(each.field)[each.start : each.end].split())
        name = each.id.partition(":")[2]
        if each.inferred and not name.endswith(_DOUBTFUL):
            name += "?"
        of_kind[each.kind].setdefault(name, []).append(words)
    if not of_kind:
        return
    table = _table()
    for kind in sorted(of_kind, key=lambda k: list(_KINDS).index(k) if k in _KINDS else 99):
        line = Text()
        for name, found in of_kind[kind].items():
            times = f" ×{len(found)}" if len(found) > 1 else ""
            line.append(", " if line else "")
            line.append(name)
            line.append(f" «{found[0]}»{times}", "dim")
        table.add_row(_KINDS.get(kind, kind), line)
    console.print()
    console.print(table)
    names = [name for found in of_kind.values() for name in found]
    for sign, meaning in _SIGNS.items():
        if any(sign in name for name in names):
            console.print(Text(f"{sign}  {meaning}", "dim"))


def _nothing(console: Console, reader: Reader, document: Document) -> None:
    console.print(Text("Nothing matched.", "bold"))
    if language := _unread_language(document):
        console.print(f"The text is {language}. Vigil reads Russian, Ukrainian and English.")
    misses = near_misses(reader, document)
    if misses:
        console.print("The filters that came nearest:")
    for miss in misses:
        console.print()
        console.print(Padding(Text(miss.key), (0, 2)))
        found = ", ".join(f"«{' '.join(word.split())}»" for word in miss.found[:8])
        console.print(Padding(Text.assemble(("found    ", "dim"), (found, _MATCH)), (0, 4)))
        for wanting in miss.wanting[:4]:
            console.print(Padding(Text.assemble(("missing  ", "dim"), wanting), (0, 4)))
        if miss.excluded:
            words = ", ".join(f"«{' '.join(word.split())}»" for word in miss.excluded[:8])
            console.print(Padding(Text.assemble(("excluded by  ", "dim"), words), (0, 4)))


def _unread_language(document: Document) -> str:
    """The name of a language that no filter is written in, "" for one that is, or a doubt."""
    from babel import Locale
    from resiliparse.parse.lang import detect_fast

    code, strangeness = detect_fast(f"{document.title}\n{document.text}")
    if code in _READ or code == "unknown" or strangeness > _STRANGE:
        return ""
    return str(Locale("en").languages.get(code, ""))


def _table() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    return table
