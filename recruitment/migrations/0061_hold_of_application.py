import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0060_erasure_told'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='hold',
            name='one_hold_at_a_time',
        ),
        migrations.AddField(
            model_name='hold',
            name='application',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='recruitment.application', verbose_name='application'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('application__isnull', True), ('lifted_at__isnull', True)), fields=('candidate',), name='one_hold_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('application',), name='one_hold_of_an_application'),
        ),
    ]
