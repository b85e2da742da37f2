from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0067_seal_secrets'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='vendor',
            constraint=models.CheckConstraint(condition=models.Q(('secret__stored_sealed', True)), name='vendor_secret_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('secret__stored_sealed', True)), name='mailbox_secret_is_sealed'),
        ),
    ]
