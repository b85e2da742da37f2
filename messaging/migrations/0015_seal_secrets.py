"""Secrets of the connections go from what follows from the suite's secret key to the key ring.

One that cannot be read any more, since that key was changed, goes: it is set anew, as its page says.
"""

from django.db import migrations

from core import sealing
from core.errors import Refused
from core.sealed.resealing import seal

# How everything begins that the former way has made: its version, and the first bytes of a time before 2106.
FERNET = "gAAAAA"
COLUMNS = {"WeComConnection": ("wecom", ["secret", "callback_pair"]), "SmsConnection": ("sms", ["secret"])}


def _open(row, purpose, names):
    for name in names:
        # Cut off, it goes on: what is under the ring already was opened as it was read.
        kept = getattr(row, name)
        if kept.startswith(FERNET):
            try:
                setattr(row, name, sealing.unseal(kept, purpose=purpose))
            except Refused:
                setattr(row, name, "")


def forwards(apps, schema_editor):
    for label, (purpose, names) in COLUMNS.items():
        model = apps.get_model("messaging", label)
        fields = [model._meta.get_field(name) for name in names]
        seal(model, fields, also=lambda row, purpose=purpose, names=names: _open(row, purpose, names))


def backwards(apps, schema_editor):
    quoted = schema_editor.quote_name
    for label, (purpose, names) in COLUMNS.items():
        model = apps.get_model("messaging", label)
        for row in model.objects.all():
            for name in names:
                if plain := getattr(row, name):
                    table, column = quoted(model._meta.db_table), quoted(model._meta.get_field(name).column)
                    with schema_editor.connection.cursor() as cursor:
                        cursor.execute(
                            f"UPDATE {table} SET {column} = %s WHERE id = %s",
                            [sealing.seal(plain, purpose=purpose), row.pk],
                        )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("messaging", "0014_sealed_secrets"), ("history", "0001_history")]
    operations = [migrations.RunPython(forwards, backwards)]
