"""Wrong passwords, counted."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInTries(models.Model):
    """How many tries one name, or one address, has used up since `since`. The key is a keyed hash: no name, no address.

    One table for all processes, so that a limit means the same however many of them answer.
    """

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("tries to sign in")
        verbose_name_plural = _("tries to sign in")
        indexes = [models.Index(fields=["since"], name="people_tries_since")]

    def __str__(self) -> str:
        return self.key[:8]
