import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0043_opening_on_one_page'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=30, unique=True, verbose_name='tag')),
                ('key', models.CharField(editable=False, max_length=60, unique=True)),
            ],
            options={
                'verbose_name': 'tag',
                'verbose_name_plural': 'tags',
                'ordering': ['key'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='tag_says_something')],
            },
        ),
        migrations.CreateModel(
            name='CandidateTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('put_at', models.DateTimeField(auto_now_add=True, verbose_name='at')),
                ('candidate', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='recruitment.candidate', verbose_name='candidate')),
                ('put_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recruitment.tag', to_field='name', verbose_name='tag')),
            ],
            options={
                'verbose_name': "candidate's tag",
                'verbose_name_plural': "candidates' tags",
                'ordering': ['id'],
                'indexes': [models.Index(fields=['tag', 'candidate'], name='candidate_by_tag')],
                'constraints': [models.UniqueConstraint(fields=('candidate', 'tag'), name='candidate_has_tag_once')],
            },
        ),
    ]
