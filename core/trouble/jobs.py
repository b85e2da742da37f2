"""Jobs that ran out of memory, took their worker along, or could not be read: the queue keeps what became of each. And
jobs that nobody takes."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone
from django_q.models import Failure

from core.jobs import clusters, killed
from core.trouble.found import Found

LOOKED_BACK = timedelta(hours=24)
MOST_LOOKED_AT = 100


def out_of_memory() -> Iterator[Found]:
    """Of the last day, by the job's name; the list of failed jobs is short. Deleted there, it is gone here."""
    failed = Failure.objects.filter(stopped__gt=timezone.now() - LOOKED_BACK).order_by("-stopped")
    said = failed.values_list("func", "result")[:MOST_LOOKED_AT]
    if funcs := sorted({func for func, result in said if "MemoryError" in str(result)}):
        yield Found("job_memory", {"jobs": ", ".join(funcs)[:200]})


def killed_over() -> Iterator[Found]:
    """Of the last day, by the job's name, until they ended well: `job_stopped` for those that are not started any more.
    Deleted there, it is gone here and started again."""
    since = timezone.now() - killed.WITHIN
    found = Failure.objects.filter(group__startswith=killed.GROUP, stopped__gt=since)
    times = dict(found.values_list("group").annotate(times=Sum("attempt_count")).order_by("group"))
    named = {group: group.partition(":")[2].partition(":")[2] for group in times}
    for code, is_it in (("job_stopped", True), ("job_killed", False)):
        if jobs := sorted(
            {named[group] for group, often in times.items() if (often >= killed.MOST) == is_it}
        ):
            yield Found(code, {"jobs": ", ".join(jobs)[:200]})


def lost() -> Iterator[Found]:
    """Of the last day: what waited in the queue when the suite's secret key was changed."""
    since = timezone.now() - LOOKED_BACK
    if count := Failure.objects.filter(group=killed.LOST, stopped__gt=since).count():
        yield Found("job_lost", {"count": count})


def waiting_in_vain(found: str | None) -> Iterator[Found]:
    """Of what `clusters.IN_VAIN` found: jobs that lie there while a machine's cluster takes none, each machine by its
    name (`jobs_idle`); or that no machine takes (`jobs_nobodys`). Seen by every machine alike: nobody writes it down.
    """
    for one in clusters.read(found):
        facts = {"cluster": one.cluster, "count": one.jobs}
        if one.node:
            yield Found("jobs_idle", {**facts, "node": one.node, "seconds": one.seconds})
        else:
            yield Found("jobs_nobodys", facts)
