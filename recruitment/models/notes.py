"""CandidateNote: what colleagues write to each other about a candidate. NoteMention: a colleague whom one is for."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.sealed.fields import SealedWordsField, only_sealed
from people.rights import Right
from people.rules import has_right, is_hr
from recruitment.enums import NoteReaders
from recruitment.models.candidates import Candidate

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


class NoteQuerySet(models.QuerySet["CandidateNote"]):
    """Notes, by who may read them."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Whoever reads for HR; what is for recruiting alone whoever recruits, and its writer."""
        if not is_hr(user):
            return self.none()
        if has_right(user, Right.RECRUIT):
            return self.all()
        return self.filter(Q(readers=NoteReaders.HR) | Q(written_by=user.pk))


class CandidateNote(models.Model):
    """One note. Its text is changed by its writer alone; what stood there before is in the history."""

    candidate = models.ForeignKey(
        Candidate, models.CASCADE, related_name="notes", verbose_name=_("candidate")
    )
    text = SealedWordsField(_("note"))
    readers = models.CharField(_("for"), max_length=12, choices=NoteReaders.choices, default=NoteReaders.HR)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    written_at = models.DateTimeField(_("at"), auto_now_add=True)
    edited_at = models.DateTimeField(_("edited at"), null=True, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="candidate_note_says_something"),
            only_sealed("text", "candidate_note_is_sealed"),
            models.CheckConstraint(
                condition=Q(readers__in=NoteReaders.values), name="candidate_note_readers_are_known"
            ),
        ]
        indexes = [models.Index(fields=["candidate", "-id"], name="candidate_note_of_person")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class NoteMention(models.Model):
    """A colleague named in a note by @: it stands on their first page until they say that they have seen it."""

    note = models.ForeignKey(CandidateNote, models.CASCADE, related_name="mentions", verbose_name=_("note"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("colleague")
    )
    seen_at = models.DateTimeField(_("seen at"), null=True, editable=False)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["note", "person"], name="note_names_somebody_once")]
        indexes = [
            models.Index(fields=["person", "-id"], condition=Q(seen_at=None), name="note_mention_unseen")
        ]

    def __str__(self) -> str:
        return str(self.person)
