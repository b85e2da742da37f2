"""Candidate, Application, and the evidence that exists before any interview: written tests and résumé facts."""

from decimal import Decimal
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.changes import Dated, change_index, dated
from core.contacts import UNCLEAN_NAME, NameField, spell_out
from core.sealed.fields import Mark, SealedEmailField, SealedPhoneField, SealedTextField, only_sealed
from core.searching import search_index
from core.stateful import StatefulModel, StatefulQuerySet
from people.names import search_key, sort_key
from people.rules import is_hr
from people.scope import ScopedQuerySet
from recruitment.enums import APPLICATION_STEPS, ApplicationSource, ApplicationStage
from recruitment.enums_incoming import Degree, ResumeFactKind
from recruitment.models.openings import PERCENT, Opening, Skill


class CandidateQuerySet(ScopedQuerySet):
    department_lookup = "applications__opening__department"

    def visible_to(self, user: Any) -> "CandidateQuerySet":
        """HR: all. A manager: who applied in the own tree, each once. Others: nobody."""
        if is_hr(user):
            return self.all()
        applied = Application.objects.visible_to(user).filter(candidate=OuterRef("pk"))
        return self.filter(Exists(applied))


class Candidate(models.Model):
    """A person who applies. `language` is the one that messages and the room speak to this person.

    `time_zone` is that of the browser that last entered a room; empty while none did. `erased_at`: the record is
    nobody's since then, and takes nothing any more.
    """

    name = NameField(_("full name"), max_length=60)
    name_key = models.CharField(max_length=120, editable=False)
    search_key = models.TextField(editable=False, default="")
    email = SealedEmailField(_("e-mail"), blank=True, looked_up=True)
    phone = SealedPhoneField(_("phone"), max_length=30, blank=True, looked_up=True)
    other_contacts = SealedTextField(
        _("other contact details"),
        blank=True,
        help_text=_("Nothing is sent to these; they are found by the search."),
    )
    language = models.CharField(
        _("language"), max_length=10, choices=[("zh-hans", "简体中文"), ("en", "English")], default="zh-hans"
    )
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["name_key", "id"]
        indexes = [
            models.Index(fields=["name_key", "id"], name="candidate_by_name"),
            models.Index(fields=["created_at", "id"], name="candidate_by_time"),
            models.Index(fields=["language", "name_key", "id"], name="candidate_by_language"),
            search_index("candidate_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                Mark("email"),
                condition=~Q(email=""),
                name="one_candidate_per_email",
                violation_error_code="candidate_known",
            ),
            models.UniqueConstraint(
                Mark("phone"),
                condition=~Q(phone=""),
                name="one_candidate_per_phone",
                violation_error_code="candidate_known",
            ),
            only_sealed("email", "candidate_email_is_sealed"),
            only_sealed("phone", "candidate_phone_is_sealed"),
            only_sealed("other_contacts", "candidate_others_are_sealed"),
            models.CheckConstraint(condition=~Q(name__regex=UNCLEAN_NAME), name="candidate_name_is_one_line"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Whoever enters somebody says how they are reached: a number, an address, or both."""
        super().clean()
        if not self.phone and not self.email:
            raise ValidationError(
                _(
                    "Please enter a phone number or an e-mail address: otherwise nobody can tell them anything."
                ),
                code="no_way_to_reach",
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the keys to sort and to find by: the database's collation does not sort Chinese."""
        self.make_keys()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "name_key", "search_key"}
        super().save(*args, **kwargs)

    def make_keys(self) -> None:
        """Spell everything out and make its keys: before a save, and before many rows are written together."""
        spell_out(self)
        self.name_key = sort_key(self.name)[:120]
        self.search_key = search_key(
            [self.name], phone=self.phone, others=[self.email], loose=self.other_contacts
        )


# A stay in a stage becomes a row of `StagePassage` when it is over.
APPLICATION_PASSES = pgtrigger.Trigger(
    name="application_passes",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("stage"),
    condition=pgtrigger.AnyChange("stage"),
    func="""
        INSERT INTO recruitment_stagepassage (application_id, stage, to_stage, entered_at, left_at, promised_by)
        VALUES (NEW.id, OLD.stage, NEW.stage, OLD.stage_since, NEW.stage_since, OLD.promised_by);
        RETURN NULL;
    """,
)


class ApplicationQuerySet(StatefulQuerySet, ScopedQuerySet):
    department_lookup = "opening__department"


class Application(Dated, StatefulModel):
    """One candidate's run at one opening; another one may begin once it was called off. `stage` moves by steps only.

    `planned_start` is set as soon as a start date is planned, often before the offer. `promised_by` is the day by
    which the present stage's answer is promised to the candidate, None when nothing is promised. `stood_at` is where
    its end found it: there it goes back to when that end is taken back; empty while it goes on.
    """

    named_through = (
        "candidate",
        "opening",
    )

    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="applications", verbose_name=_("candidate")
    )
    opening = models.ForeignKey(
        Opening, on_delete=models.PROTECT, related_name="applications", verbose_name=_("opening")
    )
    stage = FSMField(
        _("stage"), default=ApplicationStage.APPLIED, choices=ApplicationStage.choices, protected=True
    )
    stage_since = models.DateTimeField(_("in this stage since"), auto_now_add=True)
    source = models.CharField(
        _("source"), max_length=20, choices=ApplicationSource, blank=True, default="", db_default=""
    )
    planned_start = models.DateField(_("planned start"), null=True, blank=True)
    promised_by = models.DateField(_("promised by"), null=True, blank=True)
    end_reason = models.CharField(_("reason of its end"), max_length=200, blank=True)
    stood_at = models.CharField(max_length=50, blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "opening"],
                condition=~Q(stage__in=ApplicationStage.called_off),
                name="one_open_application_per_opening",
            ),
            models.CheckConstraint(
                condition=Q(stood_at="") | Q(stage__in=ApplicationStage.ended),
                name="application_stood_where_it_ended",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=ApplicationStage.values), name="application_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(source="") | Q(source__in=ApplicationSource.values),
                name="application_source_known",
            ),
        ]
        indexes = [
            change_index("application"),
            models.Index(fields=["stage", "stage_since"], name="application_by_stage"),
            models.Index(fields=["opening", "stage"], name="application_by_opening"),
            models.Index(fields=["stage_since", "id"], name="application_by_time"),
            models.Index(fields=["planned_start", "id"], name="application_by_start"),
            # With the stage in it: who waits past the promised day is counted without looking at the rows.
            models.Index(fields=["promised_by", "id"], include=["stage"], name="application_by_promise"),
            models.Index(fields=["source", "id"], name="application_by_source"),
            # A report's stretch of days.
            models.Index(fields=["created_at", "id"], name="application_by_applied"),
        ]
        triggers = [
            dated("application"),
            pgtrigger.FSM(name="application_edges", field="stage", transitions=APPLICATION_STEPS.edges()),
            # What hangs on an application keeps its opening beside it.
            pgtrigger.ReadOnly(name="application_keeps_opening", fields=["opening"]),
            APPLICATION_PASSES,
        ]

    def __str__(self) -> str:
        return f"{self.candidate} · {self.opening}"

    @transition(field=stage, **APPLICATION_STEPS.of("screen"))
    def screen(self) -> None:
        """The résumé is being looked at."""

    @transition(
        field=stage,
        **APPLICATION_STEPS.of("start_interview"),
    )
    def start_interview(self) -> None:
        """The AI interview has begun, or is given again."""

    @transition(
        field=stage,
        **APPLICATION_STEPS.of("start_evaluation"),
    )
    def start_evaluation(self) -> None:
        """The interview is finished; its score is owed."""

    @transition(
        field=stage,
        **APPLICATION_STEPS.of("invite_to_second_round"),
    )
    def invite_to_second_round(self) -> None:
        """By the rule on a full score, or by a person."""

    @transition(
        field=stage,
        **APPLICATION_STEPS.of("return_to_evaluation"),
    )
    def return_to_evaluation(self) -> None:
        """An invitation is taken back by a person."""

    @transition(field=stage, **APPLICATION_STEPS.of("make_offer"))
    def make_offer(self) -> None:
        """The second round was passed."""

    @transition(field=stage, **APPLICATION_STEPS.of("hire"))
    def hire(self) -> None:
        """The offer was accepted."""

    @transition(field=stage, **APPLICATION_STEPS.of("reject"))
    def reject(self) -> None:
        """A person decided so, with a reason."""

    @transition(field=stage, **APPLICATION_STEPS.of("withdraw"))
    def withdraw(self) -> None:
        """The candidate takes the application back."""

    @transition(field=stage, **APPLICATION_STEPS.of("fall_through"))
    def fall_through(self) -> None:
        """What was agreed, or offered, does not come about: the candidate does not come after all."""

    @transition(field=stage, **APPLICATION_STEPS.of("reopen"))
    def reopen(self, *, to: str) -> str:
        """The end is taken back, for a reason: to where it stood."""
        return to


