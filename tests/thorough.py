"""Which tests are thorough rather than quick: a change of one line does not wait for them."""

from pathlib import Path

TESTS = Path(__file__).resolve().parent
# What starts other processes or servers, decodes media or lays out documents.
PROCESSES = (
    "core/backups",
    "core/pdf",
    "core/process",
    "core/test_bounded.py",
    "core/test_confined.py",
    "core/test_outage.py",
    "core/test_primaries.py",
    "messaging/callbacks",
    "messaging/channels",
    "messaging/signing_in",
    "messaging/sms",
    "messaging/test_address_book.py",
    "messaging/test_connections.py",
    "messaging/test_receipts.py",
    "messaging/test_to_the_end.py",
    "messaging/wecom",
    "notifications/test_approval_cards.py",
    "notifications/test_approvals.py",
    "notifications/test_cards.py",
    "notifications/test_conversation.py",
    "notifications/test_wechat_watched.py",
    "people/test_second_factor.py",
    "people/test_signing_in.py",
    "recruitment/intake",
    "recruitment/recordings",
    "recruitment/resumes",
    "recruitment/room/chunks",
    "recruitment/rounds/test_outside.py",
    "recruitment/vendors/test_polling.py",
    "reports/test_kept_killed.py",
    "reports/test_printing.py",
    "tools/phone",
    "tools/trouble",
)
# What walks through every page, address, right or table, or learns from hundreds of interviews.
WALKS = (
    "chains/test_taken_twice.py",
    "core/admin/test_bytes.py",
    "core/admin/test_exports.py",
    "core/admin/test_versions.py",
    "core/api/test_asking.py",
    "core/api/test_pages.py",
    "hrsuite/api/test_schema.py",
    "hrsuite/dashboard/test_budgets.py",
    "hrsuite/dashboard/test_homes.py",
    "hrsuite/dashboard/test_links.py",
    "notifications/test_many.py",
    "notifications/test_validity.py",
    "onboarding/admin/test_pages.py",
    "people/test_every_address.py",
    "people/test_viewing.py",
    "recruitment/admin",
    "recruitment/evaluation/learning",
    "recruitment/evaluation/test_learning.py",
    "recruitment/evaluation/test_local_vectors.py",
    "recruitment/experiments/test_sequence.py",
    "recruitment/privacy",
    "recruitment/room/test_bad_input.py",
    "recruitment/services/test_due_in_sets.py",
    "recruitment/services/test_lapsed_in_sets.py",
    "reports/test_edges.py",
    "reports/test_further.py",
    "reports/test_kept.py",
    "reports/test_named.py",
    "reports/test_own_tables.py",
    "test_permissions.py",
    "test_rights_grid.py",
)
# Where each test plays a long story through: whoever lives it, what is written of it and what the figures say then.
STORIES = (
    "chains/test_failures.py",
    "hrsuite/management/test_backtest.py",
    "recruitment/evaluation/test_desk.py",
    "recruitment/evaluation/test_judging.py",
    "recruitment/evaluation/test_printing.py",
    "recruitment/offers",
    "recruitment/room/test_probes.py",
    "recruitment/rounds/test_busy.py",
    "recruitment/rounds/test_slots.py",
    "recruitment/test_telling_late.py",
    "reports/test_before_after.py",
    "reports/test_folding.py",
    "reports/test_headcount.py",
    "reports/test_letter.py",
    "reports/test_planned_then.py",
    "reports/test_planning.py",
    "reports/test_quarter.py",
    "reports/test_saved.py",
    "reports/test_small.py",
)
PLACES = frozenset(TESTS / place for place in (*PROCESSES, *WALKS, *STORIES))


def is_thorough(path: Path) -> bool:
    """Whether the test file is named here, or lies in a folder that is."""
    return not PLACES.isdisjoint((path, *path.parents))
