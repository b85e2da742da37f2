"""Each trouble as a sentence for the administrator: what is wrong, what it means, what to do."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.trouble.found import Found

_SIZES = ("free", "total", "left")
_SENTENCES: dict[str, str | Promise] = {
    "database_read_only": gettext_lazy(
        "The database takes no changes: nothing can be saved and nothing is sent. Look whether it is a replica, whether"
        " default_transaction_read_only is on, or whether its disk is full; the suite goes on by itself afterwards."
    ),
    "disk_full": gettext_lazy(
        "The disk of %(folder)s is full but for %(free)s of %(total)s. Free some at once: old backups, logs and files"
        " that do not belong there. When it is quite full, the database stops."
    ),
    "disk_low": gettext_lazy(
        "The disk of %(folder)s has only %(free)s of %(total)s left. Free some, or give it more, before recordings and"
        " backups fail."
    ),
    "primaries_behind": gettext_lazy(
        "%(behind)s takes writes again, with data of before %(ahead)s took over. Nothing is written to it here. Stop"
        " it, and make it anew as a copy of %(ahead)s."
    ),
    "primaries_several": gettext_lazy(
        "Several databases take writes at once (%(hosts)s), and none of them is ahead: what is saved is parted between"
        " them. Stop all but one at once, and make the others anew as its copies."
    ),
    "storage_default": gettext_lazy(
        "Files cannot be stored (%(error)s). Look at the folder's rights and its disk; uploads are refused until then."
    ),
    "storage_recordings": gettext_lazy(
        "Recordings cannot be stored (%(error)s). Look at the store of HRSUITE_S3_URL, or the folder's rights and its"
        " disk. Candidates' phones keep what they recorded and send it again."
    ),
    "storage_backups": gettext_lazy(
        "Backups cannot be stored (%(error)s). Look at the place of HRSUITE_BACKUP_TO."
    ),
    "clock_forward": gettext_lazy(
        "The clock was set forward by %(time)s. If that was a mistake, set it right now: reminders, deadlines and jobs"
        " go by it. Switch on time synchronisation."
    ),
    "clock_back": gettext_lazy(
        "The clock was set back by %(time)s. If that was a mistake, set it right now. What was put off until a moment"
        " that is ahead again has been brought back. Switch on time synchronisation."
    ),
    "clocks_apart": gettext_lazy(
        "The clocks of this machine and of the database differ by %(time)s. Switch on time synchronisation on both."
    ),
    "slept": gettext_lazy(
        "The machine was asleep or stopped for %(time)s. Interviews were put on hold meanwhile and can go on; what was"
        " due is being caught up. Switch off sleep on a machine that serves others."
    ),
    "memory_low": gettext_lazy(
        "Only %(left)s of %(total)s memory are left. Give the machine more, or stop what else runs on it."
    ),
    "memory_killed": gettext_lazy(
        "Memory ran out, and the system ended processes (%(count)s). They were started again, and what they had in hand"
        " is done again. Give the machine more memory, or stop what else runs on it."
    ),
    "job_memory": gettext_lazy(
        "A job ran out of memory: %(jobs)s. It is in the list of failed jobs; give the machine more memory, then run it"
        " again."
    ),
    "job_lost": gettext_lazy(
        "Jobs that waited could not be read any more, because the suite's secret key was changed (%(count)s). What runs"
        " by the clock comes again by itself; a backup or a look at the data that somebody asked for has to be asked"
        " for again."
    ),
    "job_killed": gettext_lazy(
        "A job was ended by force while it ran: %(jobs)s. It is tried again; the list of failed jobs says when."
    ),
    "job_stopped": gettext_lazy(
        "A job was ended by force three times within a day and is not started any more until the day is over: %(jobs)s."
        " See to what ends it (memory, most often), then delete it from the list of failed jobs: it is started again."
    ),
    "jobs_idle": gettext_lazy(
        "%(cluster)s has not taken a job for %(time)s while jobs wait (%(count)s). Start the suite anew on this"
        " machine; if it was taken out of service, the other machines have too much to do."
    ),
    "jobs_nobodys": gettext_lazy(
        "Jobs wait and no machine takes them: none runs %(cluster)s (%(count)s). Start one whose --only has jobs."
    ),
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def sentence(one: Found) -> str:
    """In the reader's language, with the machine's name where the table knows it."""
    facts: dict[str, Any] = dict(one.facts)
    facts |= {name: filesizeformat(facts[name]) for name in _SIZES if name in facts}
    if "seconds" in facts:
        facts["time"] = _time(int(facts["seconds"]))
    # A storage that somebody added is one for files.
    code = "storage_default" if one.code.startswith("storage_") and one.code not in _SENTENCES else one.code
    said = str(_SENTENCES[code]) % facts if code in _SENTENCES else code
    return f"{facts['node']} · {said}" if "node" in facts else said


def _time(seconds: int) -> str:
    """About how long."""
    if seconds < 2 * _MINUTE:
        return _("%(number)s seconds") % {"number": seconds}
    if seconds < 2 * _HOUR:
        return _("%(number)s minutes") % {"number": round(seconds / _MINUTE)}
    if seconds < 2 * _DAY:
        return _("%(number)s hours") % {"number": round(seconds / _HOUR)}
    return _("%(number)s days") % {"number": round(seconds / _DAY)}
