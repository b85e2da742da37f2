"""The form by which one signs in."""

from typing import Any

from unfold.forms import AuthenticationForm

from core.errors import TooMany


class SignInForm(AuthenticationForm):
    """Name and password. Too many tries are said in the form, and the page is then answered 429."""

    refused: TooMany | None = None

    def clean(self) -> dict[str, Any]:
        """The person; an error in words when it is nobody's password, or when too many were tried."""
        try:
            return super().clean()
        except TooMany as error:
            self.refused = error
            self.add_error(None, str(error.message))
            return self.cleaned_data
