"""A list of the admin is looked up by what its page offers: for every list, and for whatever somebody types."""

import pytest
from django.contrib import admin
from django.contrib.admin import FieldListFilter, SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.test import RequestFactory
from django.urls import reverse

from core.admin.base import ModelAdmin, OfferedLookups
from people.models import ApiToken
from people.services import tokens
from tests.factories import people
from tests.recruitment.admin.conftest import broken_off

pytestmark = pytest.mark.django_db

LISTS = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)
COMPARISONS = ["", "__regex", "__gte", "__isnull"]
# Of each kind of row, what none of its pages shows and somebody would like to know.
SECRETS = {
    "people.user": ["password", "api_tokens__digest", "api_tokens__name", "logentry__change_message"],
    "recruitment.mailbox": ["secret"],
    "recruitment.vendor": ["secret"],
    "recruitment.roomlink": ["token_hash", "sessions__token_hash"],
    "recruitment.candidate": ["applications__interviews__links__token_hash"],
    "notifications.message": ["body", "deliveries__address"],
    "recruitment.opening": ["specialist__password"],
}


def address(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.fixture
def as_admin(client):
    client.force_login(people.user(is_superuser=True, username="root"))
    return client


def test_every_page_is_of_the_one_class():
    strangers = {
        model._meta.label for model, one in admin.site._registry.items() if not isinstance(one, ModelAdmin)
    }
    assert strangers == set()
    request = RequestFactory().get("/")
    made = {one.get_changelist(request) for one in admin.site._registry.values()}
    assert [one for one in made if not issubclass(one, OfferedLookups)] == []


def test_a_training_specialist_reads_no_token_of_the_superuser(client):
    """The attack: the list of people says whether a prefix of the token fits, so the whole follows digit by digit."""
    root = people.user(is_superuser=True, username="root")
    tokens.mint(user_id=root.pk, name="integration", scope="read", days=30, by=root)
    digest = ApiToken.objects.get().digest
    client.force_login(people.trainer())
    right = f"{reverse('admin:people_user_changelist')}?api_tokens__digest__startswith={digest[:3]}&id__exact={root.pk}"
    wrong = right.replace(digest[:3], "zzz")
    answers = [client.get(one) for one in (right, wrong)]
    assert [(one.status_code, one.headers.get("Location")) for one in answers] == [
        (302, "/admin/people/user/?e=1")
    ] * 2
    pages = [client.get(one, follow=True).content.decode() for one in (right, wrong)]
    assert all("这个列表不能这样筛选" in page for page in pages)
    assert [root.username in page for page in pages] == [True, True]


@pytest.mark.thorough
@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label_lower)
def test_no_list_is_looked_up_by_what_its_page_does_not_offer(model, as_admin):
    """Every own column in several comparisons and every column one relation away: all lead back to the whole list."""
    own = [field.name for field in model._meta.get_fields()]
    lookups = {f"{name}{comparison}" for name in own for comparison in COMPARISONS}
    lookups |= {
        f"{field.name}__{column.name}__startswith"
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model
        for column in field.related_model._meta.concrete_fields
    }
    lookups |= {f"{name}__startswith" for name in SECRETS.get(model._meta.label_lower, [])}
    not_offered = lookups - offered_by(model)
    assert len(not_offered) >= len(COMPARISONS)
    for lookup in sorted(not_offered):
        answer = as_admin.get(address(model), {lookup: "1"})
        assert (answer.status_code, answer.headers.get("Location", "")[-4:]) == (302, "?e=1"), lookup


def offered_by(model) -> set[str]:
    """The parameters that the filters of a list ask for."""
    model_admin = admin.site._registry[model]
    request = RequestFactory().get("/")
    request.user = people.user(is_superuser=True)
    names = set(model_admin.also_by)
    for entry in model_admin.get_list_filter(request):
        if isinstance(entry, type) and issubclass(entry, SimpleListFilter):
            names.add(entry.parameter_name)
            continue
        path, kind = entry if isinstance(entry, tuple) else (entry, FieldListFilter.create)
        field = get_fields_from_path(model, path)[-1]
        names |= set(kind(field, request, {}, model, model_admin, field_path=path).expected_parameters())
    if model_admin.date_hierarchy:
        names |= {f"{model_admin.date_hierarchy}__{part}" for part in ("year", "month", "day")}
    return names


ODD = ["abc", "-1", "99999999999999999999", "2026-13-45", "0001-01-01", "\ud7ff'%"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:DateTimeField Schedule.next_run received a naive datetime:RuntimeWarning")
def test_what_a_list_offers_takes_any_value_without_an_error(as_admin):
    """The page, or back to the whole list: never a 5xx."""
    broken_off()
    for model in LISTS:
        for name in sorted(offered_by(model)):
            for value in ODD:
                status = as_admin.get(address(model), {name: value}).status_code
                assert status in (200, 302), (model, name, value, status)


def test_the_links_of_our_own_pages_still_lead_to_their_rows(as_admin):
    story = broken_off()
    for path in (
        f"recruitment/segment/?answer__interview__id__exact={story.interview.pk}",
        f"recruitment/recordingaccess/?recording__segment__answer__interview__id__exact={story.interview.pk}",
        f"recruitment/application/?opening__id__exact={story.application.opening_id}",
        "recruitment/decision/?outcome__exact=asked",
        "recruitment/followup/?kind__exact=asked",
        "recruitment/interview/?live_state=scheduled",
        "events/reaction/?is=undone",
        "recruitment/interviewexit/?is_announced__exact=1",
    ):
        assert as_admin.get(f"/admin/{path}").status_code == 200, path
    assert as_admin.get("/admin/recruitment/interviewexit/?left_at__gte=2026-01-01").status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        "app_label=people&model_name=department&field_name=manager&term=a&password__startswith=p",
        "app_label=people&model_name=user&field_name=password&term=a",
        "app_label=people&model_name=apitoken&field_name=user&term=a",
    ],
)
def test_an_autocomplete_answers_names_or_nothing(client, query):
    """What stands beside the term is not looked up; a field that is no relation of a page is refused."""
    people.user(is_superuser=True, username="root", name="管理员")
    client.force_login(people.trainer())
    answer = client.get(f"/admin/autocomplete/?{query}")
    assert answer.status_code in (200, 403)
    if answer.status_code == 200:
        plain = client.get(f"/admin/autocomplete/?{query.partition('&password')[0]}")
        assert answer.json() == plain.json()
