"""Who does what to whom in a sentence, as marks that a score can weigh.

Russian and Ukrainian tell it by endings: «солдаты отказались» and «солдатам отказали» share
every stem. So each predicate is asked for a subject that agrees with it and for what it
governs; English is asked by word order. No parser: a few rules about the nearest fitting
noun, each wrong now and then, which is why they end as weighed marks and not as verdicts.

`predicates` finds the verbs, `subjects` the word that does it, `sides` what that word is,
`objects` what it is about, `inferred` what the words around make of it, `moods` how real it is;
`english` does by word order what `subjects` does by endings; `marks` says it; `lists` and
`meaning` hold words and what the marks mean.
"""

from filters.roles.lists import ARMIES
from filters.roles.marks import roles
from filters.roles.meaning import CLEARLY, FINDING, TELLING, TELLS
from filters.roles.predicates import is_predicate
from filters.roles.words import Word

__all__ = ["ARMIES", "CLEARLY", "FINDING", "TELLING", "TELLS", "Word", "is_predicate", "roles"]
