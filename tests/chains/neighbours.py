"""Filling the tables: what hangs on one finished story, many times over, so that the planner has a choice."""

from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction

from core.sealed.fields import Sealed
from core.sealed.ring import BEGINS, MARKED

# What does not grow with the number of candidates: catalogues, settings, people of the house.
SMALL = {
    "auth.Permission", "auth.Group", "contenttypes.ContentType", "people.CalendarYear", "people.CalendarDay",
    "people.Department", "people.User", "recruitment.Competency", "recruitment.Skill", "recruitment.Opening",
    "recruitment.OpeningSkill", "recruitment.Opening_interviewers", "recruitment.StagePromise", "recruitment.Tag",
    "recruitment.AdvanceRule", "recruitment.RuleVersion", "recruitment.RuleCondition", "recruitment.InterviewPlan",
    "recruitment.PlanVersion", "recruitment.LetterTemplate", "recruitment.LetterVersion",
    "recruitment.Stage",
    "recruitment.Stage_competencies", "recruitment.Voice", "recruitment.Question",
    "recruitment.MentionPoint", "recruitment.RubricLevel",
    "recruitment.Vendor", "recruitment.Mailbox", "recruitment.Experiment", "recruitment.CalendarLink",
    "sealed.SealedTable", "core.WallClock",
    # One for each colleague, and what stands in it of the next months.
    "recruitment.OutsideCalendar", "recruitment.BusyTime",
    "onboarding.OnboardingTemplate", "onboarding.TemplateStep", "training.Course", "messaging.ChannelPause",
    "messaging.ApprovalTemplate",
    "messaging.ConversationCursor", "messaging.WeComConnection", "messaging.SmsConnection", "messaging.SmsTemplate",
    "events.Pulse", "django_q.Schedule", "authtoken.Token", "people.User_groups", "people.User_user_permissions",
    "auth.Group_permissions",
    # One a night.
    "core.BackupRun",
    # One for each program that reads; what a day's signing in left is deleted.
    "people.ApiToken", "people.SignInTries",
    # What each colleague signs in with, and where; what is over goes every night.
    "people.OpenSession", "people.TrustedDevice", "people.SecondFactorRule",
    "account.EmailAddress", "account.EmailConfirmation", "mfa.Authenticator",
    "socialaccount.SocialAccount", "socialaccount.SocialApp", "socialaccount.SocialToken",
    # One row for each kind of notice, one for each kind of data that is kept.
    "notifications.WaitBeforeTelling", "core.KeepRule",
    # One for each text of a message, and for each time that the lead changed one.
    "notifications.Wording", "notifications.WordingVersion",
    # One for each role and right; one for each thing that is wrong with a machine; one a day, and one a year.
    "people.RoleRight", "core.Trouble", "core.JobsCluster", "core.TakenJob", "checks.Size", "checks.HealthReport",
    # One for each time that the keys were changed.
    "sealed.SealingKey",
    # The queue holds what waits, not what was.
    "django_q.OrmQ",
    # The last five hundred that went well, and what failed within a quarter of a year.
    "django_q.Task",
    # One row for each kind of table that somebody brought, however often: its columns as they were matched.
    "exchange.Matching",
    # One row for each night; one for each promise that the data keep.
    "recruitment.Learning", "checks.Check",
    # One row for each day. Changes are filled while the other tables are: a row of theirs for each row there.
    "history.Seal", "history.Change",
    # One row for each opening and week or month.
    "reports.WeekOfOpening", "reports.MonthOfOpening", "reports.Fold",
    # What was read within three days and takes longer than a second.
    "reports.KeptTable",
    # What somebody keeps under a name, fifty at most for each.
    "reports.SavedView",
}  # fmt: skip
OFFSET = 100_000
APART = "interval '6 hours'"
# Jobs keep these small: what is older than a month is gone.
OFTEN = "interval '10 minutes'"
DENSE = {
    "recruitment.RoomSession": OFTEN,
    "sessions.Session": "interval '-10 minutes'",
    "core.ManyRun": OFTEN,
    "exchange.Import": OFTEN,
    "exchange.Export": "interval '20 seconds'",
    "core.LongWork": OFTEN,
}


def growing() -> list[type[models.Model]]:
    """Every table that grows with what happens, in an order in which rows may refer to each other."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label not in SMALL and not model._meta.proxy and model._meta.managed
        and model is not ContentType
    ]  # fmt: skip


def multiply(times: int) -> dict[str, int]:
    """Copy every row of every growing table so often, apart in time and in numbers; how many rows each has then."""
    tables = growing()
    known = set(tables)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for model in tables:
            _plan_anew(cursor)
            columns = list(model._meta.local_concrete_fields)
            names = ", ".join(f'"{field.column}"' for field in columns)
            copies = ", ".join(_copy(field, model, known) for field in columns)
            cursor.execute(
                f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {copies}'
                f' FROM "{model._meta.db_table}" AS old, generate_series(1, %s) AS k',
                [times],
            )
        _plan_anew(cursor)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        counts = {}
        for model in tables:
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            counts[model._meta.label] = cursor.fetchone()[0]
    return counts


def _plan_anew(cursor: Any) -> None:
    """Foreign keys keep the plan of their look-ups as it was when the parent had one row: read whole. With
    thousands of rows in one transaction that is quadratic, and nobody's ANALYZE comes in between."""
    cursor.execute("DISCARD PLANS")


def _copy(field: models.Field, model: type[models.Model], known: set[type[models.Model]]) -> str:
    column = f'old."{field.column}"'
    if isinstance(field, models.ForeignKey):
        return f"{column} + k * {OFFSET}" if field.related_model in known else column
    if field.primary_key and isinstance(field, models.CharField):
        return f"md5({column} || k)"
    if field.primary_key or _names_a_row(field):
        return f"{column} + k * {OFFSET}"
    if isinstance(field, models.UUIDField):
        return "gen_random_uuid()"
    if isinstance(field, models.DateTimeField):
        return f"{column} - k * {DENSE.get(model._meta.label, APART)}"
    if isinstance(field, models.DateField):
        return f"{column} - k / 4"
    if isinstance(field, Sealed) and field.looked_up:
        # Another mark each, the same sealed words behind it: nobody opens the copies.
        mark = f"'{BEGINS}' || left(md5({column} || k), {MARKED - len(BEGINS)})"
        return f"CASE WHEN {column} = '' THEN '' ELSE {mark} || substr({column}, {MARKED + 1}) END"
    if field.name == "phone" and _is_unique(field, model, known):
        number = f"lpad((abs(hashtext({column})) %% 10000)::text, 4, '0') || lpad(k::text, 6, '0')"
        return f"CASE WHEN {column} = '' THEN '' ELSE '+9' || {number} END"
    if isinstance(field, models.CharField | models.TextField) and _is_unique(field, model, known):
        return f"CASE WHEN {column} = '' THEN '' ELSE left(md5({column} || k), {field.max_length or 32}) END"
    return column


def _names_a_row(field: models.Field) -> bool:
    return isinstance(field, models.BigIntegerField) and field.name.endswith("_id")


def _is_unique(field: models.Field, model: type[models.Model], known: set[type[models.Model]]) -> bool:
    return field.unique or any(
        field.name in constraint.fields
        and not any(model._meta.get_field(name).related_model in known for name in constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    )
