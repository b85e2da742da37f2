"""What the API's schema calls the choices of tables."""

ENUMS = {"ImportStateEnum": "core.exchange.models.ImportState"}
