import core.sealed.fields
import pgtrigger.migrations
from django.db import migrations

# Of texts: a number's type cannot be sealed, and a column's type is not changed under a trigger or a rule that reads it.
SEALED = core.sealed.fields.SealedTextField


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0079_entries_by_time'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='offer',
            name='offer_pays',
        ),
        migrations.RemoveConstraint(
            model_name='opening',
            name='opening_salary_is_a_range',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='offer',
            name='offer_terms_kept',
        ),
        migrations.AlterField(
            model_name='offer',
            name='conditions',
            field=SEALED(blank=True, verbose_name='conditions'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='letter',
            field=SEALED(null=True),
        ),
        migrations.AlterField(
            model_name='offer',
            name='letter_text',
            field=SEALED(blank=True, db_default='', default='', editable=False, verbose_name='text of the letter'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='range_high',
            field=SEALED(null=True, verbose_name='salary to'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='range_low',
            field=SEALED(null=True, verbose_name='salary from'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='salary',
            field=SEALED(verbose_name='salary'),
        ),
        migrations.AlterField(
            model_name='opening',
            name='salary_high',
            field=SEALED(blank=True, help_text='An offer above it is approved by the HR lead.', null=True, verbose_name='salary to'),
        ),
        migrations.AlterField(
            model_name='opening',
            name='salary_low',
            field=SEALED(blank=True, null=True, verbose_name='salary from'),
        ),
    ]
