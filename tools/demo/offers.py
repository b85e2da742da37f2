"""Offers of the campus opening: one to be approved, one that waits, one about to expire, one turned down."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from people.calendar import add_working_days
from people.models import CalendarYear, User
from recruitment.enums import ApplicationStage, DeclineReason, PayPeriod
from recruitment.models import Application, Opening
from recruitment.offers.services import letter_templates, offers

LOW, HIGH = Decimal(6000), Decimal(8500)
PLACE = "上海市浦东新区张江路 88 号"
# After so many working days; sooner where the calendar of the next year is not known yet.
STARTS = (20, 8)
DAYS, NEAR = timedelta(days=5), timedelta(hours=20)
APPROVER = "hr"


def make(opening: Opening, today: date) -> None:
    """To four of those who were invited, the last ones; the first is above the range, for the lead to approve."""
    letter_templates.ensure_one()
    opening.salary_low, opening.salary_high = LOW, HIGH
    opening.save(update_fields=["salary_low", "salary_high"])
    invited = Application.objects.filter(opening=opening, stage=ApplicationStage.SECOND_ROUND).order_by("-pk")
    above, waiting, near, declined = invited[:4]
    evening = timezone.make_aware(datetime.combine(today, time(18))) + DAYS
    starts = [add_working_days(today, days).date for days in STARTS]
    start = next((day for day in starts if CalendarYear.objects.filter(year=day.year).exists()), None)
    if start is None:
        return  # a first day is typed in years that the calendar knows
    maker, approver = opening.specialist, User.objects.get(username=APPROVER)

    def terms(salary: int, answer_by: datetime) -> offers.Terms:
        return offers.Terms(
            salary=Decimal(salary), period=PayPeriod.MONTH, start_on=start, place=PLACE, answer_by=answer_by,
            conditions="试用期 3 个月，试用期薪酬不打折。",
        )  # fmt: skip

    offers.make(application_id=above.pk, terms=terms(9200, evening), by=maker)
    for application, salary, until in (
        (waiting, 7500, evening),
        (near, 8000, timezone.now() + NEAR),
        (declined, 7000, evening),
    ):
        made = offers.make(application_id=application.pk, terms=terms(salary, until), by=maker)
        offers.approve(offer_id=made.pk, by=approver)
        offers.send(offer_id=made.pk, by=maker)
    offers.decline(application_id=declined.pk, reason=DeclineReason.PAY, words="已接受另一家公司的录用。")
