from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_machines'),
    ]

    operations = [
        migrations.AddField(
            model_name='pulse',
            name='held_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='pulse',
            name='silent_since',
            field=models.DateTimeField(null=True),
        ),
    ]
