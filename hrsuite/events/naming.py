"""What events, receivers and rows are called on screen. The words come from above, where all apps are known."""

from collections.abc import Callable

Words = Callable[[str], str]
_words: dict[str, Words] = {}


def use(*, event: Words, receiver: Words, row: Words, actor: Words) -> None:
    """Take these for the names of a kind of event, a receiver, a kind of row ("app.model") and of who acted."""
    _words.update(event=event, receiver=receiver, row=row, actor=actor)


def event_name(kind: str) -> str:
    """What happened; its code as long as nobody gave words."""
    return _word("event", kind)


def receiver_name(name: str) -> str:
    """Whose work it is."""
    return _word("receiver", name)


def actor_name(label: str) -> str:
    """Who did it."""
    return _word("actor", label)


def row_name(model_label: str, pk: int) -> str:
    """Which row: its kind and number."""
    return f"{_word('row', model_label)} {pk}"


def _word(of: str, code: str) -> str:
    return _words[of](code) if of in _words else code
