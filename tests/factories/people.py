"""People for tests: departments, colleagues by role, employee files."""

from itertools import count
from typing import Any

from people.models import Department, Employee, Role, User

PASSWORD = "correct-horse-battery"
_numbers = count(1)


def department(name: str = "", parent: Department | None = None, manager: User | None = None) -> Department:
    """A department; the name is made up when none is given."""
    name = name or f"部门{next(_numbers)}"
    return Department.objects.create(name=name, name_en=f"Department {name}", parent=parent, manager=manager)


def user(*roles: Role, name: str = "王小明", **fields: Any) -> User:
    """A colleague with `roles`, who signs in with PASSWORD."""
    number = next(_numbers)
    username = fields.pop("username", f"person{number}")
    fields.setdefault("email", f"{username}@example.com")
    fields.setdefault("wecom_userid", f"wecom-{username}")
    return User.objects.create_user(
        username=username, password=fields.pop("password", PASSWORD), name=name, roles=list(roles), **fields
    )


def recruiter(**fields: Any) -> User:
    """A recruiting specialist."""
    return user(Role.RECRUITING, **{"name": "李招聘", **fields})


def onboarder(**fields: Any) -> User:
    """An onboarding specialist."""
    return user(Role.ONBOARDING, **{"name": "陈入职", **fields})


def trainer(**fields: Any) -> User:
    """A training specialist."""
    return user(Role.TRAINING, **{"name": "赵培训", **fields})


def lead(**fields: Any) -> User:
    """The HR lead."""
    return user(Role.LEAD, **{"name": "周负责", **fields})


def manager(of: Department | None = None, **fields: Any) -> User:
    """A department manager, of a new department when none is given; named as the department's manager too."""
    of = of or department()
    person = user(Role.MANAGER, **{"name": "孙经理", "department": of, **fields})
    of.manager = person
    of.save()
    return person


def employee(of: Department | None = None, **fields: Any) -> Employee:
    """An employee file in preparation."""
    fields.setdefault("number", f"T{next(_numbers):05d}")
    fields.setdefault("name", "张三")
    fields.setdefault("position", "数据分析师")
    return Employee.objects.create(department=of or department(), **fields)
