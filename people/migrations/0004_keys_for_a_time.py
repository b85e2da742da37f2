"""API keys have a scope and a last day. Those that are there were made to read and to take steps, and keep both."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_one_spelling'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='expires_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='good until'),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='scope',
            field=models.CharField(choices=[('read', 'Read only'), ('write', 'Read and take steps')], default='read', max_length=10, verbose_name='may'),
        ),
        migrations.RunSQL("UPDATE people_apitoken SET scope = 'write'", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='apitoken',
            index=models.Index(fields=['-created_at', '-id'], name='people_key_by_time'),
        ),
        migrations.AddIndex(
            model_name='apitoken',
            index=models.Index(fields=['expires_on'], name='people_key_ends'),
        ),
    ]
