"""Trouble: what is wrong with one machine of the suite now."""

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
