import django.utils.timezone
from django.db import migrations, models


def give(apps, schema_editor):
    """Whoever prepares starts has asked for these documents on paper: the right of its own begins there."""
    cells = apps.get_model("people", "RoleRight").objects
    cells.bulk_create(
        [
            cells.model(role=role, right="identity", reach=reach)
            for role, reach in cells.filter(right="prepare").values_list("role", "reach")
        ],
        ignore_conflicts=True,
    )


def take(apps, schema_editor):
    """Back to the rights of before."""
    apps.get_model("people", "RoleRight").objects.filter(right="identity").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0017_prospective_hires'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='roleright',
            name='people_right_is_known',
        ),
        migrations.AddField(
            model_name='employee',
            name='status_since',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='in this status since'),
        ),
        migrations.AddIndex(
            model_name='employee',
            index=models.Index(fields=['status', 'status_since'], name='people_employee_status_since'),
        ),
        migrations.AlterField(
            model_name='roleright',
            name='right',
            field=models.CharField(choices=[('read', 'Read what HR knows'), ('recruit', 'Recruit'), ('prepare', 'Prepare starts'), ('train', 'Plan training'), ('pay', 'See and set what is paid'), ('identity', 'See and enter identity documents and addresses'), ('compare', 'Compare groups of candidates'), ('decide', 'Decide for HR'), ('keep', 'Keep the house'), ('run', 'Run the machine'), ('grant', 'Change this grid')], max_length=20, verbose_name='right'),
        ),
        migrations.AddConstraint(
            model_name='roleright',
            constraint=models.CheckConstraint(condition=models.Q(('right__in', ['read', 'recruit', 'prepare', 'train', 'pay', 'identity', 'compare', 'decide', 'keep', 'run', 'grant'])), name='people_right_is_known'),
        ),
        migrations.RunPython(give, take),
    ]
