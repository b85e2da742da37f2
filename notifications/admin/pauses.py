"""Channels that are shut, and why."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from notifications.models import ChannelPause
from recruitment.admin.scope import ReadOnly


@admin.register(ChannelPause)
class ChannelPauseAdmin(ReadOnly, ModelAdmin):
    """Set by the outbox when a provider refuses us, not a person; a past time means open again."""

    list_display = ["channel", "since", "until", "code"]
    ordering = ["-until"]
