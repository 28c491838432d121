"""Which chats get an alert, and how it reads. Pure: values in, values out.

    decide       whether a placed item makes an alert, and why
    audience     which subscriptions want it; volume: how loudly; obstacles: why one did not come
    render       the alert and its reply; why, summary, digest: the other messages
    body         Telegram's HTML within its limits; lines, buttons, snippet, facts, words,
                 small_words: its parts
    charts       the picture of a week; documents: an item as the filters read it

Nothing here reads the database or speaks to Telegram: `bot.delivery` passes in what was read.
"""
