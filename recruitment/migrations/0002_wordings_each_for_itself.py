"""Wordings that were typed with Chinese commas or one a line, and stored as one, become one each."""

import django.contrib.postgres.fields
from django.db import migrations, models

from core.text import listed


def part(apps, schema_editor):
    """Each wording for itself; what no answer could match is matched from now on. Scores given stay as they are."""
    points = apps.get_model("recruitment", "MentionPoint").objects
    changed = []
    for point in points.only("wordings").iterator():
        if (wordings := listed(*point.wordings)) not in ([], point.wordings):
            point.wordings = wordings
            changed.append(point)
    points.bulk_update(changed, ["wordings"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="mentionpoint",
            name="wordings",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                help_text="Parted by commas or line ends; any one counts.",
                size=None,
                verbose_name="wordings",
            ),
        ),
        migrations.RunPython(part, migrations.RunPython.noop),
    ]
