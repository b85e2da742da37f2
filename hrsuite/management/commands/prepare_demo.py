"""``manage.py prepare_demo``: make the demo usable again at every start."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from hrsuite.demo import start
from people.models import User


class Command(BaseCommand):
    """Move unused windows, mint links, write demo.json, print where to go."""

    help = "Prepare the demo company for a start and print its logins and links."

    def handle(self, *args: Any, **options: Any) -> None:
        """Without the demo's people there is nothing to prepare: a real company's database stays untouched."""
        if not User.objects.filter(username="hr", email="hr@demo.example.com").exists():
            return
        demo = start.prepare(settings.HOME / "demo.json")
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        base = demo["base_url"]
        table.add_row("管理后台 Admin", f"{base}/admin/", f"{demo['hr']['username']} / {demo['hr']['password']}")
        table.add_row("API 文档 API docs", f"{base}/api/docs/", "")
        for candidate in demo["candidates"][:3]:
            table.add_row("候选人 Candidate", candidate["link"], candidate["name"])
        Console(file=self.stdout, soft_wrap=True).print(table)
