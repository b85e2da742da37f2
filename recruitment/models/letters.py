"""LetterTemplate → LetterVersion: in which words an offer is made.

The template is edited as HR likes; what is published is a version that never changes, and an offer keeps the one that
it was drafted with: no later wording changes a letter that somebody approved or read.
"""

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LONGEST_TITLE, LONGEST_BODY = 60, 6000


class Worded(models.Model):
    """A letter in both languages: a title, and paragraphs with variables such as {{姓名}} or {{name}}."""

    title = models.CharField(_("title of the letter"), max_length=LONGEST_TITLE)
    body = models.TextField(_("text of the letter"), max_length=LONGEST_BODY)
    title_en = models.CharField(_("English title of the letter"), max_length=LONGEST_TITLE)
    body_en = models.TextField(_("English text of the letter"), max_length=LONGEST_BODY)

    class Meta:
        abstract = True


class LetterTemplate(Worded):
    """A template by its name; its texts are what the next version will say."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    is_in_use = models.BooleanField(
        _("in use"), default=True, help_text=_("Only templates in use can be chosen for new offers.")
    )

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class LetterVersion(Worded):
    """One state of a template, published for good. `published_by` is None for the one that the product comes with."""

    template = models.ForeignKey(
        LetterTemplate, on_delete=models.PROTECT, related_name="versions", verbose_name=_("letter template")
    )
    number = models.PositiveSmallIntegerField(_("version"), validators=[MinValueValidator(1)])
    published_at = models.DateTimeField(_("published at"), auto_now_add=True)
    published_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )

    class Meta:
        verbose_name = _("version of a letter template")
        verbose_name_plural = _("versions of letter templates")
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_letter_version_per_number"),
        ]
        triggers = [
            pgtrigger.Protect(name="letter_version_stands", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return gettext("%(plan)s, version %(number)s") % {"plan": self.template, "number": self.number}
