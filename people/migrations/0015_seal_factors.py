"""Second factors go from what follows from the suite's secret key to the key ring, a thousand at a time.

One that cannot be read any more, since that key was changed, stays as it is: whoever keeps the account resets it.
"""

from django.db import migrations, transaction

from core import sealing
from core.errors import Refused
from core.sealed.inside import Inside, replaced

PURPOSE = "second-factor"
SET = 1000
# How everything begins that the former way has made: its version, and the first bytes of a time before 2106.
FERNET = "gAAAAA"


def _each(apps, change):
    model, last = apps.get_model("mfa", "Authenticator"), 0
    inside = Inside(model, "data")
    while True:
        with transaction.atomic():
            rows = list(model.objects.filter(pk__gt=last).order_by("pk").select_for_update()[:SET])
            if not rows:
                return
            last = rows[-1].pk
            for row in rows:
                row.data = change(inside, row.data)
            model.objects.bulk_update(rows, ["data"])


def _carried(inside, text):
    try:
        return inside.seal(sealing.unseal(text, purpose=PURPOSE))
    except Refused:
        return text


def forwards(apps, schema_editor):
    _each(
        apps,
        lambda inside, data: replaced(
            data, lambda text: _carried(inside, text), found=lambda text: text.startswith(FERNET)
        ),
    )


def backwards(apps, schema_editor):
    _each(
        apps,
        lambda inside, data: replaced(
            data, lambda text: sealing.seal(inside.unseal(text), purpose=PURPOSE)
        ),
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("people", "0014_compare_right"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sealed", "0001_keys"),
    ]
    operations = [migrations.RunPython(forwards, backwards)]
