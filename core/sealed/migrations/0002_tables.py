from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealed', '0001_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealedTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=80, unique=True, verbose_name='table')),
            ],
            options={
                'verbose_name': 'sealed table',
                'verbose_name_plural': 'sealed tables',
                'ordering': ['label'],
            },
        ),
    ]
