import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import people.enums
import reports.models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name of the view')),
                ('report', models.CharField(max_length=40, verbose_name='which report')),
                ('filters', models.JSONField(default=dict, verbose_name='filters')),
                ('moves', models.BooleanField(default=False, verbose_name='days go along')),
                ('shared_with', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=people.enums.role_choices, max_length=20), blank=True, default=list, size=None, verbose_name='shared with')),
                ('rhythm', models.CharField(blank=True, choices=reports.models.rhythm_choices, default='', max_length=10, verbose_name='how often it is sent')),
                ('saved_at', models.DateTimeField(auto_now=True, verbose_name='kept at')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='kept by')),
            ],
            options={
                'verbose_name': 'kept view',
                'verbose_name_plural': 'kept views',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['shared_with'], name='view_shared_with')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='one_view_of_a_name'), models.CheckConstraint(condition=models.Q(('shared_with__contained_by', ['recruiting', 'onboarding', 'training', 'lead', 'manager', 'interviewer', 'administrator'])), name='view_roles_are_known')],
            },
        ),
    ]
