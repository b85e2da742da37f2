from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0009_seal_values'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='manyrow',
            constraint=models.CheckConstraint(condition=models.Q(('values__stored_sealed', True)), name='many_row_values_are_sealed'),
        ),
        migrations.AddConstraint(
            model_name='manyrun',
            constraint=models.CheckConstraint(condition=models.Q(('values__stored_sealed', True)), name='many_run_values_are_sealed'),
        ),
    ]
