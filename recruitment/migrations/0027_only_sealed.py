import core.sealed.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0026_seal'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.UniqueConstraint(core.sealed.fields.Mark('email'), condition=models.Q(('email', ''), _negated=True), name='one_candidate_per_email', violation_error_code='candidate_known'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.UniqueConstraint(core.sealed.fields.Mark('phone'), condition=models.Q(('phone', ''), _negated=True), name='one_candidate_per_phone', violation_error_code='candidate_known'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.CheckConstraint(condition=models.Q(('email__stored_sealed', True)), name='candidate_email_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.CheckConstraint(condition=models.Q(('phone__stored_sealed', True)), name='candidate_phone_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.CheckConstraint(condition=models.Q(('other_contacts__stored_sealed', True)), name='candidate_others_are_sealed'),
        ),
    ]
