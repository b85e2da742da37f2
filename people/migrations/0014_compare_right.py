from django.db import migrations, models


def give(apps, schema_editor):
    """A cell for each role, nobody's: an administrator gives it."""
    cells = apps.get_model("people", "RoleRight").objects
    roles = cells.order_by().values_list("role", flat=True).distinct()
    cells.bulk_create(
        [cells.model(role=role, right="compare", reach="none") for role in list(roles)], ignore_conflicts=True
    )


def take(apps, schema_editor):
    """Back to the rights of before."""
    apps.get_model("people", "RoleRight").objects.filter(right="compare").delete()


class Migration(migrations.Migration):
    dependencies = [
        ('people', '0013_pay_right'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='roleright',
            name='people_right_is_known',
        ),
        migrations.AlterField(
            model_name='roleright',
            name='right',
            field=models.CharField(choices=[('read', 'Read what HR knows'), ('recruit', 'Recruit'), ('prepare', 'Prepare starts'), ('train', 'Plan training'), ('pay', 'See and set what is paid'), ('compare', 'Compare groups of candidates'), ('decide', 'Decide for HR'), ('keep', 'Keep the house'), ('run', 'Run the machine'), ('grant', 'Change this grid')], max_length=20, verbose_name='right'),
        ),
        migrations.AddConstraint(
            model_name='roleright',
            constraint=models.CheckConstraint(condition=models.Q(('right__in', ['read', 'recruit', 'prepare', 'train', 'pay', 'compare', 'decide', 'keep', 'run', 'grant'])), name='people_right_is_known'),
        ),
        migrations.RunPython(give, take),
    ]
