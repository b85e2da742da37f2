"""What the API's schema calls the choices of this app."""

ENUMS = {
    "ScoreBasisEnum": "people.enums.ScoreBasis",
}
