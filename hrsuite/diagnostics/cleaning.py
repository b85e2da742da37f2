"""What a log line may say outside of the house: its own words, and nothing that came from data.

Our log lines are English sentences of the code. Whatever is not (other letters, quoted text, numbers, addresses, keys)
came from data and is cut; and every word that is somebody's name or account here is cut besides.
"""

import re

from people.models import User
from recruitment.models import Candidate

# Whoever has more people with names in Latin letters than this cuts by the rules alone.
MOST_NAMES = 50_000
CUT = "…"
_RULES = (
    # A user's number in an address, a candidate's link, a file's name.
    (re.compile(r"https?://\S+"), CUT),
    (re.compile(r"\S+@\S+"), CUT),
    (re.compile(r"[^\x20-\x7e]+"), CUT),
    (re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»"), CUT),
    # What has letters and digits and is long is a key, a hash or an id of a request.
    (re.compile(r"(?=[A-Za-z0-9_\-.=]*\d)[A-Za-z0-9_\-=]{16,}"), CUT),
    (re.compile(r"\d{1,3}(?:\.\d{1,3}){3}"), CUT),
    (re.compile(r"\d+"), "#"),
)
_WORD = re.compile(r"[A-Za-z][A-Za-z.'\-]+")


def names() -> frozenset[str]:
    """Every word that is part of a colleague's account, or of a name in Latin letters here. Small letters."""
    found: set[str] = set()
    for account, name in User.objects.values_list("username", "name"):
        found.update(_WORD.findall(f"{account} {name}"))
    latin = Candidate.objects.filter(name__regex=r"^[ -~]+$").order_by()
    for name in latin.values_list("name", flat=True)[:MOST_NAMES]:
        found.update(_WORD.findall(name))
    return frozenset(word.lower() for word in found)


def cleaned(text: str, known: frozenset[str]) -> str:
    """The line as it may leave the house."""
    for rule, instead in _RULES:
        text = rule.sub(instead, text)
    return _WORD.sub(lambda found: CUT if found[0].lower() in known else found[0], text)
