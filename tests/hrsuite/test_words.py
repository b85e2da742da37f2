"""The words of the back office: no English sentence where somebody reads Chinese, and one word for one thing."""

import re
from collections import defaultdict
from pathlib import Path

import django
import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from messaging.models import Message
from messaging.told import telling_of
from people.models import User
from recruitment.models import AdvanceRule, Competency, Skill
from tests.factories import people
from tests.factories import recruitment as make
from tests.hrsuite import pages
from tests.recruitment.admin.conftest import broken_off

# What is said for each, and what it is therefore never called.
NEVER = {
    "职位": "招聘需求；对候选人说“岗位”",
    "跟进队列": "跟进任务",
    "待人工决定": "晋级决定",
    "未录用": "淘汰",
    "联动": "后续处理",
    "事件": "动态；外部回传的叫“回传”",
    "哈希": "不说",
    "片段": "录音录像",
}
# The word is right in these entries: an employee's post, and what a training course is measured against.
BESIDE = {"岗位": {"position"}}
# To candidates an opening is a post.
TO_CANDIDATES = (
    "recruitment/room/",
    "recruitment/offers/letters",
    ".candidate.",
    "notifications/templates/notifications/status",
)
ROOT = Path(__file__).resolve().parents[2]


def said_in_chinese() -> list[tuple[str, str, str]]:
    """Every Chinese sentence: where it stands, its English, and itself."""
    found = []
    for folder in settings.LOCALE_PATHS:
        source = Path(folder) / "zh_Hans" / "LC_MESSAGES" / "django.po"
        for message in read_po(source.open("rb")):
            english = message.id[0] if isinstance(message.id, tuple) else message.id
            for text in message.string if isinstance(message.string, tuple) else (message.string,):
                if english:
                    found.append((" ".join(place for place, _line in message.locations), english, text))
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if ROOT in folder.parents and ".venv" not in folder.parts:
            for template in sorted((folder / "templates").rglob("*.*")):
                text = re.sub(r"\{[#%].*?[#%]\}", " ", template.read_text(encoding="utf-8"), flags=re.DOTALL)
                found.append((str(template.relative_to(ROOT)), "", text))
    return found


def test_one_word_for_one_thing() -> None:
    wrong = [
        f"{place or english}: “{word}” ({instead}): {text.strip()[:60]}"
        for place, english, text in said_in_chinese()
        for word, instead in NEVER.items()
        if word in text
    ]
    assert wrong == []


# Names that stand in the middle of a library's sentence: between Chinese words they have no blanks.
NAMED = re.compile(
    r"[%{][({]?(?:name|obj|object|items|fields|app|model|username|value|filter_title|field_labels?|site_name|"
    r"verbose_name|verbose_name_plural|model_name|module_name|objects_name|class_name)[)}]s?"
)
# What no page of ours says: Django's own mails and views, and what only programmers read.
UNSAID = (
    "emailed", "receive an email", "in case you’ve forgotten", "Enter your email address", "CSRF", "site_name",
    "allow_future", "query", "available", "Django", "lookup", "Hidden field", "date_field", "“Referer” header",
)  # fmt: skip
OF_DJANGO = Path(django.__file__).parent


def test_the_libraries_speak_as_the_house_does() -> None:
    """No blank around a name, nobody is called 你, and sentences end in Chinese."""
    wrong = []
    for folder in ("contrib/admin", "contrib/auth", "conf"):
        source = OF_DJANGO / folder / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
        for message in read_po(source.open("rb")):
            english = message.id if isinstance(message.id, str) else message.id[0]
            if not english or any(word in english for word in UNSAID):
                continue
            with translation.override("zh-hans"):
                said = gettext(english) if isinstance(message.id, str) else ngettext(*message.id, 2)
            blank = re.search(rf"[\u4e00-\u9fff] {NAMED.pattern}|{NAMED.pattern} [\u4e00-\u9fff]", said)
            if blank or "你" in said or re.search(r"[\u4e00-\u9fff][.,]( |$)", said):
                wrong.append(said)
    assert wrong == []


def test_a_post_is_an_employees_or_what_a_candidate_applies_for() -> None:
    wrong = [
        f"{place}: {text.strip()[:60]}"
        for place, english, text in said_in_chinese()
        if "岗位" in text
        and english not in BESIDE["岗位"]
        and not any(part in place for part in TO_CANDIDATES)
    ]
    assert wrong == []


def english_names() -> set[str]:
    """What somebody wrote in English on purpose: names in two languages."""
    found = set()
    for model in apps.get_models():
        names = [
            field.name
            for field in model._meta.get_fields()
            if isinstance(field, CharField | TextField) and field.name.endswith("_en")
        ]
        for values in model._default_manager.values_list(*names) if names else ():
            found |= {" ".join(value.split()) for value in values if value}
    return found


@pytest.fixture
def reader(db: None, client: Client) -> Client:
    """Somebody who may open every page of a company in the middle of its work."""
    call_command("load_demo", verbosity=0)
    person: User = people.user(username="root", name="管理员", is_superuser=True)
    client.force_login(person)
    return client


