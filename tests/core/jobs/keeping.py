"""``python -m tests.core.jobs.keeping HOME``: the supervisor with the slow jobs alone, and a patience of seconds."""

import sys
from pathlib import Path

from core.process import serve, supervisor

supervisor.STUCK_EVERY = 0.5
serve.JOBS_SILENT_AFTER, serve.JOBS_SILENT_FOR, serve.SLOW_PATIENCE = 30.0, 2.0, 6.0

if __name__ == "__main__":
    home = Path(sys.argv[1])
    slow = [one for one in serve.table(home, "127.0.0.1", 1, frozenset({"jobs"})) if one.name == "jobs-slow"]
    supervisor.Supervisor(home, slow, folder=serve.BASE).run()
