from core.events import DurableSignal

kiosk_opened = DurableSignal("kiosk_opened", "Kiosk opened", "The kiosk's door was opened. No facts.")
