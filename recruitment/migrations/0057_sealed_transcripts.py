import core.sealed.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0056_only_sealed_answers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='transcript',
            name='pieces',
            field=core.sealed.fields.SealedTextField(null=True, verbose_name='as the model wrote it'),
        ),
        migrations.AlterField(
            model_name='transcript',
            name='corrected',
            field=core.sealed.fields.SealedTextField(null=True, verbose_name='as corrected'),
        ),
    ]
