import core.sealed.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0053_only_sealed_words'),
    ]

    operations = [
        migrations.AlterField(
            model_name='answer',
            name='text',
            field=core.sealed.fields.SealedTextField(blank=True, verbose_name='text'),
        ),
    ]
