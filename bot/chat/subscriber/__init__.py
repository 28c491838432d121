"""Commands and buttons of everybody who may use the bot.

    start, mode, forgetting      coming, Quiet or Normal, leaving
    topics, subscribing, narrowing, watching   which topics and words a chat gets
    ways, limits, digests, quiet_hours, pausing   how loudly, how much, when
    alerts, muting, similar   what may be asked and done about an alert
    why_not, asked_post, post_trace   why a post did not come
    searching, stats             the archive and the week; settings_page: all choices at a glance

Who may run them is in `bot.commands.roles`.
"""
