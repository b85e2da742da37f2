"""Departments, people and their rights, the working calendar: what every other app stands on."""
