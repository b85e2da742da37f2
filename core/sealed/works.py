"""The long work of sealed data: done beside the product's own jobs."""

from django.utils.translation import gettext_lazy as _

from core.jobs.works import SLOW, WorkKind
from core.sealed import rotation

WORKS = [
    WorkKind(
        code=rotation.RESEAL,
        title=_("Sealing anew"),
        rows=rotation.rows_of,
        bring=rotation.bring,
        ended=rotation.ended,
        cluster=SLOW,
        at_once=1000,
    )
]
