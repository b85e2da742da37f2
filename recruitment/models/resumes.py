"""Résumés as they were sent: what was found out about each, the facts proposed from it, and who opened it."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.searching import Lexemes
from people.rules import is_hr
from people.scope import ScopedQuerySet
from recruitment.enums_incoming import ProposalKind, ProposalState, ResumeKind, ResumeState
from recruitment.models.candidates import Application, Candidate
from recruitment.models.openings import Skill
from recruitment.models.rounds import Scorecard

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


class ResumeQuerySet(ScopedQuerySet):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """HR: all. Others: of the applications whose rounds they hold, and what the person sent for no opening."""
        if is_hr(user):
            return self.all()
        if not user.is_authenticated or not user.is_active:
            return self.none()
        held = Scorecard.objects.filter(
            interviewer=user.pk,
            is_called=True,
            round__interview__application__candidate=OuterRef("candidate"),
        )
        of_its_application = held.filter(round__interview__application=OuterRef("application"))
        return self.filter(Q(Exists(of_its_application)) | Q(Exists(held), application=None))


class Resume(models.Model):
    """A file as sent, stored under a generated name. What is in it is read by a job.

    `kind` is what its bytes say, `name` what the sender called it. `pages` is None where the format does not tell.
    `text` and `word_key` are empty until it was read; `page_names` are pictures of its pages, in their order. `note`
    is the code of why it could not be read.
    """

    candidate = models.ForeignKey(
        Candidate, on_delete=models.CASCADE, related_name="resumes", verbose_name=_("candidate")
    )
    application = models.ForeignKey(
        Application,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="resumes",
        verbose_name=_("application"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ResumeKind)
    name = models.CharField(_("file name"), max_length=120)
    stored_name = models.CharField(_("stored as"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    bytes = models.PositiveIntegerField(_("bytes"))
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ResumeState, default=ResumeState.READING)
    note = models.CharField(_("why it cannot be read"), max_length=40, blank=True)
    text = models.TextField(_("text"), blank=True)
    word_key = models.TextField(editable=False, default="")
    page_names = ArrayField(models.CharField(max_length=200), default=list, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    uploaded_by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("added by")
    )
    uploaded_at = models.DateTimeField(_("added at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = ResumeQuerySet.as_manager()

    class Meta:
        verbose_name = _("résumé")
        verbose_name_plural = _("résumés")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["candidate", "sha256"], name="resume_by_content"),
            models.Index(fields=["stored_name"], name="resume_by_name"),
            models.Index(fields=["state", "id"], name="resume_by_state"),
            models.Index(fields=["uploaded_at", "id"], name="resume_by_time"),
            models.Index(fields=["changed_at"], name="resume_unread", condition=Q(state=ResumeState.READING)),
            GinIndex(Lexemes("word_key"), name="resume_words"),
            GinIndex(fields=["page_names"], name="resume_by_page"),
        ]
        constraints = [models.CheckConstraint(condition=Q(bytes__gt=0), name="resume_has_bytes")]

    def __str__(self) -> str:
        return self.name


class ResumeProposal(models.Model):
    """Something that a résumé says, as a proposal: nothing is taken over until a person confirms it.

    `value` is what would be written, `passage` the words that it stands on, `start` where they begin in the text.
    """

    resume = models.ForeignKey(
        Resume, on_delete=models.CASCADE, related_name="proposals", verbose_name=_("résumé")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ProposalKind)
    value = models.CharField(_("value"), max_length=254)
    passage = models.CharField(_("passage"), max_length=300)
    start = models.PositiveIntegerField(_("place in the text"))
    skill = models.ForeignKey(
        Skill, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("skill")
    )
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    settled_by = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    settled_at = models.DateTimeField(_("at"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposed fact")
        verbose_name_plural = _("proposed facts")
        ordering = ["resume", "id"]
        constraints = [
            models.UniqueConstraint(fields=["resume", "kind", "value"], name="one_proposal_of_each"),
        ]

    def __str__(self) -> str:
        return self.value


class ResumeAccessQuerySet(ScopedQuerySet):
    department_lookup = "resume__application__opening__department"


class ResumeAccess(models.Model):
    """Somebody opened or fetched a résumé: one row for each time of looking, however many pages were turned."""

    resume = models.ForeignKey(
        Resume, on_delete=models.CASCADE, related_name="accesses", verbose_name=_("résumé")
    )
    user = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    who = models.CharField(_("name"), max_length=200)
    fetched = models.BooleanField(_("file fetched"), default=False)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    last_at = models.DateTimeField(_("last request"), auto_now=True)

    objects = ResumeAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("access to a résumé")
        verbose_name_plural = _("accesses to résumés")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["resume", "user", "last_at"], name="resume_access_by_person"),
            models.Index(fields=["at", "id"], name="resume_access_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.resume_id} · {self.who}"
