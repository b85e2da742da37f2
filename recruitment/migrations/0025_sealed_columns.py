import core.sealed.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0024_offers'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='candidate',
            name='one_candidate_per_email',
        ),
        migrations.RemoveConstraint(
            model_name='candidate',
            name='one_candidate_per_phone',
        ),
        migrations.RemoveConstraint(
            model_name='candidate',
            name='candidate_phone_is_one',
        ),
        migrations.RemoveConstraint(
            model_name='candidate',
            name='candidate_email_in_small_letters',
        ),
        migrations.AlterField(
            model_name='candidate',
            name='email',
            field=core.sealed.fields.SealedTextField(blank=True, looked_up=True, max_length=254, verbose_name='e-mail'),
        ),
        migrations.AlterField(
            model_name='candidate',
            name='other_contacts',
            field=core.sealed.fields.SealedTextField(blank=True, help_text='Nothing is sent to these; they are found by the search.', verbose_name='other contact details'),
        ),
        migrations.AlterField(
            model_name='candidate',
            name='phone',
            field=core.sealed.fields.SealedTextField(blank=True, looked_up=True, max_length=30, verbose_name='phone'),
        ),
    ]
