import django.contrib.postgres.fields
import people.enums
from django.db import migrations, models

# What the code said before this: each role's rights as they were, and the two roles that are new.
_BEGUN = {
    "recruiting": {"read": "house", "recruit": "department"},
    "onboarding": {"read": "house", "prepare": "house"},
    "training": {"read": "house", "train": "house"},
    "lead": {
        "read": "house", "recruit": "house", "prepare": "house", "train": "house", "decide": "house", "keep": "house",
    },
    "manager": {},
    "interviewer": {},
    "administrator": {"keep": "house", "run": "house", "grant": "house"},
}
_RIGHTS = ("read", "recruit", "prepare", "train", "decide", "keep", "run", "grant")


def seed(apps, schema_editor):
    """Every cell of the grid."""
    apps.get_model("people", "RoleRight").objects.bulk_create(
        apps.get_model("people", "RoleRight")(role=role, right=right, reach=has.get(right, "none"))
        for role, has in _BEGUN.items()
        for right in _RIGHTS
    )


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('people', '0011_names_in_any_case'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoleRight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=people.enums.role_choices, max_length=20, verbose_name='role')),
                ('right', models.CharField(choices=[('read', 'Read what HR knows'), ('recruit', 'Recruit'), ('prepare', 'Prepare starts'), ('train', 'Plan training'), ('decide', 'Decide for HR'), ('keep', 'Keep the house'), ('run', 'Run the machine'), ('grant', 'Change this grid')], max_length=20, verbose_name='right')),
                ('reach', models.CharField(choices=[('none', '–'), ('department', 'own department and below'), ('house', 'whole house')], default='house', max_length=20, verbose_name='reach')),
            ],
            options={
                'verbose_name': 'right of a role',
                'verbose_name_plural': 'rights by role',
                'ordering': ['role', 'right'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='user',
            name='people_user_roles_are_known',
        ),
        migrations.AlterField(
            model_name='user',
            name='roles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('recruiting', 'Recruiting specialist'), ('onboarding', 'Onboarding specialist'), ('training', 'Training specialist'), ('lead', 'HR lead'), ('manager', 'Department manager'), ('interviewer', 'Interviewer'), ('administrator', 'System administrator')], max_length=20), blank=True, default=list, size=None, verbose_name='roles'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('roles__contained_by', ['recruiting', 'onboarding', 'training', 'lead', 'manager', 'interviewer', 'administrator'])), name='people_user_roles_are_known'),
        ),
        migrations.AddConstraint(
            model_name='roleright',
            constraint=models.UniqueConstraint(fields=('role', 'right'), name='people_right_once_for_a_role'),
        ),
        migrations.AddConstraint(
            model_name='roleright',
            constraint=models.CheckConstraint(condition=models.Q(('right__in', ['read', 'recruit', 'prepare', 'train', 'decide', 'keep', 'run', 'grant'])), name='people_right_is_known'),
        ),
        migrations.AddConstraint(
            model_name='roleright',
            constraint=models.CheckConstraint(condition=models.Q(('reach__in', ['none', 'department', 'house'])), name='people_right_reach_is_known'),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
