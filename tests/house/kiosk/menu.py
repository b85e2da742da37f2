from core.admin.menu import Entry, Group

ENTRIES = [Entry(Group("Kiosk", 80), "Badges", "badge", address="kiosk-badges", order=10)]
