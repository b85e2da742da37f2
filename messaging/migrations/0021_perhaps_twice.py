from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0020_conversations_not_known'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='is_repeated',
            field=models.BooleanField(db_default=False, default=False, verbose_name='perhaps shown twice'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('is_repeated', True)), fields=['accepted_at'], name='delivery_repeated'),
        ),
    ]
