"""English forms a stemmer cannot join: went, fled, fought, left, men."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["IRREGULAR"]

_FORMS: Final = """
be: am is are was were been being
have: has had
do: does did done
go: goes went gone
say: said
get: got gotten
make: made
know: knew known
think: thought
take: took taken
see: saw seen
come: came
give: gave given
find: found
tell: told
become: became
leave: left
feel: felt
bring: brought
begin: began begun
keep: kept
hold: held
write: wrote written
stand: stood
withstand: withstood
hear: heard
mean: meant
meet: met
run: ran
pay: paid
sit: sat
speak: spoke spoken
lie: lay lain lying lied
lead: led
grow: grew grown
lose: lost
fall: fell fallen
send: sent
build: built
understand: understood
draw: drew drawn
withdraw: withdrew withdrawn
break: broke broken
spend: spent
rise: rose risen
drive: drove driven
buy: bought
wear: wore worn
choose: chose chosen
throw: threw thrown
catch: caught
deal: dealt
win: won
forget: forgot forgotten
fight: fought
teach: taught
eat: ate eaten
sell: sold
fly: flew flown
flee: fled
shoot: shot
seek: sought
swear: swore sworn
steal: stole stolen
hide: hid hidden
strike: struck stricken
beat: beaten
freeze: froze frozen
bind: bound
bleed: bled
feed: fed
dig: dug
hang: hung
shake: shook shaken
sleep: slept
sink: sank sunk
swim: swam swum
tear: tore torn
wake: woke woken
weep: wept
wind: wound
bear: bore borne born
bite: bit bitten
blow: blew blown
burn: burnt
creep: crept
forbid: forbade forbidden
forgive: forgave forgiven
forsake: forsook forsaken
lend: lent
mislead: misled
overcome: overcame
ride: rode ridden
ring: rang rung
sing: sang sung
slay: slew slain
slide: slid
spread: spread
spring: sprang sprung
sting: stung
sweep: swept
undergo: underwent undergone
undertake: undertook undertaken
man: men
serviceman: servicemen
servicewoman: servicewomen
woman: women
wife: wives
child: children
foot: feet
person: people
life: lives
die: dying died
"""


def _table() -> Mapping[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in _FORMS.strip().splitlines():
        base, forms = line.split(": ")
        for form in forms.split():
            table[form] = (*table.get(form, ()), base)
    return table


IRREGULAR: Final = _table()
