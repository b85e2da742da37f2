"""Trouble: what is wrong with one machine of the suite now. And how far the clock on the wall was set."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trouble(models.Model):
    """One thing that is wrong on one node, as long as it is so.

    `facts` are figures and codes, never what somebody wrote. `until`: of what happened and is over, until when it is
    still said; None for a state, which is said until a look finds it gone. `seen_at`: the last look that found it; a
    node that looks no more has no say.
    """

    node = models.CharField(max_length=100)
    code = models.CharField(max_length=60)
    facts: Any = models.JSONField(default=dict)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("trouble of the server")
        verbose_name_plural = _("troubles of the server")
        ordering = ["since", "id"]
        constraints = [models.UniqueConstraint(fields=["node", "code"], name="one_trouble_per_node_and_code")]

    def __str__(self) -> str:
        return f"{self.node} {self.code}"


class WallClock(models.Model):
    """One row: how far the database's clock was set, as `core.trouble.wall` notes it.

    `total`: in seconds, since the row began; by it each pump knows what another has noted. `times_set`: how often.
    `set_by`: within the last day, what stands of it; `set_at`: when it was set last. `steady_of`, `steady_at` and
    `steady_seconds`: whose clock that nobody can set was read last, what the wall showed then, and what that clock did.
    """

    total = models.FloatField(default=0.0)
    times_set = models.PositiveIntegerField(default=0)
    set_by = models.FloatField(default=0.0)
    set_at = models.DateTimeField(null=True)
    steady_of = models.CharField(max_length=100, default="")
    steady_at = models.DateTimeField(null=True)
    steady_seconds = models.FloatField(default=0.0)

    class Meta:
        verbose_name = _("clock on the wall")
        verbose_name_plural = _("clocks on the wall")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_wall_clock")]

    def __str__(self) -> str:
        return f"{self.set_by:+.0f} s"
