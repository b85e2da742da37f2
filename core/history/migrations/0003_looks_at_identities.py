from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('history', '0002_looks_in_full'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='look',
            name='look_kind_known',
        ),
        migrations.AlterField(
            model_name='look',
            name='kind',
            field=models.CharField(choices=[('page', 'page'), ('history', 'history'), ('export', 'export'), ('message', 'text of a message'), ('file', 'file'), ('contact', 'contact details in full'), ('identity', 'identity document and address in full')], max_length=10, verbose_name='what'),
        ),
        migrations.AddConstraint(
            model_name='look',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['page', 'history', 'export', 'message', 'file', 'contact', 'identity'])), name='look_kind_known'),
        ),
    ]
