"""How far a message, a delivery and a try have come, and the ways to reach somebody."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


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

    # It is still tried.
    under_way = nonmember(("planned", "sending"))
    # Its recipient knows, or is about to.
    told = nonmember(("sending", "accepted", "ambiguous"))
    # May be sent once more by a person.
    stuck = nonmember(("failed", "ambiguous", "expired"))


class Settled(models.TextChoices):
    """Why nobody has to see to a message any more that reached nobody."""

    CALLED = "called", _("A colleague told them")
    UNREACHABLE = "unreachable", _("A colleague tried in vain")
    LATER = "later", _("A later message told them")
    OVERTAKEN = "overtaken", _("Not true any more")


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
    KF = "kf", _("WeChat service")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    INBOX = "inbox", _("Inbox")


class SmsProvider(models.TextChoices):
    """Whose SMS service carries text messages."""

    ALIYUN = "aliyun", _("Aliyun")
    TENCENT = "tencent", _("Tencent Cloud")


class Receipt(models.TextChoices):
    """What a provider that tells later said of a message it took: whether the phone got it."""

    WAITING = "waiting", _("Not known yet")
    ARRIVED = "arrived", _("Arrived")
    FAILED = "failed", _("Did not arrive")
    UNKNOWN = "unknown", _("Never learnt")


class CallbackState(models.TextChoices):
    """What became of something that a provider told us. Failed: nobody tries again by itself."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ApprovalState(models.TextChoices):
    """What became of something that colleagues were asked to decide on in WeCom.

    Overtaken: it was decided here, or nobody has to decide any more. Failed: WeCom did not take it, or nobody who may
    has decided; a person decides here.
    """

    WAITING = "waiting", _("To be asked")
    ASKED = "asked", _("Waits for a decision")
    APPROVED = "approved", _("Agreed")
    REFUSED = "refused", _("Not agreed")
    WITHDRAWN = "withdrawn", _("Taken back in WeCom")
    OVERTAKEN = "overtaken", _("Not needed any more")
    FAILED = "failed", _("Came to nothing")

    unfinished = nonmember(("waiting", "asked"))
    # A person may ask once more, as long as the matter is still to be decided.
    asked_again = nonmember(("refused", "withdrawn", "failed"))


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
