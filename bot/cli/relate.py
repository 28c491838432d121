"""`vigil relate`: which posts of a file copy one another, or report the same event."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from bot.cli.exit_codes import INTERRUPTED, MISUSED, ends_in_exit_code, fail, say
from bot.cli.lines import Lines, TooLong
from bot.cli.posts import BadLine, Post, parse, written
from bot.cli.progress import Progress
from bot.model import ParsedItem
from bot.stories.embedding import Embedder, available
from bot.stories.identity import story_keys
from bot.stories.memory import Memory

__all__ = ["relate"]

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@ends_in_exit_code
def relate(file: str, *, embeddings: bool = False) -> int:
    """Relate `file` ("-": standard input); the exit code: 0, or 1 when lines were bad."""
    if embeddings and not available():
        return fail("the extra is not installed: pip install 'vigil[embeddings]'")
    if file == "-" and sys.stdin.isatty():
        say("Waiting for posts on standard input, one JSON object a line. Ctrl-C stops.")
    try:
        source = Lines(file)
    except OSError as error:
        say(f"vigil: {file} cannot be read: {error.strerror or error}")
        return MISUSED
    relating = _Relating(Embedder() if embeddings else None)
    with source, Progress(source, shown=not sys.stdout.isatty()) as progress:
        number = 1
        try:
            for lines in source.batches():
                for line in lines:
                    _one(relating, line, number, progress)
                    number += 1
                if source.waiting():
                    sys.stdout.buffer.flush()
            sys.stdout.buffer.flush()
        except KeyboardInterrupt:
            progress.close()
            return INTERRUPTED
        except EOFError as error:
            return fail(f"{file}: {error}; what came before it was related")
    return progress.summary()


def _one(relating: _Relating, line: bytes, number: int, progress: Progress) -> None:
    if isinstance(line, TooLong):
        progress.say(f"line {number}: too long. Give each post a line of its own.")
        progress.add(0, 0, 1)
        return
    if not line.strip():
        return
    try:
        answer = relating.take(parse(line))
    except BadLine as error:
        progress.say(f"line {number}: {error.wrong}. {error.mend}.")
        progress.add(0, 0, 1)
        return
    sys.stdout.buffer.write(written(answer))
    progress.add(1, answer["relation"] != "new", 0)


class _Relating:
    """Posts in, answers by the ids that the posts gave themselves."""

    def __init__(self, embedder: Embedder | None) -> None:
        self._memory = Memory()
        self._embedder = embedder
        self._ids: list[str | int] = []
        self._at = _BEGINNING  # of the post before: of one without a time too

    def take(self, post: Post) -> dict[str, Any]:
        document = post.document
        self._at = document.published or self._at
        item = ParsedItem(
            key=str(post.id),
            title=document.title,
            text=document.text,
            url=document.url,
            forwarded_from=document.forwarded_from,
        )
        vector: tuple[float, ...] = ()
        if self._embedder is not None:
            [vector] = self._embedder.embed([f"{document.title}\n{document.text}".strip()])
        answer = self._memory.take(
            story_keys(item), document.title, document.text, self._at, vector
        )
        self._ids.append(post.id)
        relation = answer.relation
        return {
            "id": post.id,
            "relation": relation.kind,
            "of": None if relation.of is None else self._ids[relation.of],
            "story": self._ids[answer.story],
            "score": round(relation.score, 4),
            "reasons": list(relation.reasons),
        }
