import core.sealed.fields
from django.db import migrations

# The columns stay what they are called: only what stands in them is sealed another way.
COLUMNS = (
    ("wecomconnection", "secret_sealed", "secret"),
    ("wecomconnection", "callback_sealed", "callback_pair"),
    ("smsconnection", "secret_sealed", "secret"),
)


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0013_conversations'),
    ]

    operations = [
        operation
        for model, column, name in COLUMNS
        for operation in (
            migrations.AlterField(
                model_name=model,
                name=column,
                field=core.sealed.fields.SealedTextField(blank=True, db_column=column, editable=False),
            ),
            migrations.RenameField(model_name=model, old_name=column, new_name=name),
        )
    ]
