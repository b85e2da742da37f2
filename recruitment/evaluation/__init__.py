"""How answers become scores: pure functions of what they are given, no database, no clock, no outside model."""
