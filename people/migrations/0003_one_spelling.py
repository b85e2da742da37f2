"""Colleagues' and employees' names, addresses and numbers come to one spelling; what is no number stays as it is."""

from django.db import migrations

from core import contacts
from people.names import search_key, sort_key

BATCH = 1000


def _phone(text):
    try:
        return contacts.phone(text)
    except ValueError:
        return text


def _spell(rows, others):
    fields = ["name", "email", "phone"]
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        changed = []
        for row in batch:
            before = (row.name, row.email, row.phone)
            row.name, row.email, row.phone = (
                contacts.name(row.name), contacts.email(row.email), _phone(row.phone)
            )  # fmt: skip
            if (row.name, row.email, row.phone) != before:
                row.name_key = sort_key(row.name or getattr(row, "username", ""))
                row.search_key = search_key(
                    [row.name], phone=row.phone, others=[getattr(row, field) for field in others]
                )
                changed.append(row)
        rows.bulk_update(changed, [*fields, "name_key", "search_key"], batch_size=BATCH)


def spell(apps, schema_editor):
    """A batch at a time."""
    _spell(apps.get_model("people", "User")._base_manager.all(), ["username", "email"])
    _spell(apps.get_model("people", "Employee")._base_manager.all(), ["email", "number"])


class Migration(migrations.Migration):
    dependencies = [("people", "0002_time_zone")]

    operations = [migrations.RunPython(spell, migrations.RunPython.noop)]
