"""What the ready plans ask. Written for this house; a plan that was taken over is edited like any other.

A post is (code, Chinese name, English name, professional questions, situation); a question (Chinese, English, points);
a point (competency, label, wordings in both languages): what a full answer mentions.
"""

from typing import NamedTuple


class Point(NamedTuple):
    """What a full answer mentions, in any of these wordings."""

    competency: str
    label: str
    wordings: list[str]


class Asked(NamedTuple):
    """A question in both languages."""

    text: str
    text_en: str
    points: list[Point]


class Post(NamedTuple):
    """A common post, and what its plan asks besides the introduction."""

    code: str
    name: str
    name_en: str
    questions: list[Asked]
    situation: Asked


COMPETENCIES = {
    "communication": ("沟通能力", "Communication"),
    "expertise": ("专业技能", "Professional skills"),
    "reaction": ("反应速度", "Quick thinking"),
    "composure": ("情绪管理", "Composure"),
    "teamwork": ("团队协作", "Teamwork"),
}
TALK, SKILL, QUICK, CALM, TEAM = COMPETENCIES

NOTES = (
    "请选择安静、网络稳定的地方，准备好约 25 分钟。共三个环节，按顺序作答；每完成一个环节会立即保存。"
    "题目没有标准答案，请结合自己的真实经历回答；遇到困难可以在页面里直接联系 HR。"
)
NOTES_EN = (
    "Please choose a quiet place with a stable connection and set aside about 25 minutes. There are three stages, one"
    " after the other; each is saved as soon as it is finished. No question has one right answer: talk about what you"
    " have done yourself. If something gets in your way, you can contact HR from the page."
)

INTRODUCTION = Asked(
    "请简单介绍自己：最近一份工作或实习里您负责什么，和哪些人配合，取得了什么结果？",
    "Please introduce yourself: what were you responsible for most recently, with whom, and what came of it?",
    [
        Point(TALK, "说清自己的职责", ["负责", "职责", "responsible", "my job"]),
        Point(TALK, "说出具体结果", ["结果", "提升", "完成", "result", "improved", "achieved"]),
        Point(TEAM, "说明与谁配合", ["配合", "团队", "同事", "协作", "team", "colleague", "together"]),
    ],
)

