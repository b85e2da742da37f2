"""Secrets of vendors and mailboxes go from what follows from the suite's secret key to the key ring.

One that cannot be read any more, since that key was changed, goes: it is set anew, as its page says.
"""

from django.db import migrations

from core import sealing
from core.errors import Refused
from core.sealed.resealing import seal

PURPOSES = {"Vendor": "vendor", "Mailbox": "mailbox"}


def _opened(row, purpose):
    try:
        row.secret = sealing.unseal(row.secret, purpose=purpose)
    except Refused:
        row.secret = ""


def forwards(apps, schema_editor):
    for name, purpose in PURPOSES.items():
        model = apps.get_model("recruitment", name)
        field = model._meta.get_field("secret")
        seal(model, [field], also=lambda row, purpose=purpose: _opened(row, purpose))


def backwards(apps, schema_editor):
    for name, purpose in PURPOSES.items():
        model = apps.get_model("recruitment", name)
        table = schema_editor.quote_name(model._meta.db_table)
        with schema_editor.connection.cursor() as cursor:
            for pk, secret in list(model.objects.exclude(secret="").values_list("pk", "secret")):
                cursor.execute(
                    f"UPDATE {table} SET secret_sealed = %s WHERE id = %s",
                    [sealing.seal(secret, purpose=purpose), pk],
                )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("recruitment", "0066_sealed_secrets"), ("history", "0001_history")]
    operations = [migrations.RunPython(forwards, backwards)]
