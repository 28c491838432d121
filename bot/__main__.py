"""`vigil` and `python -m bot`."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line. Ends the process."""
    from bot.cli.app import app

    app()


if __name__ == "__main__":
    main()
