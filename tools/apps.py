from django.apps import AppConfig


class ToolsConfig(AppConfig):
    """Commands only."""

    name = "tools"
    verbose_name = "tools"
