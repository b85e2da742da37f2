"""Who works in the house of the story."""

from django.utils import timezone

from onboarding.services import templates
from people.models import Role
from recruitment.room import limits
from tests.factories import api, people


class House:
    """Who works here."""

    def __init__(self) -> None:
        today = timezone.localdate()
        api.calendar(today.year, today.year + 1)
        templates.ensure_one()
        limits.counter.forget()
        self.department = people.department("数据分析部")
        self.recruiter = people.recruiter(username="li", name="李招聘")
        self.lead = people.lead(username="zhou", name="周负责")
        people.onboarder()
        self.manager = people.manager(self.department, username="sun", name="孙经理")
        self.interviewer = people.user(
            Role.INTERVIEWER, username="qian", name="钱工", department=self.department
        )
