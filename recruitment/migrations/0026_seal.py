"""Phones, addresses and other ways to reach candidates are sealed, a thousand rows at a time; cut off, it goes on."""

from django.db import migrations

from core.history.past_sealed import seal_past
from core.sealed.resealing import seal, unseal
from people.names import search_key

COLUMNS = ["email", "phone", "other_contacts"]


def _with_key(row):
    row.search_key = search_key([row.name], phone=row.phone, others=[row.email], loose=row.other_contacts)


def forwards(apps, schema_editor):
    model = apps.get_model("recruitment", "Candidate")
    fields = [model._meta.get_field(column) for column in COLUMNS]
    seal(model, fields, also=_with_key, written=("search_key",))
    seal_past(model, fields)


def backwards(apps, schema_editor):
    unseal(apps.get_model("recruitment", "Candidate"), COLUMNS, schema_editor)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("recruitment", "0025_sealed_columns"), ("history", "0001_history"), ("sealed", "0001_keys"),
    ]
    operations = [migrations.RunPython(forwards, backwards)]
