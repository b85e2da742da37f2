"""Who is told, about what, and how far a message, a delivery and a try have come."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """In which part somebody is told."""

    CANDIDATE = "candidate", _("Candidate")
    SPECIALIST = "specialist", _("Recruiting specialist")
    MANAGER = "manager", _("Department manager")
    ONBOARDING = "onboarding", _("Onboarding specialist")
    TRAINING = "training", _("Training specialist")
    LEAD = "lead", _("HR lead")


class Kind(models.TextChoices):
    """What a message is about. Each has its templates, one per language."""

    INTERRUPTED = "interrupted", _("Interview interrupted")
    RESUMED = "resumed", _("Candidate is back")
    COMPLETED = "completed", _("Interview completed")
    EVALUATED = "evaluated", _("Evaluation finished")
    SCHEDULED = "scheduled", _("Interview scheduled")
    RESCHEDULED = "rescheduled", _("Interview rescheduled")
    ABANDONED = "abandoned", _("Interview abandoned")
    MISSED = "missed", _("Interview missed")
    CANCELLED = "cancelled", _("Interview cancelled")
    SECOND_ROUND = "second_round", _("Second-round notice")
    START_CHANGED = "start_changed", _("Start date at risk")
    START_RESTORED = "start_restored", _("Start date restored")
    PLAN_CHANGED = "training_plan_changed", _("Training plan changed")
    FOLLOW_UP = "follow_up", _("Candidate to be called")
    ASKED = "asked", _("Candidate asks for contact")
    FOLLOW_UP_COLLEAGUE = "follow_up_colleague", _("Call running late")
    FOLLOW_UP_LATE = "follow_up_late", _("Promised call overdue")
    INVITATION_OVERDUE = "invitation_overdue", _("Invitation overdue")
    GUIDE = "guide", _("Interview guide")
    REMINDER = "reminder", _("Reminder to return")
    DIGEST = "digest", _("Daily digest")

    # Held back at night; everything else goes out at any hour.
    held_in_quiet_hours = nonmember(("reminder", "digest"))
    # What only holds while the interview is in one certain state: overtaken when it is not any more.
    of_interview_state = nonmember(
        (
            "interrupted",
            "resumed",
            "completed",
            "scheduled",
            "rescheduled",
            "abandoned",
            "missed",
            "cancelled",
        )
    )
    of_start = nonmember(("start_changed", "start_restored"))


class MessageState(models.TextChoices):
    """Planned waits for its time or its next try, sending is with a provider at this moment.

    Ambiguous: a provider may have it, and another try could show it twice; a person decides.
    """

    PLANNED = "planned", _("To be sent")
    SENDING = "sending", _("Being sent")
    ACCEPTED = "accepted", _("Sent")
    AMBIGUOUS = "ambiguous", _("Perhaps sent")
    COALESCED = "coalesced", _("Part of another message")
    CANCELLED = "cancelled", _("Not needed any more")
    FAILED = "failed", _("Could not be sent")
    EXPIRED = "expired", _("Too late to be sent")

    # Its recipient knows, or is about to.
    told = nonmember(("sending", "accepted", "ambiguous"))
    # May be sent once more by a person.
    stuck = nonmember(("failed", "ambiguous", "expired"))


class DeliveryState(models.TextChoices):
    """One channel's try at one message."""

    PENDING = "pending", _("Waiting to go out")
    LEASED = "leased", _("Being sent")
    ACCEPTED = "accepted", _("Sent")
    AMBIGUOUS = "ambiguous", _("Perhaps sent")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class ChannelName(models.TextChoices):
    """The ways to reach somebody."""

    WECOM = "wecom", _("WeCom")
    EMAIL = "email", _("E-mail")
    INBOX = "inbox", _("Inbox")


class AttemptOutcome(models.TextChoices):
    """How one call ended. Lost: the process that made it did not live to say."""

    CALLING = "calling", _("Calling")
    ACCEPTED = "accepted", _("Accepted")
    RETRY = "retry", _("To be repeated")
    AMBIGUOUS = "ambiguous", _("Perhaps accepted")
    FAILED = "failed", _("Refused")
    PAUSED = "paused", _("Channel paused")
    OVERTAKEN = "overtaken", _("Not needed any more")
    LOST = "lost", _("Lost")
