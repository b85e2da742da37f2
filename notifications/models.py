"""WaitBeforeTelling: how long a word about an application's end is held back, so that it can still be taken back."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.enums import end_choices

LONGEST_WAIT = 168


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
