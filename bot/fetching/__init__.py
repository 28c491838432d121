"""When what is read: the poller, one visit, gaps, articles, hubs, rechecks.

    poller       picks the sources whose time has come; visitor: one visit to one source
    backfill     reading a channel into the past; fulltext: the articles behind summaries
    websub       hubs that bring what a feed publishes; recheck: whether posts are still there

How bytes become items is in `bot.sources`; here is when, and what follows.
"""
