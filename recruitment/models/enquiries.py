"""Enquiry: a candidate asked how it stands."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet
from recruitment.enums import EnquiryWay
from recruitment.models.candidates import Application


class EnquiryQuerySet(ScopedQuerySet):
    department_lookup = "application__opening__department"


class Enquiry(models.Model):
    """That somebody asked, about which application, and how; what was said stands in a note or a follow-up."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="enquiries", verbose_name=_("application")
    )
    way = models.CharField(_("way of asking"), max_length=10, choices=EnquiryWay)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(way__in=EnquiryWay.values), name="enquiry_way_is_known")
        ]
        indexes = [models.Index(fields=["application", "at"], name="enquiry_of_application")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
