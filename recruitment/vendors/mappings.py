"""Each vendor's words in ours: one table a vendor, in one file.

`standard` is the documented format. Another vendor gets a Mapping that says which of its words mean what. A competency
that a mapping leaves out (and every score of a face, a voice or a mood is left out) is kept as received and shown as
the vendor's; nothing of ours reads it.
"""

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from recruitment.enums import ExitCause

STARTED, STAGE_DONE, EXITED, RESUMED, COMPLETED = "started", "stage_done", "exited", "resumed", "completed"
KINDS = (STARTED, STAGE_DONE, EXITED, RESUMED, COMPLETED)

_STANDARD_CAUSES = {
    "network": ExitCause.NETWORK,
    "page_closed": ExitCause.PAGE_CLOSED,
    "app_switched": ExitCause.APP_SWITCHED,
    "device": ExitCause.DEVICE,
    "by_mistake": ExitCause.BY_MISTAKE,
    "interrupted_by_somebody": ExitCause.INTERRUPTED_BY_SOMEBODY,
    "time_conflict": ExitCause.TIME_CONFLICT,
    "unwilling": ExitCause.UNWILLING,
    "vendor": ExitCause.VENDOR,
}
_STANDARD_COMPETENCIES = {
    "communication": "communication",
    "expertise": "expertise",
    "reaction": "reaction",
    "composure": "composure",
    "teamwork": "teamwork",
}


@dataclass(frozen=True)
class Mapping:
    """How one vendor speaks: event kinds, exit causes, competencies, and the top of its score scale."""

    kinds: Table[str, str] = field(default_factory=lambda: MappingProxyType({kind: kind for kind in KINDS}))
    causes: Table[str, ExitCause] = field(default_factory=lambda: MappingProxyType(_STANDARD_CAUSES))
    competencies: Table[str, str] = field(default_factory=lambda: MappingProxyType(_STANDARD_COMPETENCIES))
    highest_score: Decimal = Decimal(100)


MAPPINGS: dict[str, Mapping] = {
    "standard": Mapping(),
    # 壹面: Chinese words, scores of ten. 表情 (expression) and 情绪状态 (mood) are left out on purpose.
    "yimian": Mapping(
        kinds=MappingProxyType(
            {
                "interview.begin": STARTED,
                "section.finish": STAGE_DONE,
                "interview.leave": EXITED,
                "interview.return": RESUMED,
                "interview.finish": COMPLETED,
            }
        ),
        causes=MappingProxyType(
            {
                "网络中断": ExitCause.NETWORK,
                "关闭页面": ExitCause.PAGE_CLOSED,
                "切换应用": ExitCause.APP_SWITCHED,
                "设备故障": ExitCause.DEVICE,
                "主动离开": ExitCause.UNWILLING,
                "平台故障": ExitCause.VENDOR,
            }
        ),
        competencies=MappingProxyType(
            {
                "沟通表达": "communication",
                "专业能力": "expertise",
                "反应能力": "reaction",
                "抗压能力": "composure",
                "协作意识": "teamwork",
            }
        ),
        highest_score=Decimal(10),
    ),
}
