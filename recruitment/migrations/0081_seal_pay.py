"""What is paid is sealed, and the letters that say it, a thousand rows at a time; cut off, it goes on."""

import base64

from django.db import migrations

from core.history.past_sealed import seal_past
from core.sealed.resealing import seal, unseal

COLUMNS = {
    "Offer": ["salary", "range_low", "range_high", "conditions", "letter_text", "letter"],
    "Opening": ["salary_low", "salary_high"],
}
# The bytes of a letter, as their column became a text.
HEX = "\\x"


def _letter_as_text(row):
    if row.letter and row.letter.startswith(HEX):
        row.letter = base64.b64encode(bytes.fromhex(row.letter.removeprefix(HEX))).decode()


def forwards(apps, schema_editor):
    for name, columns in COLUMNS.items():
        model = apps.get_model("recruitment", name)
        fields = [model._meta.get_field(column) for column in columns]
        seal(model, fields, also=_letter_as_text if name == "Offer" else None)
        # Letters and words never stood in the history.
        seal_past(model, [field for field in fields if field.name.startswith(("salary", "range"))])


def backwards(apps, schema_editor):
    for name, columns in COLUMNS.items():
        unseal(apps.get_model("recruitment", name), columns, schema_editor)
    model = apps.get_model("recruitment", "Offer")
    table = schema_editor.quote_name(model._meta.db_table)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET letter = %s || encode(decode(letter, 'base64'), 'hex') WHERE letter IS NOT NULL", [HEX]
        )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("recruitment", "0080_sealed_pay"), ("history", "0001_history"), ("sealed", "0001_keys")]
    operations = [migrations.RunPython(forwards, backwards)]
