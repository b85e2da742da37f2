"""What messages say is sealed, a thousand rows at a time; cut off, it goes on. Five minutes for a million."""

from django.db import migrations

from core.sealed.resealing import seal, unseal


def forwards(apps, schema_editor):
    model = apps.get_model("messaging", "Message")
    seal(model, [model._meta.get_field("body")])


def backwards(apps, schema_editor):
    unseal(apps.get_model("messaging", "Message"), ["body"], schema_editor)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("messaging", "0008_sealed_bodies"), ("sealed", "0001_keys")]
    operations = [migrations.RunPython(forwards, backwards)]
