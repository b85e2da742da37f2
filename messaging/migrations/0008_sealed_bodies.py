import core.sealed.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0007_sms'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='body',
            field=core.sealed.fields.SealedTextField(verbose_name='text'),
        ),
    ]
