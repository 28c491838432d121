"""The commands and their options. Each imports what it needs when it runs: `--help` is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    name="vigil",
    add_completion=False,
    no_args_is_help=True,
    # Traces go through the log's gate; locals would show the token.
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Watches feeds and Telegram channels for reports of soldiers who refuse to fight,"
    " and tells each subscriber of a story once.",
    epilog="Settings: docs/settings.md. A minute of news without any account: [b]vigil demo[/b].",
)

_Jobs = Annotated[
    int,
    typer.Option(
        "--jobs", "-j", min=0, max=64, help="Processes; 0: as many as there are processors."
    ),
]
_Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        "-f",
        metavar="FILTER",
        help="A filter of your own, beside the packs; can be repeated.",
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"vigil {version('vigil')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, metavar="", help="Print the version."
        ),
    ] = False,
) -> None:
    pass


@app.command()
def run() -> None:
    """Run the bot. Needs VIGIL_BOT_TOKEN; Ctrl-C stops it."""
    from bot.cli.run import run as command

    raise typer.Exit(command())


@app.command()
def demo(
    seconds: Annotated[
        float | None, typer.Option(min=1, max=600, help="Stop after so many seconds.")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", metavar="", help="The same news in a few seconds.")
    ] = False,
) -> None:
    """A minute of invented news through the real bot: no account, no internet."""
    from bot.cli.demo import demo as command

    raise typer.Exit(command(seconds=seconds, fast=fast))


# What follows a first paragraph keeps its line breaks, so it is written in whole lines here.
@app.command(
    help="Match posts: one JSON object a line in, one a line out, in the same order.\n\n"
    "In: [b]id[/b], [b]text[/b]; may have title, source, lang, published, kind, author, url,"
    " links, tags.\n\n"
    "Out: id, topics, filters, entities, facets, spans; offsets count code points of the text or"
    " title given.\n\n"
    "A line that cannot be read is told on standard error; the others go on, and the exit code"
    " is 1."
)
def match(
    file: Annotated[
        str, typer.Argument(help="One JSON object a line (also .gz), or - for standard input.")
    ] = "-",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write here instead; packed if it ends in .gz."),
    ] = None,
    jobs: _Jobs = 0,
    filters: _Filters = None,
    matched_only: Annotated[
        bool,
        typer.Option("--matched", metavar="", help="Write only posts that match something."),
    ] = False,
) -> None:
    from bot.cli.match import match as command

    raise typer.Exit(command(file, output, jobs, filters or (), matched_only))


@app.command(
    help="Tell which posts copy or report the same: input as for match, in order of publication."
    "\n\nOut, a line each: [b]id[/b]; [b]relation[/b] (new, copy, same, development); [b]of[/b],"
    " the id of the post it is related to; [b]story[/b], the id of the post that began its story"
    " (a development begins its own); [b]score[/b]; [b]reasons[/b]."
)
def relate(
    file: Annotated[
        str, typer.Argument(help="One JSON object a line (also .gz), or - for standard input.")
    ] = "-",
    embeddings: Annotated[
        bool,
        typer.Option("--embeddings", metavar="", help="Use the extra of that name; slower, surer."),
    ] = False,
) -> None:
    from bot.cli.relate import relate as command

    raise typer.Exit(command(file, embeddings=embeddings))


@app.command(name="try")
def try_(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A file, an address, a @channel, or - for standard input:"
            " plain text, a web page, a feed, a channel's page.",
        ),
    ] = "-",
    filters: _Filters = None,
) -> None:
    """Show what Vigil finds in a text and why; or what was missing."""
    from bot.cli.try_ import try_ as command

    raise typer.Exit(command(what, filters or ()))


@app.command(
    help="Look a place up in the table of Russia, Ukraine and Belarus: a row for entities.toml."
    "\n\nPlaces are from GeoNames (geonames.org, CC BY 4.0). They are matched in texts only when"
    " made entities."
)
def place(
    name: Annotated[str, typer.Argument(help="In Russian, Ukrainian or English; half is enough.")],
) -> None:
    from bot.cli.place import place as command

    raise typer.Exit(command(name))


@app.command(
    help="Search the archive of the bot's database, also while the bot runs, in the filter"
    " language (docs/filters.md).\n\nNewest first. Exit code 1 when nothing was found."
)
def search(  # noqa: PLR0917 - options, each given by its name
    query: Annotated[str, typer.Argument(help="As in a filter: отказ* NEAR/5 воевать")],
    since: Annotated[
        str, typer.Option("--since", metavar="WHEN", help="7d, 2w, 6m, 1y ago, or a date.")
    ] = "30d",
    until: Annotated[
        str, typer.Option("--until", metavar="WHEN", help="Likewise; that day not included.")
    ] = "",
    best: Annotated[
        bool, typer.Option("--best", metavar="", help="Closest first, of the newest 500.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000)] = 20,
    skip: Annotated[int, typer.Option("--skip", min=0, max=100_000)] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", metavar="", help="One JSON object a line, whole texts.")
    ] = False,
) -> None:
    from bot.cli.search import search as command

    raise typer.Exit(
        command(query, since, until, best=best, limit=limit, skip=skip, as_json=as_json)
    )


@app.command()
def audit(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1_000_000)] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", metavar="", help="As CSV.")] = False,
) -> None:
    """Who changed what, newest first, by pseudonyms; also while the bot runs."""
    from bot.cli.audit import audit as command

    raise typer.Exit(command(limit, as_csv=as_csv))


@app.command()
def backup(
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIRECTORY", help="Where to; 'backups' beside the database if not given."
        ),
    ] = None,
) -> None:
    """Copy the SQLite database, also while the bot runs, and print the copy's name."""
    from bot.cli.backup import backup as command

    raise typer.Exit(command(directory))


@app.command()
def doctor(
    quick: Annotated[
        bool,
        typer.Option("--quick", metavar="", help="Only ask whether the running bot is alive."),
    ] = False,
) -> None:
    """Check settings, token, database, clock, disk and network; say how to mend what is wrong."""
    from bot.cli.doctor import doctor as command

    raise typer.Exit(command(quick=quick))
