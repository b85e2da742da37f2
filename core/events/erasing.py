"""What events and their reactions say of a person in words. That they happened, when and by whom stays."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.events.models import Event, Reaction
from core.persons import Part, Person, without

# Facts that somebody typed.
TYPED = ("reason", "note", "answer")


def _events(person: Person) -> int:
    about = Q(pk__in=[])
    for label, ids in person.records.items():
        if ids:
            about |= Q(subject_type=label, subject_id__in=ids)
    count = 0
    events = list(Event.objects.filter(about))
    for event in events:
        typed = {key: "" for key in TYPED if event.facts.get(key)}
        facts = without({**event.facts, **typed}, person.words)
        if facts != event.facts:
            count += Event.objects.filter(pk=event.pk).update(facts=facts)
    reactions = Reaction.objects.filter(about | Q(event__in=[event.pk for event in events]))
    for row in reactions:
        effects, note = without(row.effects, person.words), without(row.note, person.words)
        if (effects, note) != (row.effects, row.note):
            count += Reaction.objects.filter(pk=row.pk).update(effects=effects, note=note)
    return count


PARTS = [Part("events", _("Reasons and names in chains of events"), 40, _events)]
