"""Commands of admins: sources, filters, topics, names, review, health, files.

A module a command, named for it; `…_texts`, `…_pages` and `…_proposals` hold what several of a
command's functions show. Who may run them is in `bot.commands.roles`.
"""
