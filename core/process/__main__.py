"""``python -m core.process start|stop|url|wipe [--home DIR]``: the embedded database by hand."""

import argparse
import sys
from pathlib import Path

from core.env import home
from core.process import embedded
from core.process.places import DatabaseError


def main() -> int:
    """Do one thing and say it in one line; 1 and the reason when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m core.process", description=__doc__)
    parser.add_argument("what", choices=["start", "stop", "url", "wipe"])
    parser.add_argument("--home", type=lambda given: Path(given).resolve(), default=None)
    given = parser.parse_args()
    where = given.home or home()
    try:
        if given.what == "start":
            embedded.start(where)
        elif given.what == "stop":
            print("stopped" if embedded.stop(where) else "was not running")
        elif given.what == "wipe":
            print(
                f"The database below {where} was deleted" if embedded.wipe(where) else "there was no database"
            )
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    if given.what in ("start", "url"):
        print(embedded.url(where))
    return 0


if __name__ == "__main__":
    sys.exit(main())