POSTS = [
    Post("software-engineer", "软件工程师", "Software engineer", [
        Asked(
            "请讲一个您排查过的线上故障：怎么发现，怎么定位，怎么防止再发生？",
            "Tell us about a fault in production that you tracked down: how was it found, located, and kept away?",
            [
                Point(SKILL, "看日志和监控", ["日志", "监控", "报警", "log", "monitoring", "alert"]),
                Point(SKILL, "找到根本原因", ["根因", "原因", "复现", "root cause", "reproduce"]),
                Point(SKILL, "补测试或预防措施", ["测试", "预防", "复盘", "test", "prevent", "review"]),
            ],
        ),
        Asked(
            "接手一段没有文档的老代码，您会怎样在不影响业务的前提下改进它？",
            "You take over old code without documentation. How do you improve it without disturbing the business?",
            [
                Point(SKILL, "先补测试再改", ["测试", "单元测试", "test"]),
                Point(SKILL, "小步修改", ["小步", "逐步", "分批", "重构", "small steps", "refactor"]),
                Point(TEAM, "和了解的人核对", ["请教", "沟通", "确认", "ask", "confirm", "check with"]),
            ],
        ),
    ], Asked(
        "上线前两小时发现一个不常出现的缺陷，产品坚持按时发布，您怎么处理？",
        "Two hours before a release you find a rare defect, and the product side insists on the date. What do you do?",
        [
            Point(QUICK, "评估影响范围", ["影响", "范围", "风险", "impact", "risk"]),
            Point(QUICK, "给出可选方案", ["方案", "开关", "回滚", "灰度", "option", "roll back", "feature flag"]),
            Point(CALM, "就事论事地说明", ["说明", "沟通", "冷静", "explain", "calm"]),
        ],
    )),
    Post("data-analyst", "数据分析师", "Data analyst", [
        Asked(
            "日活突然下降了 15%，您会按什么顺序排查？",
            "Daily users drop by 15% all of a sudden. In which order do you look into it?",
            [
                Point(SKILL, "先核对数据口径", ["口径", "数据质量", "埋点", "definition", "data quality", "tracking"]),
                Point(SKILL, "按维度拆分", ["拆分", "维度", "渠道", "版本", "segment", "dimension", "channel"]),
                Point(SKILL, "与历史同期对比", ["同比", "环比", "节假日", "对比", "compare", "season"]),
            ],
        ),
        Asked(
            "请讲一个您的分析真正改变了决定的例子。",
            "Tell us of an analysis of yours that changed a decision.",
            [
                Point(SKILL, "说清指标和方法", ["指标", "方法", "实验", "metric", "method", "experiment"]),
                Point(TALK, "把结论讲给业务听", ["业务", "结论", "汇报", "conclusion", "presented", "business"]),
                Point(SKILL, "跟踪后续效果", ["跟踪", "效果", "验证", "follow", "effect", "verify"]),
            ],
        ),
    ], Asked(
        "业务负责人当场质疑您的数据“不对”，您会怎么回应？",
        "In a meeting the head of business says that your figures are wrong. How do you answer?",
        [
            Point(CALM, "不争辩，先听清疑问", ["先听", "了解", "疑问", "listen", "understand"]),
            Point(QUICK, "说明来源和口径", ["来源", "口径", "source", "definition"]),
            Point(TALK, "约定核对并回复", ["核对", "回复", "会后", "check", "get back"]),
        ],
    )),
    Post("product-manager", "产品经理", "Product manager", [
        Asked(
            "同时来了十个需求，只能做三个，您怎么取舍？",
            "Ten requests come in and three can be built. How do you choose?",
            [
                Point(SKILL, "看用户价值", ["用户", "价值", "痛点", "user", "value"]),
                Point(SKILL, "衡量成本与收益", ["成本", "收益", "优先级", "cost", "benefit", "priority"]),
                Point(TALK, "向未入选的一方说明", ["说明", "沟通", "解释", "explain", "communicate"]),
            ],
        ),
        Asked(
            "请讲一个您负责的功能：上线后怎么知道它成功了？",
            "Take a feature of yours: how did you know after its release that it worked?",
            [
                Point(SKILL, "事先定好指标", ["指标", "目标", "metric", "goal"]),
                Point(SKILL, "用数据或访谈验证", ["数据", "访谈", "反馈", "data", "interview", "feedback"]),
                Point(SKILL, "根据结果迭代", ["迭代", "调整", "改进", "iterate", "adjust"]),
            ],
        ),
    ], Asked(
        "开发评估要两个月，而客户只给一个月，您怎么推进？",
        "Development says two months, the customer gives one. How do you go on?",
        [
            Point(QUICK, "拆出最小可用范围", ["最小", "拆分", "范围", "分期", "minimum", "scope", "phase"]),
            Point(TEAM, "和开发一起找方案", ["开发", "一起", "讨论", "engineers", "together"]),
            Point(TALK, "向客户管理预期", ["客户", "预期", "承诺", "customer", "expectation"]),
        ],
    )),
    Post("sales", "销售代表", "Sales representative", [
        Asked(
            "请讲一个从初次接触到签约的客户：关键的一步是什么？",
            "Tell us of a customer from first contact to contract: what was the decisive step?",
            [
                Point(SKILL, "挖掘客户需求", ["需求", "痛点", "了解", "need", "pain"]),
                Point(SKILL, "找到决策人", ["决策", "负责人", "关键人", "decision", "decide"]),
                Point(TALK, "持续跟进", ["跟进", "回访", "follow"]),
            ],
        ),
        Asked(
            "季度过半业绩只完成三成，您会怎么安排剩下的时间？",
            "Half the quarter is over and you stand at 30% of your target. How do you use what is left?",
            [
                Point(SKILL, "盘点现有线索", ["线索", "盘点", "商机", "pipeline", "lead"]),
                Point(SKILL, "按成交可能排序", ["优先", "排序", "重点", "prioritise", "priority", "likely"]),
                Point(TEAM, "主动寻求支持", ["主管", "团队", "支持", "support", "manager", "team"]),
            ],
        ),
    ], Asked(
        "客户说竞争对手便宜 20%，要您马上降价，您怎么谈？",
        "A customer says that a competitor is 20% cheaper and wants your price down at once. What do you say?",
        [
            Point(QUICK, "先问清对比的内容", ["对比", "问清", "具体", "compare", "what is included"]),
            Point(QUICK, "讲价值而不只讲价格", ["价值", "服务", "效果", "value", "service"]),
            Point(CALM, "守住底线，有条件让步", ["底线", "条件", "让步", "condition", "limit"]),
        ],
    )),
    Post("customer-service", "客服专员", "Customer service specialist", [
        Asked(
            "客户描述问题很混乱，您怎样在电话里弄清楚到底发生了什么？",
            "A customer describes a problem in confusion. How do you find out on the phone what happened?",
            [
                Point(TALK, "耐心倾听、不打断", ["倾听", "耐心", "不打断", "listen", "patient"]),
                Point(TALK, "复述并确认", ["复述", "确认", "repeat", "confirm"]),
                Point(SKILL, "查记录、按流程登记", ["记录", "工单", "流程", "record", "ticket", "process"]),
            ],
        ),
        Asked(
            "同一个问题这个月被问了上百次，您会做什么？",
            "The same question was asked a hundred times this month. What do you do?",
            [
                Point(SKILL, "统计并归类", ["统计", "归类", "分析", "count", "categor", "analyse"]),
                Point(TEAM, "反馈给相关部门", ["反馈", "产品", "部门", "feedback", "product", "department"]),
                Point(SKILL, "整理成统一答复", ["话术", "知识库", "答复", "faq", "knowledge base", "standard answer"]),
            ],
        ),
    ], Asked(
        "一位客户非常生气，要求立刻退款，但按规定不能退，您怎么处理？",
        "A customer is furious and wants the money back at once, which the rules do not allow. What do you do?",
        [
            Point(CALM, "先安抚、表示理解", ["理解", "抱歉", "安抚", "sorry", "understand"]),
            Point(QUICK, "给出可行的替代方案", ["替代", "方案", "补偿", "alternative", "offer"]),
            Point(QUICK, "必要时升级并约定时间", ["上报", "主管", "升级", "escalate", "supervisor"]),
        ],
    )),
    Post("operations", "运营专员", "Operations specialist", [
        Asked(
            "请讲一次您策划的活动：目标、做法和复盘。",
            "Tell us of a campaign that you planned: its goal, what you did, and what you learned.",
            [
                Point(SKILL, "有明确目标", ["目标", "指标", "goal", "target"]),
                Point(SKILL, "了解目标用户", ["用户", "画像", "人群", "user", "audience"]),
                Point(SKILL, "用数据复盘", ["复盘", "数据", "转化", "review", "data", "conversion"]),
            ],
        ),
        Asked(
            "预算砍掉一半，您怎么保证效果不明显下滑？",
            "The budget is cut by half. How do you keep the effect?",
            [
                Point(SKILL, "看各渠道投入产出", ["渠道", "投入产出", "roi", "channel"]),
                Point(SKILL, "用低成本方式", ["社群", "裂变", "内容", "老客户", "content", "referral", "community"]),
                Point(TALK, "和上级对齐目标", ["对齐", "沟通", "目标", "align", "agree"]),
            ],
        ),
    ], Asked(
        "活动刚上线就发现优惠设置有误，用户已经开始下单，您怎么办？",
        "A campaign has just gone live with a wrong discount, and orders come in. What do you do?",
        [
            Point(QUICK, "先止损", ["暂停", "下线", "止损", "pause", "stop"]),
            Point(TEAM, "立即同步相关同事", ["同步", "通知", "客服", "技术", "inform", "tell"]),
            Point(CALM, "对已下单用户给出交代", ["用户", "公告", "补偿", "兑现", "customer", "honour", "announce"]),
        ],
    )),
    Post("hr-specialist", "人力资源专员", "HR specialist", [
        Asked(
            "一个岗位招了两个月还没到岗，您会怎么分析和推进？",
            "A post has been open for two months. How do you find out why, and go on?",
            [
                Point(SKILL, "看招聘各环节数据", ["漏斗", "转化", "环节", "funnel", "conversion", "stage"]),
                Point(TALK, "和用人部门校准要求", ["用人部门", "画像", "要求", "manager", "profile", "requirement"]),
                Point(SKILL, "拓展渠道", ["渠道", "内推", "猎头", "channel", "referral"]),
            ],
        ),
        Asked(
            "员工来问同岗位别人的薪资，您怎么答？",
            "An employee asks what a colleague in the same position earns. What do you answer?",
            [
                Point(SKILL, "守住保密", ["保密", "隐私", "不能透露", "confidential", "privacy"]),
                Point(TALK, "弄清真实诉求", ["诉求", "原因", "了解", "reason", "concern"]),
                Point(SKILL, "说明薪酬规则", ["制度", "薪酬", "规则", "policy", "rule", "pay range"]),
            ],
        ),
    ], Asked(
        "新人入职当天电脑和账号都没准备好，新人很失望，您怎么处理？",
        "On a new hire's first day neither computer nor accounts are ready, and the mood is low. What do you do?",
        [
            Point(CALM, "真诚道歉、安抚", ["抱歉", "道歉", "安抚", "sorry", "apolog"]),
            Point(QUICK, "当天替代安排", ["安排", "借用", "培训", "参观", "arrange", "borrow", "meanwhile"]),
            Point(TEAM, "推动相关部门并改流程", ["部门", "流程", "清单", "process", "checklist", "department"]),
        ],
    )),
    Post("accountant", "会计", "Accountant", [
        Asked(
            "月末结账时账实不符，您的排查步骤是什么？",
            "At the end of the month the books do not match what is there. What are your steps?",
            [
                Point(SKILL, "核对凭证和原始单据", ["凭证", "单据", "发票", "voucher", "invoice", "receipt"]),
                Point(SKILL, "逐项对账", ["对账", "逐项", "明细", "reconcil", "line by line"]),
                Point(SKILL, "查明原因再调整", ["原因", "调整", "审批", "cause", "adjust", "approval"]),
            ],
        ),
        Asked(
            "业务同事报销单据不全又很急，您怎么处理？",
            "A colleague needs an expense paid urgently and the receipts are incomplete. What do you do?",
            [
                Point(SKILL, "按制度办", ["制度", "规定", "合规", "rule", "policy", "compliance"]),
                Point(TALK, "说清缺什么、怎么补", ["补", "说明", "清单", "missing", "explain"]),
                Point(CALM, "态度友好、坚持原则", ["原则", "耐心", "理解", "principle", "patient"]),
            ],
        ),
    ], Asked(
        "报税截止前一天发现一笔收入漏记，您怎么办？",
        "The day before taxes are due you find an income that was not booked. What do you do?",
        [
            Point(QUICK, "马上核实并补记", ["核实", "补记", "更正", "verify", "correct"]),
            Point(TALK, "向主管报告", ["主管", "报告", "汇报", "report", "manager"]),
            Point(QUICK, "事后完善核对机制", ["机制", "复核", "流程", "check", "process", "prevent"]),
        ],
    )),
    Post("administration", "行政专员", "Administrative specialist", [
        Asked(
            "请讲一次您组织的会议或活动：怎么准备，出了什么意外？",
            "Tell us of a meeting or event that you organised: how did you prepare, and what went wrong?",
            [
                Point(SKILL, "有清单和时间表", ["清单", "时间表", "分工", "checklist", "schedule"]),
                Point(SKILL, "控制预算", ["预算", "比价", "费用", "budget", "cost"]),
                Point(TEAM, "与各方确认", ["确认", "对接", "沟通", "confirm", "coordinate"]),
            ],
        ),
        Asked(
            "办公用品费用连续三个月超支，您会怎么做？",
            "Office supplies were over budget three months in a row. What do you do?",
            [
                Point(SKILL, "分析用量和单价", ["用量", "单价", "分析", "usage", "price", "analyse"]),
                Point(SKILL, "比价或集中采购", ["比价", "集中采购", "供应商", "supplier", "bulk", "quote"]),
                Point(TALK, "和各部门说明规则", ["部门", "规则", "说明", "department", "rule"]),
            ],
        ),
    ], Asked(
        "重要客户提前一小时到访，会议室正被占用，您怎么安排？",
        "An important customer arrives an hour early and the meeting room is taken. What do you do?",
        [
            Point(QUICK, "立即找替代场地", ["其他会议室", "替代", "协调", "another room", "alternative"]),
            Point(CALM, "从容接待", ["接待", "茶", "参观", "welcome", "tea", "tour"]),
            Point(TEAM, "通知相关同事提前到场", ["通知", "同事", "负责人", "inform", "colleague"]),
        ],
    )),
    Post("production-supervisor", "生产主管", "Production supervisor", [
        Asked(
            "产线良率连续下滑，您怎么查、怎么改？",
            "The yield of a line keeps falling. How do you find out why, and mend it?",
            [
                Point(SKILL, "从人机料法环排查", ["人机料法环", "设备", "物料", "工艺", "machine", "material"]),
                Point(SKILL, "用数据定位", ["数据", "统计", "抽检", "data", "statistic", "sample"]),
                Point(SKILL, "固化标准并培训", ["标准", "培训", "作业指导", "standard", "train"]),
            ],
        ),
        Asked(
            "订单突然增加三成，人手不变，您怎么排产？",
            "Orders rise by 30% with the same people. How do you plan?",
            [
                Point(SKILL, "找瓶颈工序", ["瓶颈", "工序", "产能", "bottleneck", "capacity"]),
                Point(SKILL, "调整班次，守住工时规定", ["班次", "加班", "工时", "shift", "overtime", "hours"]),
                Point(TEAM, "与计划、采购协同", ["计划", "采购", "协调", "planning", "purchasing", "coordinate"]),
            ],
        ),
    ], Asked(
        "夜班发生轻微工伤，同时一条线停机、客户催货，您先做什么？",
        "On a night shift somebody is slightly hurt, a line stands still and a customer presses. What comes first?",
        [
            Point(QUICK, "先救人、保安全", ["救", "送医", "安全", "first aid", "safety", "hospital"]),
            Point(QUICK, "保护现场并上报", ["现场", "上报", "报告", "report", "scene"]),
            Point(CALM, "冷静分工", ["分工", "安排", "冷静", "assign", "calm"]),
        ],
    )),
]  # fmt: skip
