"""Tag: a word of the house for sorting candidates. CandidateTag: a candidate who has it, and by whom."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.rules import is_hr
from recruitment.models.candidates import Candidate

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

LONGEST_TAG = 30


class Tag(models.Model):
    """A word as it was first written; `key` is what makes two spellings the same. It never changes."""

    name = models.CharField(_("tag"), max_length=LONGEST_TAG, unique=True)
    key = models.CharField(max_length=60, unique=True, editable=False)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["key"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="tag_says_something")]

    def __str__(self) -> str:
        return self.name


class CandidateTagQuerySet(models.QuerySet["CandidateTag"]):
    """Tags on candidates, by who may read them."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Whoever reads for HR; a manager sees none, as with notes."""
        return self.all() if is_hr(user) else self.none()


class CandidateTag(models.Model):
    """One tag of one candidate. The column holds the word itself, so that history and copies of the data say it."""

    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="tags", db_index=False, verbose_name=_("candidate")
    )
    tag = models.ForeignKey(
        Tag, models.PROTECT, to_field="name", related_name="+", db_index=False, verbose_name=_("tag")
    )
    put_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    put_at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = CandidateTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidate's tag")
        verbose_name_plural = _("candidates' tags")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["candidate", "tag"], name="candidate_has_tag_once")]
        indexes = [models.Index(fields=["tag", "candidate"], name="candidate_by_tag")]

    def __str__(self) -> str:
        return str(self.tag_id)
