"""Which keys values of this database are sealed under, and in which tables."""

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _


class SealingKey(models.Model):
    """A key by its number; the key itself lies in the ring, outside of the database.

    A ring without a key that is not retired is refused before anything starts.
    """

    number = models.CharField(_("number"), max_length=8, primary_key=True)
    known_at = models.DateTimeField(_("known since"), auto_now_add=True)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sealing key")
        verbose_name_plural = _("sealing keys")
        ordering = ["known_at", "number"]

    def __str__(self) -> str:
        return self.number


class SealedTable(models.Model):
    """A table with sealed columns: what is sealed anew, a table at a time, when the key is changed."""

    label = models.CharField(_("table"), max_length=80, unique=True)
    values_by_key = models.JSONField(_("values"), null=True, editable=False)
    counted_at = models.DateTimeField(_("counted at"), null=True, editable=False)

    class Meta:
        verbose_name = _("sealed table")
        verbose_name_plural = _("sealed tables")
        ordering = ["label"]

    def __str__(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def model(self) -> type[models.Model]:
        """The table's model. LookupError where it is gone."""
        return apps.get_model(self.label)
