"""Phones, addresses and other ways to reach colleagues are sealed, a thousand rows at a time; cut off, it goes on."""

from django.db import migrations

from core.history.past_sealed import seal_past
from core.sealed.resealing import SET, seal, unseal
from people.names import search_key

COLUMNS = {"Employee": ["email", "phone", "other_contacts"], "User": ["phone", "other_contacts"]}
OTHERS = {"Employee": ["email", "number"], "User": ["username", "email"]}


def _with_key(row, others):
    row.search_key = search_key(
        [row.name], phone=row.phone, others=[getattr(row, name) for name in others], loose=row.other_contacts
    )


def forwards(apps, schema_editor):
    for name, columns in COLUMNS.items():
        model, others = apps.get_model("people", name), OTHERS[name]
        fields = [model._meta.get_field(column) for column in columns]
        seal(model, fields, also=lambda row, others=others: _with_key(row, others), written=("search_key",))
        seal_past(model, fields)
        # Addresses stand in the search keys of accounts that have no phone, too.
        rows, last = model._base_manager.order_by("pk"), 0
        while batch := list(rows.filter(pk__gt=last)[:SET]):
            last = batch[-1].pk
            changed = []
            for row in batch:
                before = row.search_key
                _with_key(row, others)
                changed += [row] if row.search_key != before else []
            model._base_manager.bulk_update(changed, ["search_key"])


def backwards(apps, schema_editor):
    for name, columns in COLUMNS.items():
        unseal(apps.get_model("people", name), columns, schema_editor)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("people", "0008_sealed_columns"), ("history", "0001_history"), ("sealed", "0001_keys")]
    operations = [migrations.RunPython(forwards, backwards)]
