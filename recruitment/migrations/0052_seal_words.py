"""Notes about candidates and problem reports are sealed, a thousand rows at a time; cut off, it goes on. Five minutes for a million."""

from django.db import migrations

from core.history.past_sealed import seal_past
from core.sealed.resealing import seal, unseal

COLUMNS = {"CandidateNote": ["text"], "Problem": ["words", "answer"]}


def forwards(apps, schema_editor):
    for name, columns in COLUMNS.items():
        model = apps.get_model("recruitment", name)
        fields = [model._meta.get_field(column) for column in columns]
        seal(model, fields)
        seal_past(model, fields)


def backwards(apps, schema_editor):
    for name, columns in COLUMNS.items():
        unseal(apps.get_model("recruitment", name), columns, schema_editor)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("recruitment", "0051_sealed_words"), ("history", "0001_history")]
    operations = [migrations.RunPython(forwards, backwards)]
