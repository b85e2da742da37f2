"""Candidates' names, addresses and numbers come to one spelling; what a second person also gave is kept in words.

Whoever has an open application keeps an address or a number that two gave, else who was there first. Nothing is lost:
the other's, and what is no phone number, stand in "other contact details", are found by the search, and lead to who
has it.
"""

from django.db import migrations, models

from core import contacts
from people.names import search_key, sort_key

BATCH = 1000
WRITTEN = ["name", "name_key", "search_key", "email", "phone", "other_contacts"]
SAID = "%s（编号 %s 的候选人也留了同样的联系方式）"

GIVE_UP = """
    WITH given AS (
        SELECT c.id, c.{column} AS value,
            first_value(c.id) OVER theirs AS keeper,
            row_number() OVER theirs AS place
        FROM recruitment_candidate c
        WHERE c.{column} <> '' AND c.{column} IN (
            SELECT {column} FROM recruitment_candidate WHERE {column} <> '' GROUP BY 1 HAVING count(*) > 1
        )
        WINDOW theirs AS (
            PARTITION BY c.{column}
            ORDER BY EXISTS (
                SELECT FROM recruitment_application a
                WHERE a.candidate_id = c.id AND a.stage NOT IN ('hired', 'rejected', 'withdrawn', 'fell_through')
            ) DESC, c.id
        )
    )
    UPDATE recruitment_candidate c
    SET {column} = '',
        other_contacts = concat_ws(E'\\n', nullif(c.other_contacts, ''), format(%s, given.value, given.keeper))
    FROM given WHERE given.id = c.id AND given.place > 1
"""


def _phone_of(row):
    try:
        return contacts.phone(row.phone)
    except ValueError:
        row.other_contacts = "\n".join(filter(None, [row.other_contacts, row.phone.strip()]))
        return ""


def _keys(row):
    row.name_key = sort_key(row.name)[:120]
    row.search_key = search_key([row.name], phone=row.phone, others=[row.email], loose=row.other_contacts)


def spell(apps, schema_editor):
    """Each row's own spelling, a batch at a time; then what two have is left to one."""
    candidates = apps.get_model("recruitment", "Candidate").objects
    rows = candidates.order_by("pk").only(*WRITTEN)
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        changed = []
        for row in batch:
            before = (row.name, row.email, row.phone)
            row.name, row.email, row.phone = (
                contacts.name(row.name) or f"#{row.pk}", contacts.email(row.email), _phone_of(row)
            )  # fmt: skip
            if (row.name, row.email, row.phone) != before:
                _keys(row)
                changed.append(row)
        candidates.bulk_update(changed, WRITTEN, batch_size=BATCH)
    with schema_editor.connection.cursor() as cursor:
        for column in ("email", "phone"):
            cursor.execute(GIVE_UP.format(column=column), [SAID])
    for row in list(rows.exclude(other_contacts="")):
        _keys(row)
        row.save(update_fields=["search_key"])


class Migration(migrations.Migration):
    dependencies = [("recruitment", "0008_changes")]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="other_contacts",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Nothing is sent to these; they are found by the search.",
                verbose_name="other contact details",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(spell, migrations.RunPython.noop),
    ]
