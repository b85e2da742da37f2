from django.db import models


class Colour(models.TextChoices):
    RED = "red"
    BLUE = "blue"
