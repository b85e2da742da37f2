"""Candidates in the room who call again as soon as they are answered; what was answered, as JSON.

python -m tools.nodes.pressing PORT HOW_MANY SECONDS
"""

import json
import sys

import django


def main(port: int, count: int, seconds: float) -> None:
    """Press for so long; nobody's exit costs anything afterwards."""
    django.setup()
    from tools.bench import crowd, people, scale  # noqa: PLC0415 -- models, which need the settings

    rooms = people.in_room(count)
    found = crowd.run(port, rooms, seconds=seconds, seed=1, pids=[], is_pressing=True)
    scale.let_stay(rooms)
    sys.stdout.write(json.dumps(found.figures()) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
