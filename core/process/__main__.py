"""``python -m core.process start|stop|url|wipe|replica|promote [--home DIR]``: the embedded database by hand."""

import argparse
import sys
from pathlib import Path

from core.env import home
from core.process import embedded, replica
from core.process.places import DatabaseError


def main() -> int:
    """Do one thing and say it in one line; 1 and the reason when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m core.process", description=__doc__)
    parser.add_argument("what", choices=["start", "stop", "url", "wipe", "replica", "promote"])
    parser.add_argument("--of", type=lambda given: Path(given).resolve(), help="replica: the home it follows")
    parser.add_argument(
        "--synchronous", action="store_true", help="replica: no commit is answered before it has it, too"
    )
    parser.add_argument("--home", type=lambda given: Path(given).resolve(), default=None)
    given = parser.parse_args()
    if given.what == "replica" and not (given.of and given.home):
        parser.error("say --of HOME and --home COPY")
    where = given.home or home()
    try:
        if given.what == "start":
            embedded.start(where)
        elif given.what == "stop":
            print("stopped" if embedded.stop(where) else "was not running")
        elif given.what == "replica":
            replica.create(where, given.of, synchronous=given.synchronous)
        elif given.what == "promote":
            replica.promote(where)
        elif given.what == "wipe":
            print(
                f"The database below {where} was deleted" if embedded.wipe(where) else "there was no database"
            )
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    if given.what in ("start", "url", "replica", "promote"):
        print(embedded.url(where))
    return 0


if __name__ == "__main__":
    sys.exit(main())
