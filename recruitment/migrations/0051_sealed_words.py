import core.sealed.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0050_mailboxes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='candidatenote',
            name='text',
            field=core.sealed.fields.SealedTextField(verbose_name='note'),
        ),
        migrations.AlterField(
            model_name='problem',
            name='words',
            field=core.sealed.fields.SealedTextField(verbose_name='problem'),
        ),
        migrations.AlterField(
            model_name='problem',
            name='answer',
            field=core.sealed.fields.SealedTextField(blank=True, verbose_name='our answer'),
        ),
    ]
