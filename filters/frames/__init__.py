"""What a sentence tells of self-harm, pressure and draft-evasion: who does what to what, what for.

`filters.roles` asks each predicate for its subject and object; these three topics are told by
more than one word each: a deed and what it spares one (`bodies`, `purposes`), a punishment and
whom it is for (`punishing`, `refusers`), a summons and what is done instead (`evading`). The
second half often stands a sentence or two before («Они отказались. Их держат в яме.»): `leaves`
says what a sentence leaves for the next ones. `lists` knows the words, `scenes` who does it and
whether it is real.
"""

from filters.frames.marks import frames, leaves, may_follow
from filters.frames.scenes import Scene

__all__ = ["Scene", "frames", "leaves", "may_follow"]
