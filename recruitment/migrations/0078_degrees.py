"""The degree of an education, a field of its own; those that stood in words are read from them once."""

from django.db import migrations, models

# The highest first. As the words were read until now, in the database.
WORDS = (
    (4, r"博士|\mPh\.?D|\mdoctor"),
    (3, r"硕士|研究生|\mMBA\M|\mmaster|\mM\.?(Sc|A|Eng)\M"),
    (2, r"本科|学士|\mbachelor|\mB\.?(Sc|A|Eng)\M"),
    (1, r"大专|专科|高职|\mjunior college|\massociate"),
)


def forwards(apps, schema_editor):
    """Nothing was decided by it: the history has no line, and what it says of earlier days is the same as today."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hrsuite.resealing', 'on', true)")
        for degree, words in WORDS:
            cursor.execute(
                "UPDATE recruitment_resumefact SET degree = %s"
                " WHERE kind = 'education' AND degree IS NULL AND title ~* %s",
                [degree, words],
            )
        cursor.execute("SELECT set_config('hrsuite.resealing', 'off', true)")


class Migration(migrations.Migration):
    dependencies = [
        ('recruitment', '0077_faces'),
    ]

    operations = [
        migrations.AddField(
            model_name='resumefact',
            name='degree',
            field=models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Junior college'), (2, 'Bachelor'), (3, 'Master'), (4, 'Doctor')], help_text='Of an education. Empty: it names none.', null=True, verbose_name='degree'),
        ),
        migrations.AddConstraint(
            model_name='resumefact',
            constraint=models.CheckConstraint(condition=models.Q(('degree', None), models.Q(('degree__in', [1, 2, 3, 4]), ('kind', 'education')), _connector='OR'), name='degree_of_an_education', violation_error_code='degree_without_education', violation_error_message='Only an education has a degree.'),
        ),
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