class EvidenceQuerySet(ScopedQuerySet):
    department_lookup = "application__opening__department"


class WrittenTest(Dated):
    """A test score per skill, 0 to 100, taken before the interview."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="written_tests", verbose_name=_("application")
    )
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="+", verbose_name=_("skill"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, validators=PERCENT)
    taken_on = models.DateField(_("taken on"))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("written test")
        verbose_name_plural = _("written tests")
        ordering = ["application", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "skill"],
                name="one_written_test_per_skill",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(score__range=(Decimal(0), Decimal(100))), name="written_test_0_to_100"
            ),
        ]
        triggers = [dated("written_test")]

    def __str__(self) -> str:
        return f"{self.skill} {self.score}"


class ResumeFact(Dated):
    """A structured fact of the résumé: a project, internship or degree, the skill it shows and how strongly (1…5)."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="resume_facts", verbose_name=_("application")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ResumeFactKind)
    title = models.CharField(_("title"), max_length=120)
    detail = models.TextField(_("detail"), blank=True)
    skill = models.ForeignKey(
        Skill, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("skill")
    )
    level = models.PositiveSmallIntegerField(
        _("level shown"), validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("1: took part, 3: did it alone, 5: led others in it. Set by the recruiting specialist."),
    )  # fmt: skip
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    degree = models.PositiveSmallIntegerField(
        _("degree"), choices=Degree, null=True, blank=True,
        help_text=_("Of an education. Empty: it names none."),
    )  # fmt: skip

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("résumé fact")
        verbose_name_plural = _("résumé facts")
        ordering = ["application", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="resume_level_1_to_5"),
            models.CheckConstraint(
                condition=Q(degree=None) | Q(degree__in=Degree.values, kind=ResumeFactKind.EDUCATION),
                name="degree_of_an_education",
                violation_error_code="degree_without_education",
                violation_error_message=_("Only an education has a degree."),
            ),
        ]
        triggers = [dated("resume_fact")]

    def __str__(self) -> str:
        return self.title
