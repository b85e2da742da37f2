from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0011_taken_job"),
    ]

    operations = [
        migrations.AddField(
            model_name="wallclock",
            name="times_set",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
