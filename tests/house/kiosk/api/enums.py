ENUMS = {"KioskColourEnum": "tests.house.kiosk.enums.Colour"}
