"""The back office: Unfold's admin site under its own app config, so that it is found before the apps register."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "unfold.sites.UnfoldAdminSite"
