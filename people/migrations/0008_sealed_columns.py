import core.sealed.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('people', '0007_days_off'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='employee',
            name='people_employee_phone_is_one',
        ),
        migrations.RemoveConstraint(
            model_name='user',
            name='people_user_phone_is_one',
        ),
        migrations.AlterField(
            model_name='employee',
            name='email',
            field=core.sealed.fields.SealedTextField(blank=True, looked_up=True, max_length=254, verbose_name='e-mail'),
        ),
        migrations.AlterField(
            model_name='employee',
            name='other_contacts',
            field=core.sealed.fields.SealedTextField(blank=True, default='', verbose_name='other contact details'),
        ),
        migrations.AlterField(
            model_name='employee',
            name='phone',
            field=core.sealed.fields.SealedTextField(blank=True, looked_up=True, max_length=30, verbose_name='phone'),
        ),
        migrations.AlterField(
            model_name='user',
            name='other_contacts',
            field=core.sealed.fields.SealedTextField(blank=True, default='', verbose_name='other contact details'),
        ),
        migrations.AlterField(
            model_name='user',
            name='phone',
            field=core.sealed.fields.SealedTextField(blank=True, looked_up=True, max_length=30, verbose_name='phone'),
        ),
    ]
