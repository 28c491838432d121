"""Whether two texts tell one event. Pure: texts in, an answer with reasons out.

    identity     the keys by which a story is found again: permalinks, hashes of texts
    likeness     near copies; copies: which of several a text repeats
    event_features   what a text tells of its event, in one spelling for three languages
    relation     copy, same story, development, or another event
    edits        what a changed post no longer says; guids: identifiers that change

`bot.ingest.placement` asks; nothing here reads the database.
"""
