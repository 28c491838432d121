"""An item's way into the database: matched, placed, decided and stored in one transaction.

    pipeline     the sequence; batch, recorder, reports: what it works on
    matcher      the only door to the filters' reader
    survey       which earlier texts a new one is compared with; surroundings: what stands now
    placement    where a text belongs: new, copy, same story, development. Pure
    transaction, writing   the decision is made again among what is true then, and stored
    splits       an item that leaves its story; archive: what is searched

All that is slow happens before the transaction: it holds the only writer.
"""
