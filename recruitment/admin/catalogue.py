"""What interviews measure and openings ask for: competencies and skills."""

from django.contrib import admin

from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from recruitment.models import Competency, Skill


@admin.register(Competency)
class CompetencyAdmin(Catalogue, ModelAdmin):
    """The competencies that stages measure."""

    list_display = ["name", "name_en", "code"]
    search_fields = ["name", "name_en", "code"]
    prepopulated_fields = {"code": ["name_en"]}
    fields = ["name", "name_en", "code"]


@admin.register(Skill)
class SkillAdmin(Catalogue, ModelAdmin):
    """The skills that openings require and courses teach."""

    list_display = ["name", "name_en", "code", "competency"]
    list_select_related = ["competency"]
    search_fields = ["name", "name_en", "code"]
    autocomplete_fields = ["competency"]
    prepopulated_fields = {"code": ["name_en"]}
    fields = ["name", "name_en", "code", "competency"]
