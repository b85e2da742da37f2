"""When recruitment's jobs run."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    Schedule(name="recruitment.score_unscored", func="recruitment.tasks.score_unscored", minutes=1),
    Schedule(name="recruitment.end_windows", func="recruitment.tasks.end_windows", minutes=1),
    Schedule(name="recruitment.expire_offers", func="recruitment.tasks.expire_offers", minutes=1),
    Schedule(name="recruitment.remind_of_offers", func="recruitment.tasks.remind_of_offers", minutes=5),
    Schedule(name="recruitment.end_slots", func="recruitment.tasks.end_slots", minutes=1),
    Schedule(name="recruitment.watch_follow_ups", func="recruitment.tasks.watch_follow_ups", minutes=1),
    Schedule(
        name="recruitment.report_forgotten", func="recruitment.tasks.report_forgotten", cron="7 * * * *"
    ),
    Schedule(name="recruitment.ask_vendors", func="recruitment.tasks.ask_vendors", minutes=10),
    Schedule(name="recruitment.apply_vendor_events", func="recruitment.tasks.apply_vendor_events", minutes=1),
    # Rewriting a long recording, and deleting many files in a store over the network, take their time.
    Schedule(
        name="recruitment.assemble_pending",
        func="recruitment.tasks.assemble_pending",
        minutes=1,
        cluster="slow",
    ),
    Schedule(
        name="recruitment.write_down_recordings",
        func="recruitment.tasks.write_down_recordings",
        minutes=1,
        cluster="slow",
    ),
    Schedule(
        name="recruitment.speak_questions",
        func="recruitment.tasks.speak_questions",
        minutes=1,
        cluster="slow",
    ),
    Schedule(name="recruitment.judge_owed", func="recruitment.tasks.judge_owed", minutes=1, cluster="slow"),
    Schedule(
        name="recruitment.liken_waiting", func="recruitment.tasks.liken_waiting", minutes=1, cluster="slow"
    ),
    Schedule(
        name="recruitment.delete_recordings",
        func="recruitment.tasks.delete_recordings",
        minutes=10,
        cluster="slow",
    ),
    Schedule(
        name="recruitment.sweep_orphans",
        func="recruitment.tasks.sweep_orphans",
        cron="23 * * * *",
        cluster="slow",
    ),
    Schedule(
        name="recruitment.sweep_all_orphans",
        func="recruitment.tasks.sweep_all_orphans",
        cron="11 4 * * *",
        cluster="slow",
    ),
    Schedule(
        name="recruitment.read_resumes", func="recruitment.tasks.read_resumes", minutes=1, cluster="slow"
    ),
    Schedule(
        name="recruitment.read_mailboxes", func="recruitment.tasks.read_mailboxes", minutes=5, cluster="slow"
    ),
    Schedule(
        name="recruitment.read_calendars", func="recruitment.tasks.read_calendars", minutes=5, cluster="slow"
    ),
    Schedule(
        name="recruitment.sweep_resumes",
        func="recruitment.tasks.sweep_resumes",
        cron="37 * * * *",
        cluster="slow",
    ),
    Schedule(name="recruitment.erase", func="recruitment.tasks.erase", minutes=1, cluster="slow"),
    Schedule(name="recruitment.make_copies", func="recruitment.tasks.make_copies", minutes=1, cluster="slow"),
    Schedule(name="recruitment.erase_again", func="recruitment.tasks.erase_again", minutes=10),
    Schedule(name="recruitment.tidy_rooms", func="recruitment.tasks.tidy_rooms", cron="41 3 * * *"),
    Schedule(
        name="recruitment.learn_estimates",
        func="recruitment.tasks.learn_estimates",
        cron="37 2 * * *",
        cluster="slow",
    ),
]
