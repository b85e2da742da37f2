from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0048_calendar_links'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['created_at', 'id'], name='application_by_applied'),
        ),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(fields=['opened_at', 'id'], name='follow_up_by_opened'),
        ),
        migrations.AddIndex(
            model_name='interview',
            index=models.Index(Coalesce('completed_at', 'interrupted_at'), condition=models.Q(('state__in', ['completed', 'abandoned'])), name='interview_by_end'),
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(fields=['sent_at', 'id'], name='offer_by_sent'),
        ),
    ]
