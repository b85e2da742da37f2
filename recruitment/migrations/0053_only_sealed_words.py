from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0052_seal_words'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='candidatenote',
            constraint=models.CheckConstraint(condition=models.Q(('text__stored_sealed', True)), name='candidate_note_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(('words__stored_sealed', True)), name='problem_words_are_sealed'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(('answer__stored_sealed', True)), name='problem_answer_is_sealed'),
        ),
    ]
