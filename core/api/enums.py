"""What the API's schema calls the choices of the ground."""

ENUMS = {"BasisEnum": "core.figures.Basis"}
