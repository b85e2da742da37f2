from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0055_seal_answers'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(('text__stored_sealed', True)), name='answer_text_is_sealed'),
        ),
    ]
