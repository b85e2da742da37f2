from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0059_only_sealed_transcripts'),
    ]

    operations = [
        migrations.AddField(
            model_name='erasure',
            name='told_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='last word written at'),
        ),
    ]
