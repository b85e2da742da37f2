"""What every model with a guarded state shares: nobody writes the state but its own transitions."""

from typing import Any, cast

from django.core.exceptions import FieldError
from django.db import models
from django_fsm import ConcurrentTransitionMixin


class StatefulQuerySet(models.QuerySet):
    """Refuses to write a guarded state in bulk: a step is taken on a locked row or not at all."""

    def update(self, **values: Any) -> int:
        guarded = {field.name for field in cast(Any, self.model)().state_fields} & set(values)
        if guarded:
            raise FieldError(f"{', '.join(sorted(guarded))} is moved by its transitions only")
        return super().update(**values)


class StatefulModel(ConcurrentTransitionMixin, models.Model):
    """A model with a protected state field; saving a stale copy raises ConcurrentTransition."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Reload the row. The library's own version leaves the field unprotected for the whole process when the row
        is gone; here the protected value is taken off this one object instead, and put back when reading fails."""
        kept = {field.attname: self.__dict__.pop(field.attname, None) for field in self.state_fields}
        try:
            models.Model.refresh_from_db(self, *args, **kwargs)
        except BaseException:
            self.__dict__.update(kept)
            raise
        for name, value in kept.items():
            self.__dict__.setdefault(name, value)
        self._update_initial_state()
