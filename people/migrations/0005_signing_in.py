"""Open sessions, trusted devices, and the rule whose password is not enough: nobody's, until somebody says so."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import people.enums
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_keys_for_a_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='sessions_ended',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name='SecondFactorRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=people.enums.role_choices, max_length=20), blank=True, default=list, size=None, verbose_name='roles that need a second factor')),
                ('grace_days', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MaxValueValidator(90)], verbose_name='days to set it up')),
                ('since', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='in force since')),
            ],
            options={
                'verbose_name': 'rule of signing in',
                'verbose_name_plural': 'rules of signing in',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='people_second_factor_one_rule')],
            },
        ),
        migrations.CreateModel(
            name='TrustedDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('browser', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trusted_devices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'trusted device',
                'verbose_name_plural': 'trusted devices',
            },
        ),
        migrations.CreateModel(
            name='OpenSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('address', models.CharField(blank=True, max_length=50)),
                ('browser', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'open session',
                'verbose_name_plural': 'open sessions',
                'indexes': [models.Index(fields=['created_at'], name='people_open_session_by_time')],
            },
        ),
        migrations.RunSQL(
            "INSERT INTO people_secondfactorrule (id, roles, grace_days, since) VALUES (1, '{}', 7, now())",
            migrations.RunSQL.noop,
        ),
    ]
