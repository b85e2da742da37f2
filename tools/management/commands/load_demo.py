"""``manage.py load_demo``: the demo company, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from people.models import Department, User
from tools.demo import company, guests, history, offers, rounds, story
from tools.phone import connecting


class Command(BaseCommand):
    """In one transaction: a load that was killed leaves nothing and is made anew."""

    help = "Load the demo company into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """--if-empty: do nothing, quietly, in a database that has departments."""
        parser.add_argument("--if-empty", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Company, openings, last week's history, the candidates of the story, those in the room."""
        if Department.objects.exists() or User.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("The database is not empty: the demo is loaded into an empty one only.")
        today = timezone.localdate()
        with transaction.atomic():
            departments = company.found()
            company.let_compare()
            connecting.introduce()
            company.teach()
            analyst = company.open_position(
                title="数据分析师", title_en="Data analyst", department=departments["analytics"], headcount=2,
                month=story.first_start(today),
                plan=company.plan_interview("数据分析师面试方案"), specialist="liwenjing",
                skills={"excel": 4, "sql": 3, "reporting": 3},
            )  # fmt: skip
            service = company.open_position(
                title="客户服务代表（校园招聘）", title_en="Customer service representative (campus hiring)",
                department=departments["service"], headcount=60, month=today,
                plan=company.plan_interview("客户服务代表面试方案"), specialist="wangkai",
                skills={"service-etiquette": 3, "reporting": 2},
            )  # fmt: skip
            history.write(service)
            story.tell(analyst, today)
            rounds.hold(service, today)
            offers.make(service, today)
            operations = company.open_position(
                title="客服运营专员", title_en="Customer service operations specialist",
                department=departments["service"], headcount=3, month=story.first_start(today),
                plan=company.plan_interview("客服运营专员面试方案"), specialist="liwenjing",
                skills={"excel": 4, "service-etiquette": 3},
            )  # fmt: skip
            guests.invite(operations, today)
        self.stdout.write("Demo company loaded.")
