"""角色权限: what each role may, on one page; an administrator changes it, whoever keeps or reads may look."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from core.history.models import Change
from core.history.words import Words
from people.actors import person_of
from people.enums import Role
from people.models import RoleRight
from people.models.rights import read_grid
from people.rights import BY_DEPARTMENT, Reach, Right, is_fixed
from people.rules import has_right, is_hr
from people.services import granting

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """One role's reach of one right, with what may be chosen instead: nothing where it is fixed."""

    name: str
    title: str
    reach: str
    label: str
    choices: tuple[tuple[str, str], ...]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def rights(request: HttpRequest) -> HttpResponse:
    """The grid with its last changes; POST changes cells with a reason. A constant number of queries."""
    person = person_of(request)
    if not (is_hr(person) or has_right(person, Right.KEEP)):
        raise PermissionDenied
    may_change = has_right(person, Right.GRANT)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        return _change(request)
    grid = read_grid()
    context = {
        **admin.site.each_context(request),
        "title": _("Rights by role"),
        "rights": [right.label for right in Right],
        "lines": [(role.label, [_cell(role, right, grid.cells) for right in Right]) for role in Role],
        "version": granting.version_of(grid),
        "may_change": may_change,
        "longest": granting.LONGEST_REASON,
        "entries": _last_changes(),
    }
    return TemplateResponse(request, "people/admin/rights.html", context)


def _change(request: HttpRequest) -> HttpResponse:
    cells = {
        (role, right): request.POST[f"{role}:{right}"]
        for role in Role.values
        for right in Right.values
        if f"{role}:{right}" in request.POST
    }
    try:
        changed = granting.change_grid(
            cells=cells,
            reason=request.POST.get("reason", ""),
            version=request.POST.get("version", ""),
            by=person_of(request),
        )
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        said = ngettext("%(n)s right was changed.", "%(n)s rights were changed.", changed) % {"n": changed}
        messages.success(request, said)
    return HttpResponseRedirect(reverse("rights"))


def _cell(role: Role, right: Right, cells: granting.Cells) -> Cell:
    reach = Reach(cells.get((role, right), Reach.NONE))
    offered = [one for one in Reach if one != Reach.DEPARTMENT or right in BY_DEPARTMENT]
    return Cell(
        name=f"{role}:{right}",
        title=f"{role.label} · {right.label}",
        reach=reach,
        label=str(reach.label),
        choices=() if is_fixed(role, right) else tuple((one, str(one.label)) for one in offered),
    )


def _last_changes() -> list[object]:
    keys = [str(pk) for pk in RoleRight.objects.order_by().values_list("pk", flat=True)]
    found = Change.objects.filter(model=RoleRight._meta.label_lower, object_id__in=keys, did="U")
    return list(Words(found.select_related("by").order_by("-pk")[:SHOWN]).entries())
