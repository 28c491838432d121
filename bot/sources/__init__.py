"""Reading what strangers publish: addresses in, items out. Knows no database and no Telegram bot.

    discovery.Discovery      what is at an address a person gave: Probe, Offers, or SourceError
    http.Fetcher             the one way to fetch; addresses checked, bodies bounded
    worker.ParserPool        bytes to values in a process of its own; InlineParser in this one
      feeds.parse_feed           RSS, RDF, Atom, JSON Feed -> ParsedFeed
      telegram_web.parse_…       preview pages -> ParsedChannelPage, Landing
      telegram_addresses         the name in what people paste, the pages to read
      article.parse_article      a web page -> Article; offers.feeds_on_page: the feeds it names
    schedule, validators     when to ask again, and whether to believe that nothing changed (pure)

Below http: exchange (a request, its answer), web_addresses, host_gate (a host's turns), cookies,
fetch_errors; addresses (which are refused), connections (resolve, check, connect), decoding (gzip,
br, zstd under a limit), charset, text; parsed (what parsing gives), codec,
jobs and parsing are the worker's two ends. The core loads no parser.
"""
