"""Run as a program: what the roof collects, as JSON. Needs no database."""

import json

import django

django.setup()

# The apps are there only now.
from django.urls import resolve, reverse  # noqa: E402
from drf_spectacular.generators import SchemaGenerator  # noqa: E402

from core.admin.menu import entries  # noqa: E402
from core.events import naming  # noqa: E402
from core.events.signal import DurableSignal  # noqa: E402
from core.jobs.loops import declared_loops  # noqa: E402
from core.jobs.schedules import declared_schedules  # noqa: E402

print(
    json.dumps(
        {
            "menu": [
                (str(entry.group.title), str(entry.title)) for entry in entries() if "iosk" in entry.address
            ],
            "schedules": [one.name for one in declared_schedules() if "kiosk" in one.name],
            "loops": [one.name for one in declared_loops() if one.name == "badges"],
            "page": resolve("/kiosk/badges").url_name,
            "api": reverse("kiosk-badge-list"),
            "enum": sorted(
                name
                for name in SchemaGenerator().get_schema(public=True)["components"]["schemas"]
                if "Kiosk" in name
            ),
            "event": naming.event_name("kiosk_opened"),
            "receiver": naming.receiver_name("kiosk.print_badge"),
            "wired": [
                kind
                for kind, signal in DurableSignal.registry.items()
                if "kiosk.print_badge" in signal.durable
            ],
        }
    )
)
