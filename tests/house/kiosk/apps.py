from django.apps import AppConfig


class KioskConfig(AppConfig):
    name = "tests.house.kiosk"
    label = "kiosk"
    verbose_name = "Kiosk"

    def ready(self) -> None:
        from recruitment.signals import interview_started
        from tests.house.kiosk import receivers
        from tests.house.kiosk.signals import kiosk_opened

        interview_started.connect(receivers.print_badge, name="kiosk.print_badge")
        kiosk_opened.connect(receivers.print_badge, name="kiosk.print_badge")
