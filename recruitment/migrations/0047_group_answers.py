import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0046_rules_of_their_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='GroupAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gender', models.CharField(blank=True, choices=[('female', 'Female'), ('male', 'Male'), ('other', 'Another')], max_length=10, verbose_name='gender')),
                ('age_band', models.CharField(blank=True, choices=[('under_25', 'Under 25'), ('25_34', '25 to 34'), ('35_44', '35 to 44'), ('45_over', '45 or over')], max_length=10, verbose_name='age band')),
                ('consent_version', models.CharField(max_length=20, verbose_name='version')),
                ('answered_at', models.DateTimeField(auto_now=True, verbose_name='answered at')),
                ('candidate', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='recruitment.candidate', verbose_name='candidate')),
            ],
            options={
                'verbose_name': 'voluntary details for comparing groups',
                'verbose_name_plural': 'voluntary details for comparing groups',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('age_band', ''), ('gender', ''), _negated=True), name='group_answer_says_something')],
            },
        ),
    ]
