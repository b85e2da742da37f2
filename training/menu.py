"""What the sidebar offers of this app."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import Entry, Group
from people.enums import Role

TRAINING = Group(_("Training"), 40)

ENTRIES = [
    Entry(
        TRAINING,
        _("Training plans"),
        "school",
        model="training.trainingplan",
        order=10,
        daily=(Role.TRAINING,),
    ),
    Entry(
        TRAINING,
        _("Planned courses"),
        "playlist_add_check",
        model="training.planitem",
        order=20,
        daily=(Role.TRAINING,),
    ),
    Entry(TRAINING, _("Courses"), "menu_book", model="training.course", order=30, daily=(Role.TRAINING,)),
]
