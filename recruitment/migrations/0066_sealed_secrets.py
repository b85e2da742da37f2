import core.sealed.fields
from django.db import migrations

# The columns stay what they are called: only what stands in them is sealed another way.
FIELD = {"blank": True, "db_column": "secret_sealed", "editable": False}


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0065_round_anchors'),
    ]

    operations = [
        operation
        for model in ("vendor", "mailbox")
        for operation in (
            migrations.AlterField(
                model_name=model, name='secret_sealed', field=core.sealed.fields.SealedTextField(**FIELD)
            ),
            migrations.RenameField(model_name=model, old_name='secret_sealed', new_name='secret'),
        )
    ]
