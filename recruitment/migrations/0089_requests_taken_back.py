from django.db import migrations, models

STATES = [
    ("open", "To be answered"),
    ("ready", "Ready to be fetched"),
    ("granted", "Granted"),
    ("refused", "Not granted"),
    ("ended", "File deleted"),
    ("withdrawn", "Request taken back"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("recruitment", "0088_any_day_of_the_month"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="personrequest", name="person_request_state_known"),
        migrations.AlterField(
            model_name="personrequest",
            name="state",
            field=models.CharField(choices=STATES, default="open", max_length=10, verbose_name="state"),
        ),
        migrations.AddConstraint(
            model_name="personrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", [state for state, _name in STATES])),
                name="person_request_state_known",
            ),
        ),
    ]
