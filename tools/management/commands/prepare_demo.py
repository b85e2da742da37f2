"""``manage.py prepare_demo``: make the demo usable again at every start."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from people.models import User
from tools.demo import guests, start, visiting
from tools.phone import connecting, place

FIRST_FULL_WIDTH = 0x2E80


class Command(BaseCommand):
    """Move unused windows, mint links, write demo.json, print where to go."""

    help = "Prepare the demo company for a start and print its logins and links."

    def handle(self, *args: Any, **options: Any) -> None:
        """Without the demo's people there is nothing to prepare: a real company's database stays untouched."""
        if not User.objects.filter(username="hr", email="hr@demo.example.com").exists():
            place.clear(settings.HOME)
            (settings.HOME / visiting.NAME).unlink(missing_ok=True)
            return
        demo = start.prepare(settings.HOME / "demo.json")
        phones = connecting.connect(settings.HOME)
        guests.prepare(settings.HOME / visiting.NAME)
        base, hr = demo["base_url"], demo["hr"]
        lines = [
            ("管理后台 Admin", f"{base}/admin/", f"{hr['username']} / {hr['password']}"),
            ("接口文档 API docs", f"{base}/api/docs/", ""),
            *([("手机 Phones", f"{base}/admin/phone/", "")] if phones else []),
            *(
                ("候选人 Candidate", candidate["link"], candidate["name"])
                for candidate in demo["candidates"][:3]
            ),
        ]
        for title, address, who in lines:
            # A full-width character takes two places; an address is never cut.
            padding = " " * (20 - len(title) - sum(ord(character) > FIRST_FULL_WIDTH for character in title))
            self.stdout.write(f"  {title}{padding}{address}  {who}".rstrip())
