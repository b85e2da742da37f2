from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0029_seal_more'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='candidatemerge',
            constraint=models.CheckConstraint(condition=models.Q(('email__stored_sealed', True)), name='merged_email_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='candidatemerge',
            constraint=models.CheckConstraint(condition=models.Q(('phone__stored_sealed', True)), name='merged_phone_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='candidatemerge',
            constraint=models.CheckConstraint(condition=models.Q(('other_contacts__stored_sealed', True)), name='merged_others_are_sealed'),
        ),
        migrations.AddConstraint(
            model_name='publicapplication',
            constraint=models.CheckConstraint(condition=models.Q(('phone__stored_sealed', True)), name='intake_phone_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='publicapplication',
            constraint=models.CheckConstraint(condition=models.Q(('email__stored_sealed', True)), name='intake_email_is_sealed'),
        ),
    ]
