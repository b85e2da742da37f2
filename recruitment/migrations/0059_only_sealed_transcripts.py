from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0058_seal_transcripts'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='transcript',
            constraint=models.CheckConstraint(condition=models.Q(('pieces__stored_sealed', True)), name='transcript_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='transcript',
            constraint=models.CheckConstraint(condition=models.Q(('corrected__stored_sealed', True)), name='transcript_correction_is_sealed'),
        ),
    ]
