"""The command line, one module a family of commands; all printing. Imports all rooms, each late: `--help` is quick."""

from voortgang.cli import beginning

beginning.require_own_modules()
try:
    from voortgang.cli import checking, collecting, making, proving, reading, start
    from voortgang.cli.command import main
except KeyboardInterrupt:  # before anything was begun
    raise SystemExit(130) from None
except Exception as error:
    beginning.end_without(error)
    raise

__all__ = ["checking", "collecting", "main", "making", "proving", "reading", "start"]
