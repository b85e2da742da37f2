import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_saved_views'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('report', models.CharField(max_length=40, verbose_name='which report')),
                ('definition', models.CharField(max_length=64)),
                ('parameters', models.JSONField(default=dict, verbose_name='filters')),
                ('language', models.CharField(max_length=10)),
                ('read_at', models.DateTimeField(verbose_name='read at')),
                ('first', models.DateField(verbose_name='first day')),
                ('last', models.DateField(verbose_name='last day')),
                ('wanted_at', models.DateTimeField(null=True)),
                ('counted_at', models.DateTimeField(null=True, verbose_name='counted at')),
                ('as_of', models.DateTimeField(null=True, verbose_name='as of')),
                ('seconds', models.FloatField(null=True, verbose_name='seconds that counting took')),
                ('content', models.JSONField(null=True)),
                ('error', models.CharField(blank=True, max_length=60)),
                ('checked_at', models.DateTimeField(null=True)),
                ('differences', models.PositiveIntegerField(default=0, verbose_name='differences found at night')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='read by')),
            ],
            options={
                'verbose_name': 'kept table of a report',
                'verbose_name_plural': 'kept tables of reports',
            },
        ),
    ]
