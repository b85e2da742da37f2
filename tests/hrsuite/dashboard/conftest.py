"""The same story and people as on recruitment's pages."""

from tests.recruitment.admin.conftest import as_hr, recruiter, story

__all__ = ["as_hr", "recruiter", "story"]
