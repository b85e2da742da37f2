from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0061_hold_of_application'),
    ]

    operations = [
        migrations.AddField(
            model_name='erasure',
            name='by_period',
            field=models.BooleanField(default=False, verbose_name='by its period'),
        ),
    ]
