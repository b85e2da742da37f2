import core.sealed.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0027_only_sealed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='candidatemerge',
            name='email',
            field=core.sealed.fields.SealedTextField(blank=True, max_length=254, verbose_name='e-mail'),
        ),
        migrations.AlterField(
            model_name='candidatemerge',
            name='other_contacts',
            field=core.sealed.fields.SealedTextField(blank=True, verbose_name='other contact details'),
        ),
        migrations.AlterField(
            model_name='candidatemerge',
            name='phone',
            field=core.sealed.fields.SealedTextField(blank=True, max_length=30, verbose_name='phone'),
        ),
        migrations.AlterField(
            model_name='publicapplication',
            name='email',
            field=core.sealed.fields.SealedTextField(looked_up=True, max_length=254, verbose_name='e-mail'),
        ),
        migrations.AlterField(
            model_name='publicapplication',
            name='phone',
            field=core.sealed.fields.SealedTextField(looked_up=True, max_length=30, verbose_name='phone'),
        ),
    ]
