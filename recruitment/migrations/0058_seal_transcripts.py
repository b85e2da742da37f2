"""What was written down of recordings is sealed, a thousand rows at a time; cut off, it goes on. Five minutes for a million."""

from django.db import migrations

from core.sealed.resealing import seal, unseal

COLUMNS = ["pieces", "corrected"]


def forwards(apps, schema_editor):
    model = apps.get_model("recruitment", "Transcript")
    seal(model, [model._meta.get_field(column) for column in COLUMNS])


def backwards(apps, schema_editor):
    unseal(apps.get_model("recruitment", "Transcript"), COLUMNS, schema_editor)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("recruitment", "0057_sealed_transcripts"), ("sealed", "0001_keys")]
    operations = [migrations.RunPython(forwards, backwards)]
