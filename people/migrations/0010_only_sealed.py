import core.sealed.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0009_seal'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='employee',
            constraint=models.CheckConstraint(condition=models.Q(('email__stored_sealed', True)), name='people_employee_email_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='employee',
            constraint=models.CheckConstraint(condition=models.Q(('phone__stored_sealed', True)), name='people_employee_phone_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='employee',
            constraint=models.CheckConstraint(condition=models.Q(('other_contacts__stored_sealed', True)), name='people_employee_others_sealed'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('phone__stored_sealed', True)), name='people_user_phone_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('other_contacts__stored_sealed', True)), name='people_user_others_are_sealed'),
        ),
    ]
