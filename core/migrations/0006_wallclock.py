from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0005_trouble'),
    ]

    operations = [
        migrations.CreateModel(
            name='WallClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('total', models.FloatField(default=0.0)),
                ('set_by', models.FloatField(default=0.0)),
                ('set_at', models.DateTimeField(null=True)),
                ('steady_of', models.CharField(default='', max_length=100)),
                ('steady_at', models.DateTimeField(null=True)),
                ('steady_seconds', models.FloatField(default=0.0)),
            ],
            options={
                'verbose_name': 'clock on the wall',
                'verbose_name_plural': 'clocks on the wall',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_wall_clock')],
            },
        ),
    ]
