"""A seal holds its changes by their numbers, one seal after the other without a gap."""

from django.db import migrations, models

# A day without changes begins and ends with what was sealed before it.
NUMBERS = """
    WITH ended AS (
        SELECT id, day, first, max(last) OVER (ORDER BY day) AS last FROM history_seal
    ), held AS (
        SELECT id, coalesce(lag(last) OVER (ORDER BY day) + 1, first) AS first, last FROM ended
    )
    UPDATE history_seal SET first = held.first, last = held.last,
        earliest = (SELECT min(at) FROM history_change WHERE history_change.id BETWEEN held.first AND held.last)
    FROM held WHERE held.id = history_seal.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0003_looks_at_identities"),
    ]

    operations = [
        migrations.AddField(
            model_name="seal",
            name="earliest",
            field=models.DateTimeField(null=True, verbose_name="earliest time"),
        ),
        migrations.AddField(
            model_name="seal",
            name="times_set",
            field=models.PositiveIntegerField(default=0, verbose_name="times that the clock had been set"),
        ),
        migrations.RunSQL(
            ["SET LOCAL hrsuite.history_open = 'on'", NUMBERS, "SET LOCAL hrsuite.history_open = 'off'"],
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="seal",
            name="first",
            field=models.BigIntegerField(verbose_name="first number"),
        ),
        migrations.AlterField(
            model_name="seal",
            name="last",
            field=models.BigIntegerField(verbose_name="last number"),
        ),
    ]
