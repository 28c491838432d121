"""Speaking with Telegram: calls, their errors, their limits, and what comes from it.

    client       the calls that Vigil makes, over a session; message_forms: a message for newer and
                 older servers
    errors       the one table that tells Telegram's refusals apart
    pacing       permits, so that Telegram's limits hold; request: one HTTP call
    receive      updates by polling; webhook: the same by HTTP; updates, posts: JSON to values

Telegram's own types go no further than here and `bot.chat`.
"""
