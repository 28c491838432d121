"""A minute of invented news, through the real bot.

`script` is what happens when, `pages` gives it the true form of feeds and channel pages,
`newsroom` serves them on loopback, `show` reads and prints. All people, places, outlets
and events in it are invented.
"""
