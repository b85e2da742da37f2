from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0009_seal_bodies'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('body__stored_sealed', True)), name='message_body_is_sealed'),
        ),
    ]
