"""Whether script/analysis is at work: it leaves a note in the environment that it installs into."""

import sys
import time
from pathlib import Path

NOTE = "installing-analysis"
# Killed, it leaves its note; no download takes that long.
AT_MOST_SECONDS = 1800


def is_under_way() -> bool:
    """Whether packages are being installed just now."""
    try:
        began = (Path(sys.prefix) / NOTE).stat().st_mtime
    except OSError:
        return False
    return time.time() - began < AT_MOST_SECONDS
