"""Jobs that ran out of memory: the queue keeps what a failed job said."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django_q.models import Failure

from core.trouble.found import Found

LOOKED_BACK = timedelta(hours=24)
MOST_LOOKED_AT = 100


def out_of_memory() -> Iterator[Found]:
    """Of the last day, by the job's name; the list of failed jobs is short. Deleted there, it is gone here."""
    failed = Failure.objects.filter(stopped__gt=timezone.now() - LOOKED_BACK).order_by("-stopped")
    said = failed.values_list("func", "result")[:MOST_LOOKED_AT]
    if funcs := sorted({func for func, result in said if "MemoryError" in str(result)}):
        yield Found("job_memory", {"jobs": ", ".join(funcs)[:200]})
