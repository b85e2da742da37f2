"""A few candidates who record meanwhile, through the balancer into the bucket, and their books as JSON.

python -m tools.nodes.recorders SECONDS HOW_MANY
"""

import json
import sys

import django


def main(seconds: float, count: int) -> None:
    """Say that they are in the room, record for so long, compare, and print what was found."""
    django.setup()
    from tools.bench import people, uploads  # noqa: PLC0415 -- models, which need the settings
    from tools.nodes.machines import PORT  # noqa: PLC0415

    rooms = people.in_room(count)
    sys.stdout.write("in the room\n")
    sys.stdout.flush()
    found = uploads.run(PORT, rooms, uploads.Crowd(audio=count, video=0), seconds=seconds, seed=1, pids=[])
    # A sign of life that met no machine is not the page's fault, and the next one makes it good.
    wrong = [each for each in found.wrong if not each.startswith("heartbeat")]
    known = {"acknowledged": len(found.acknowledged), "lost": found.lost, "double": found.double}
    known |= {"unknown": found.unknown, "spoilt": found.spoilt, "tries_again": found.tries_again}
    sys.stdout.write(json.dumps({**known, "wrong": wrong}) + "\n")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
