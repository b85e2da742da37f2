"""WaitBeforeTelling: how long a word about an end is held back. Wording → WordingVersion: in which words it is said."""

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging import kinds
from notifications.enums import Audience, end_choices

LONGEST_WAIT = 168
LONGEST_WORDING = 4000


class WaitBeforeTelling(models.Model):
    """The hours between a step and the word about it, one row for each kind of word; no row means the default."""

    kind = models.CharField(_("notice"), max_length=30, unique=True, choices=end_choices)
    hours = models.PositiveSmallIntegerField(
        _("hours to wait"),
        validators=[MaxValueValidator(LONGEST_WAIT)],
        help_text=_(
            "0 to 168. Within this time the step can be taken back without anybody hearing of it. What would go out "
            "at night goes out in the morning."
        ),
    )

    class Meta:
        verbose_name = _("waiting time of a notice")
        verbose_name_plural = _("waiting times of notices")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hours__lte=LONGEST_WAIT), name="wait_before_telling_a_week_at_most"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Wording(models.Model):
    """The words of one kind of message for one audience in one language, as HR edits them.

    `audience` may be "staff": all colleagues read the same. `text` is a draft, its first line the subject; empty: the
    words that the product comes with.
    """

    kind = models.CharField(_("kind"), max_length=30)
    audience = models.CharField(_("audience"), max_length=20)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    text = models.TextField(_("own words"), max_length=LONGEST_WORDING, blank=True)

    class Meta:
        verbose_name = _("wording of a message")
        verbose_name_plural = _("wordings of messages")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "audience", "language"], name="one_wording_each"),
        ]

    def __str__(self) -> str:
        reader = gettext("colleagues") if self.audience == "staff" else Audience(self.audience).label
        return f"{kinds.kind(self.kind).title} · {reader} · {self.get_language_display()}"


class WordingVersion(models.Model):
    """One state of a wording, published for good; without text it is the product's own again from there on."""

    wording = models.ForeignKey(
        Wording, on_delete=models.PROTECT, related_name="versions", verbose_name=_("wording of a message")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("own words"), blank=True)
    published_at = models.DateTimeField(_("published at"), auto_now_add=True)
    published_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )

    class Meta:
        verbose_name = _("version of a wording")
        verbose_name_plural = _("versions of wordings")
        ordering = ["wording", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["wording", "number"], name="one_wording_version_per_number"),
        ]
        triggers = [
            pgtrigger.Protect(name="wording_version_stands", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return gettext("%(plan)s, version %(number)s") % {"plan": self.wording, "number": self.number}
