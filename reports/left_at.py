"""Where and on what a candidate was when they left: the question that was open, and the kind of device."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, Exists, Min, OuterRef, Subquery, When
from django.db.models import Value as Constant
from django.db.models.functions import MD5, Coalesce, Left
from django.utils.translation import gettext_lazy as _

from recruitment.enums import InterviewKind
from recruitment.models import Answer, Question, RoomEntry
from reports.registry import Dimension

QUESTION = Dimension("question", _("question"))
DEVICE = Dimension("device", _("device"))
# What a page says of the system that it runs on (`describeDevice` in the room's page), by the kind of device.
PHONES, TABLETS = ("iPhone", "Android", "HarmonyOS"), ("iPad",)
COMPUTERS = ("Windows", "Mac OS", "Linux")
DEVICES = {"phone": _("Mobile phone"), "tablet": _("Tablet"), "computer": _("Computer"), "": _("not known")}
# A question reads the same in every version of a plan: its words are its key, shortened as an address can hold them.
KEY = Left(MD5("text"), 12)


def question_open() -> Case:
    """Of an exit: the first question of the plan without a finished answer then; none of interviews held elsewhere."""
    answered = Answer.objects.filter(
        interview=OuterRef(OuterRef("interview")),
        attempt=OuterRef(OuterRef("attempt")),
        question=OuterRef("pk"),
        finished_at__lte=OuterRef(OuterRef("left_at")),
    )
    of_plan = Question.objects.filter(stage__version=OuterRef("interview__version"))
    still_open = of_plan.filter(~Exists(answered)).order_by("stage__number", "number").values(key=KEY)
    return Case(When(interview__kind=InterviewKind.ROOM, then=Subquery(still_open[:1])))


def questions(keys: Collection[Any]) -> dict[Any, str]:
    """The words of these questions."""
    rows = Question.objects.annotate(key=KEY).filter(key__in=list(keys)).order_by()
    return dict(rows.values_list("key").annotate(words=Min("text")))


def device() -> Subquery:
    """Of an exit: the kind of device of the page that was left, the last one that had come into the room by then."""
    never = Constant(datetime.max.replace(tzinfo=UTC))
    entries = RoomEntry.objects.filter(
        interview=OuterRef("interview"),
        attempt=OuterRef("attempt"),
        # The page that comes back is another one.
        at__lt=Coalesce(OuterRef("returned_at"), never),
    )
    return Subquery(entries.order_by("-epoch").values(kind=kind_of_device())[:1])


def kind_of_device() -> Case:
    """Of a page that came into the room: the kind of device it said."""
    kinds = {"phone": PHONES, "tablet": TABLETS, "computer": COMPUTERS}
    return Case(
        *(When(device__platform__in=names, then=Constant(kind)) for kind, names in kinds.items()),
        default=Constant(""),
    )
