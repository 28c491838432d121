"""The commands and their options. Each imports what it needs when it runs: `--help` is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    name="vigil",
    add_completion=True,
    no_args_is_help=True,
    # Traces go through the log's gate; locals would show the token.
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Vigil watches feeds and Telegram channels for reports about soldiers who refuse to fight,"
    " and alerts each subscriber to a story once.",
    epilog="Settings: docs/settings.md. To try Vigil without an account: [b]vigil demo[/b].",
)

_Jobs = Annotated[
    int,
    typer.Option(
        "--jobs", "-j", min=0, max=64, help="How many processes; 0: one for each processor."
    ),
]
_Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        "-f",
        metavar="FILTER",
        help="Add a filter of your own to the packs; repeat it for more.",
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
    """Run the bot until Ctrl-C. It needs VIGIL_BOT_TOKEN."""
    from bot.cli.run import run as command

    raise typer.Exit(command())


@app.command()
def demo(
    seconds: Annotated[
        float | None, typer.Option(min=1, max=600, help="Stop after this many seconds.")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", metavar="", help="Play the same news in a few seconds.")
    ] = False,
) -> None:
    """Show the real bot at work on a minute of invented news, without account or internet."""
    from bot.cli.demo import demo as command

    raise typer.Exit(command(seconds=seconds, fast=fast))


# What follows a first paragraph keeps its line breaks, so it is written in whole lines here.
@app.command(
    help="Match a file of posts, one JSON object a line. The output keeps their order.\n\n"
    "In: [b]id[/b] and [b]text[/b]; optional: title, source, lang, published, kind, author, url,"
    " links, tags.\n\n"
    "Out: id, [b]topics[/b] (surely asserted), [b]possible[/b] (perhaps), scores, filters, matches"
    " (a topic each, with army, stage, era and their evidence), reports (of a roundup one an entry:"
    " start, end, topics), entities, facets, spans. Offsets count code points of the given text or"
    " title.\n\n"
    "Vigil reports each line that it cannot read on standard error, handles the others, and ends"
    " with exit code 1."
)
def match(
    file: Annotated[
        str, typer.Argument(help="One JSON object a line (also .gz), or - for standard input.")
    ] = "-",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to this file; a name in .gz is compressed."),
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
    help="Find posts that copy each other or report the same event. The input is that of match, in"
    " order of publication.\n\nOut, a line for each post: [b]id[/b]; [b]relation[/b] (new, copy,"
    " same, development); [b]of[/b], the id of the post it is related to; [b]story[/b], that of the"
    " post that began its story (a development begins its own); [b]score[/b]; [b]reasons[/b]."
)
def relate(
    file: Annotated[
        str, typer.Argument(help="One JSON object a line (also .gz), or - for standard input.")
    ] = "-",
    embeddings: Annotated[
        bool,
        typer.Option(
            "--embeddings",
            metavar="",
            help="Also compare meanings, with the extra of that name: slower, surer.",
        ),
    ] = False,
) -> None:
    from bot.cli.relate import relate as command

    raise typer.Exit(command(file, embeddings=embeddings))


@app.command(
    help="Make the weights of the score again from labelled texts, bit for bit the same of the same"
    " texts. Takes minutes.\n\n"
    "DATA holds labelled.jsonl (of its rows those of split [b]train[/b] are used) and may hold"
    " stream_*.jsonl and posts_*.jsonl, all also as .gz; --own our own texts (bench/data)."
)
def train(
    data: Annotated[Path, typer.Argument(help="A folder with labelled texts.")],
    own: Annotated[Path, typer.Option("--own", help="The folder of our own texts.")] = Path(
        "bench/data"
    ),
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where the weights are written.")
    ] = Path("filters/packs/data/score.bin"),
) -> None:
    from bot.cli.train import train as command

    raise typer.Exit(command(data, own, output))


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
    """Show what Vigil finds in a text and why, or what the nearest filters missed."""
    from bot.cli.try_ import try_ as command

    raise typer.Exit(command(what, filters or ()))


@app.command(
    help="Look up a place in Russia, Ukraine or Belarus and print its row for entities.toml."
    "\n\nThe places come from GeoNames (geonames.org, CC BY 4.0). Vigil matches a place in texts"
    " only after you add its row."
)
def place(
    name: Annotated[
        str, typer.Argument(help="The name in Russian, Ukrainian or English, or a part of it.")
    ],
) -> None:
    from bot.cli.place import place as command

    raise typer.Exit(command(name))


@app.command(
    help="Search the archive in the filter language (docs/filters.md), also while the bot runs."
    "\n\nThe newest come first. The exit code is 1 when nothing is found."
)
def search(  # noqa: PLR0917 - options, each given by its name
    query: Annotated[str, typer.Argument(help="A filter expression: отказ* NEAR/5 воевать")],
    since: Annotated[
        str, typer.Option("--since", metavar="WHEN", help="From: 7d, 2w, 6m, 1y ago, or a date.")
    ] = "30d",
    until: Annotated[
        str,
        typer.Option("--until", metavar="WHEN", help="Before: as --since; that day is left out."),
    ] = "",
    best: Annotated[
        bool, typer.Option("--best", metavar="", help="Put the closest of the newest 500 first.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000)] = 20,
    skip: Annotated[int, typer.Option("--skip", min=0, max=100_000)] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", metavar="", help="Print whole texts, one JSON object a line.")
    ] = False,
    whole: Annotated[
        bool,
        typer.Option(
            "--all", metavar="", help="Read every post that may match, not the newest 5,000."
        ),
    ] = False,
) -> None:
    from bot.cli.search import search as command

    raise typer.Exit(
        command(
            query,
            since,
            until,
            best=best,
            limit=limit,
            skip=skip,
            as_json=as_json,
            whole=whole,
        )
    )


@app.command()
def audit(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1_000_000)] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", metavar="", help="Print CSV.")] = False,
) -> None:
    """List who changed what, newest first. Pseudonyms stand for people."""
    from bot.cli.audit import audit as command

    raise typer.Exit(command(limit, as_csv=as_csv))


@app.command()
def backup(
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIRECTORY", help="Where to; by default 'backups' beside the database."
        ),
    ] = None,
) -> None:
    """Copy the SQLite database, also while the bot runs, and print the name of the copy."""
    from bot.cli.backup import backup as command

    raise typer.Exit(command(directory))


@app.command()
def doctor(
    quick: Annotated[
        bool,
        typer.Option("--quick", metavar="", help="Only check whether the running bot is alive."),
    ] = False,
) -> None:
    """Check settings, token, database, clock, disk and network, and explain how to fix faults."""
    from bot.cli.doctor import doctor as command

    raise typer.Exit(command(quick=quick))
