import core.sealed.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_jobs_cluster'),
    ]

    operations = [
        migrations.AlterField(
            model_name='manyrow',
            name='values',
            field=core.sealed.fields.SealedTextField(null=True),
        ),
        migrations.AlterField(
            model_name='manyrun',
            name='values',
            field=core.sealed.fields.SealedTextField(default=dict),
        ),
    ]
