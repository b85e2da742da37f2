"""What was asked in one go, reasons and pay among it, is sealed, a thousand rows at a time; cut off, it goes on."""

from django.db import migrations

from core.sealed.resealing import seal, unseal

MODELS = ("ManyRun", "ManyRow")


def forwards(apps, schema_editor):
    for name in MODELS:
        model = apps.get_model("core", name)
        seal(model, [model._meta.get_field("values")])


def backwards(apps, schema_editor):
    for name in MODELS:
        unseal(apps.get_model("core", name), ["values"], schema_editor)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0008_sealed_values"), ("sealed", "0001_keys")]
    operations = [migrations.RunPython(forwards, backwards)]
