"""What candidates wrote is sealed, a thousand answers at a time; cut off, it goes on. Five minutes for a million. The history keeps none of it."""

from django.db import migrations

from core.sealed.resealing import seal, unseal


def forwards(apps, schema_editor):
    model = apps.get_model("recruitment", "Answer")
    seal(model, [model._meta.get_field("text")])


def backwards(apps, schema_editor):
    unseal(apps.get_model("recruitment", "Answer"), ["text"], schema_editor)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("recruitment", "0054_sealed_answers"), ("sealed", "0001_keys")]
    operations = [migrations.RunPython(forwards, backwards)]