@pytest.mark.slow
def test_no_page_speaks_english_in_chinese_or_shows_what_python_holds(reader: Client) -> None:
    english, python, known = defaultdict(set), set(), english_names()
    keyboard = set()
    for address in pages.of_the_back_office():
        answer = reader.get(address)
        if answer.status_code != 200:
            continue
        html = answer.content.decode()
        for words in pages.english_of(html, known=known):
            english[words].add(address)
        if any(re.search(r"\('\w|\[<|object at 0x|datetime\.", text) for text in pages.text_of(html)):
            python.add(address)
        if pages.needs_a_keyboard(html):
            keyboard.add(address)
    assert (dict(english), python, keyboard) == ({}, set(), set())


@pytest.mark.slow
def test_no_refusal_of_a_form_speaks_english(reader: Client) -> None:
    """Everything left empty; then passwords that are too short, too common, too like the name."""
    english, known = defaultdict(set), english_names()
    bad = {"password1": "root", "password2": "root", "new_password1": "abc", "new_password2": "abd"}
    sent = [(address, values) for address in pages.forms_of(reader) for values in ({}, bad)]
    person = User.objects.get(username="root")
    password = reverse("admin:auth_user_password_change", args=[person.pk])
    sent += [(password, {"password1": each, "password2": each}) for each in ("root", "12345678", "管")]
    for address, values in sent:
        answer = reader.post(address, values)
        if answer.status_code in (200, 422):
            for words in pages.english_of(answer.content.decode(), known=known):
                english[words].add(address)
    assert dict(english) == {}


def test_names_of_competencies_and_skills_are_the_readers(db: None, client: Client) -> None:
    client.force_login(people.lead())
    skill = make.skill("excel")
    Skill.objects.filter(pk=skill.pk).update(name="表格", name_en="Spreadsheets")
    Competency.objects.update(name="专业", name_en="Professional skills")
    shown = {}
    for language in ("zh-hans", "en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = client.get(reverse("admin:recruitment_skill_change", args=[skill.pk])).content.decode()
        with translation.override(language):
            shown[language] = (
                str(Skill.objects.get()),
                str(skill.competency and Competency.objects.get()) in page,
            )
    assert shown == {"zh-hans": ("表格", True), "en": ("Spreadsheets", True)}


def test_a_persons_page_says_that_a_password_is_set_and_nothing_of_what_is_stored(
    db: None, client: Client
) -> None:
    client.force_login(people.lead())
    person = people.recruiter()
    address = reverse("admin:people_user_change", args=[person.pk])
    page = client.get(address).content.decode()
    assert "已设置密码。" in page
    algorithm, salt, *_rest = person.password.split("$")
    assert [part for part in (algorithm, salt, person.password) if part in page] == []
    User.objects.filter(pk=person.pk).update(password="!")
    assert "未设置密码" in client.get(address).content.decode()


def test_a_row_that_was_added_and_left_empty_is_said_to_be_none(db: None, client: Client) -> None:
    client.force_login(people.lead())
    opening = make.opening(threshold=None)
    address = reverse("admin:recruitment_opening_change", args=[opening.pk])
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    formsets = {"skills-TOTAL_FORMS": 1, "skills-INITIAL_FORMS": 0}
    formsets |= {"advance_rule-TOTAL_FORMS": 1, "advance_rule-INITIAL_FORMS": 0}
    formsets |= {"advance_rule-0-threshold": "80.00", "advance_rule-0-second_round_within": 3}
    formsets |= {"stage_promises-TOTAL_FORMS": 0, "stage_promises-INITIAL_FORMS": 0}
    answer = client.post(address, {**values, "target_month": "2026-12-01", **formsets})
    assert answer.status_code == 302, answer.context["errors"]
    said = [str(each) for each in get_messages(answer.wsgi_request)]
    # A rule that was taken as it is offered is none of them: it stands.
    assert [each for each in said if "没有填写" in each] == ["有 1 行添加后没有填写（所需技能），未保存。"]
    assert (opening.skills.count(), AdvanceRule.objects.get().threshold) == (0, 80)


def test_a_message_page_shows_its_state_in_words(db: None, client: Client) -> None:
    broken_off()
    client.force_login(people.lead())
    message = Message.objects.latest("pk")
    page = client.get(reverse("admin:messaging_message_change", args=[message.pk])).content.decode()
    said = pages.text_of(page)
    assert str(telling_of(message).state.label) in said
    assert [text for text in said if text.startswith("(") or text == message.state] == []


# What UTF-8 looks like where it was taken for another encoding on its way: a letter of Latin-1 and what follows it.
DECODED_TWICE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf]")
READ = {".css", ".html", ".js", ".md", ".po", ".py", ".txt", ".typ"}


def test_no_text_was_decoded_twice() -> None:
    """「汇报ï¼并」 is no comma: nobody sees the sign of it that cannot be seen."""
    ours = [
        path
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name != "var"
    ]
    files = [
        path
        for each in ours
        for path in each.rglob("*")
        if path.suffix in READ and "node_modules" not in path.parts
    ]
    assert len(files) > 1000
    wrong = [
        f"{path.relative_to(ROOT)}: {found[0]!r}"
        for path in files
        if path != Path(__file__) and (found := DECODED_TWICE.search(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []
