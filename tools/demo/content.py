"""The demo company's words: who works there, what is asked, what a good answer says, what is taught."""

COMPANY = "云帆数据"

# key, name, English name, parent
DEPARTMENTS = [
    ("company", "云帆数据", "Yunfan Data", None),
    ("analytics", "数据分析部", "Data Analytics", "company"),
    ("service", "客户服务部", "Customer Service", "company"),
]

# username, name, phone, roles, department
COLLEAGUES = [
    ("hr", "周敏", "13800000001", ["lead", "recruiting", "onboarding", "training"], "company"),
    ("liwenjing", "李文静", "13800000002", ["recruiting"], "company"),
    ("wangkai", "王凯", "13800000003", ["recruiting"], "company"),
    ("chenxiao", "陈晓", "13800000004", ["onboarding"], "company"),
    ("zhaolei", "赵磊", "13800000005", ["training"], "company"),
    ("sunli", "孙立", "13800000006", ["manager"], "analytics"),
    ("hefang", "何芳", "13800000007", ["manager"], "service"),
    ("linfeng", "林峰", "13800000008", ["administrator"], "company"),
    ("gaoyuan", "高远", "13800000009", ["interviewer"], "service"),
]

# Whose login shows what a role sees.
ROLES = {
    "lead": "hr",
    "recruiting": "liwenjing",
    "onboarding": "chenxiao",
    "training": "zhaolei",
    "manager": "sunli",
    "interviewer": "gaoyuan",
    "administrator": "linfeng",
}

# code, Chinese, English
COMPETENCIES = [
    ("communication", "沟通能力", "Communication"),
    ("expertise", "专业技能", "Professional skills"),
    ("reaction", "反应速度", "Quick thinking"),
    ("composure", "情绪管理", "Composure"),
    ("teamwork", "团队协作", "Teamwork"),
]

# competency, what an answer of the lowest, the middle and the highest level sounds like
RUBRIC = [
    ("communication", {
        1: "答非所问，或前后矛盾，听完仍不清楚做过什么。",
        3: "能说清自己的职责和经历，条理基本清楚，缺少具体例子或结果。",
        5: "先说结论，再用具体例子说明做了什么、结果如何，并照顾到听的人。",
    }),
    ("expertise", {
        1: "只有笼统说法，说不出用什么方法或工具。",
        3: "说得出常用的方法和工具，能按步骤完成，很少提到核对。",
        5: "方法与工具得当，讲得清为什么这样做，并有核对和复盘的办法。",
    }),
    ("reaction", {
        1: "遇到意外只等别人安排，说不出第一步做什么。",
        3: "能先做一步应对，但没有分清轻重缓急。",
        5: "先定位问题、分清轻重，同步告知相关人，并准备好备选办法。",
    }),
    ("composure", {
        1: "把责任推给对方，或用情绪回应情绪。",
        3: "能保持客气，但急于解释，没有先听对方说完。",
        5: "先听完并回应对方的感受，再一起找办法，事后跟进。",
    }),
    ("teamwork", {
        1: "只谈个人，遇到困难不向他人求助，也不同步进展。",
        3: "会按分工配合，需要时求助，主动协调较少。",
        5: "主动对齐目标和分工，及时同步，愿意补位并分享经验。",
    }),
]  # fmt: skip

# code, Chinese, English, competency it is seen through
SKILLS = [
    ("excel", "Excel 与办公软件", "Excel and office software", "expertise"),
    ("sql", "SQL 查询", "SQL", "expertise"),
    ("reporting", "汇报表达", "Presenting results", "communication"),
    ("service-etiquette", "服务礼仪", "Service etiquette", "composure"),
]

# code, Chinese, English, skill, kind, from level, to level, hours, working days after the start
COURSES = [
    ("office-advanced", "办公软件进阶课程", "Advanced office software", "excel", "course", 1, 4, 16, 5),
    (
        "office-expert",
        "数据建模与自动化报表",
        "Data models and automated reports",
        "excel",
        "course",
        4,
        5,
        12,
        15,
    ),
    (
        "office-diagnostic",
        "办公软件能力测评",
        "Office software check",
        "excel",
        "diagnostic",
        None,
        None,
        1,
        1,
    ),
    ("sql-practice", "SQL 实战训练", "SQL in practice", "sql", "course", 1, 4, 20, 10),
    ("sql-diagnostic", "SQL 能力测评", "SQL check", "sql", "diagnostic", None, None, 1, 2),
    ("presenting", "数据汇报与表达", "Presenting data", "reporting", "course", 1, 4, 8, 12),
    (
        "presenting-diagnostic",
        "汇报表达测评",
        "Presenting check",
        "reporting",
        "diagnostic",
        None,
        None,
        1,
        2,
    ),
    ("service-basics", "客户服务礼仪", "Service etiquette", "service-etiquette", "course", 1, 4, 6, 3),
    (
        "service-diagnostic",
        "服务情景测评",
        "Service check",
        "service-etiquette",
        "diagnostic",
        None,
        None,
        1,
        1,
    ),
]

PLAN_NOTES = (
    "请选择安静、网络稳定的地方，准备好约 20 分钟。共三个环节，按顺序作答；每完成一个环节，系统会立即保存。"
    "如无必要请不要中途退出；遇到困难可以在页面里直接联系 HR。"
)
PLAN_NOTES_EN = (
    "Please choose a quiet place with a stable connection and set aside about 20 minutes. There are three stages, one"
    " after the other; each is saved as soon as it is finished. Please stay until the end if you can; if something gets"
    " in your way, you can contact HR from the page."
)

# By point, what is asked further when an answer does not mention it.
PROBES = {
    "与他人配合": (
        "这份工作里，您和谁配合得最多？请举一个例子。",
        "Whom did you work with most? Please give an example.",
    ),
}

STAGES = [
    (
        "自我介绍",
        "Introduction",
        5,
        [
            (
                "请用几句话介绍自己，并说说最近一份工作里您负责什么、和谁配合。",
                "Introduce yourself in a few sentences. What were you responsible for most recently, and with whom?",
                (
                    "我做数据分析有三年了。上一份工作里我负责销售看板和周报，先听业务同事讲清楚需求，再用他们听得懂的话"
                    "说明结论。项目由我和产品、销售组成的团队一起完成，遇到分工不清的地方，我会主动沟通，把进度同步给大家。"
                ),
                [
                    ("communication", "说清自己的职责", ["负责", "职责", "responsible"], 1),
                    ("communication", "能把结论讲明白", ["听得懂", "讲清楚", "说明结论", "explain"], 1),
                    ("teamwork", "与他人配合", ["团队", "配合", "协作", "team"], 1),
                    ("teamwork", "主动同步进度", ["同步", "主动沟通", "keep everybody informed"], 1),
                ],
            ),
        ],
    ),
    (
        "专业问题",
        "Professional questions",
        8,
        [
            (
                "拿到一份几万行的销售明细，您会怎样在一天内做出可信的月度汇总？",
                "You are given tens of thousands of sales rows. How do you make a reliable monthly summary in one day?",
                (
                    "我先检查数据质量，去重并处理缺失值，再用数据透视表按月和地区汇总。数据量大时改用 SQL 先做聚合。"
                    "最后抽样核对原始明细，并和财务口径对一遍总数。"
                ),
                [
                    ("expertise", "先检查数据质量", ["去重", "缺失值", "数据质量", "duplicates"], 1),
                    ("expertise", "会用透视表或 SQL 汇总", ["透视表", "sql", "pivot"], 1),
                    ("expertise", "抽样核对结果", ["抽样", "核对", "对账", "spot check"], 1),
                ],
            ),
            (
                "开会前十分钟，您发现报表里的总数和系统对不上，您会怎么做？",
                "Ten minutes before a meeting the total in your report does not match the system. What do you do?",
                (
                    "我会先定位差异出在哪一天、哪个地区，缩小范围；同时马上告知负责人数字待确认，不硬着头皮讲。"
                    "会上先讲已核实的部分，并给出什么时候能补上的时间。"
                ),
                [
                    ("reaction", "先定位差异", ["定位", "缩小范围", "narrow it down"], 1),
                    ("reaction", "及时告知", ["告知", "提前说", "tell"], 1),
                    ("reaction", "给出补救时间", ["补上", "时间点", "什么时候能", "by when"], 1),
                ],
            ),
        ],
    ),
    (
        "情景模拟",
        "Situation",
        7,
        [
            (
                "业务同事当众说您的分析“没用”，语气很冲。您当时怎么回应，之后怎么做？",
                "A colleague says in public that your analysis is useless. How do you respond, and what then?",
                (
                    "我会先冷静下来，倾听对方真正不满意的地方，不当场争辩；复述一遍确认理解。会后单独找他聊，约上产品同事一起"
                    "把需求重新对齐，再改分析。"
                ),
                [
                    ("composure", "保持冷静", ["冷静", "不争辩", "不当场争辩", "calm"], 1),
                    ("composure", "先倾听", ["倾听", "听完", "listen"], 1),
                    ("teamwork", "一起对齐", ["对齐", "一起", "together"], 1),
                ],
            ),
        ],
    ),
]

# name, Excel test, SQL test, project
CANDIDATES = [
    ("林晓彤", 48, 82, "连锁零售销售看板"),
    ("张伟", 52, 76, "电商退货原因分析"),
    ("刘洋", 45, 88, "用户留存分析"),
    ("陈思远", 55, 71, "门店选址评估"),
    ("黄雅婷", 42, 79, "会员分层运营"),
    ("吴昊", 57, 84, "物流时效监控"),
    ("徐静怡", 50, 73, "客服工单分类"),
    ("马骁", 46, 90, "价格弹性测算"),
    ("朱琳", 58, 77, "渠道投放复盘"),
    ("胡志强", 44, 81, "库存周转预测"),
    ("郭子涵", 53, 75, "问卷数据清洗"),
    ("高宇航", 49, 86, "营销活动归因"),
    ("罗欣", 51, 78, "供应商评分卡"),
    ("梁俊杰", 47, 83, "风控名单核查"),
]

# Who left the room half way, the same: one with a word, one without.
LEFT_HALF_WAY = [
    ("周雨桐", 46, 74, "社群运营复盘"),
    ("谢明轩", 61, 68, "客诉分类看板"),
]
# Who comes into the room while the demo runs.
GUESTS = [
    ("蒋欣然", 54, 80, "服务质检抽样"),
    ("邓博文", 47, 72, "话务排班测算"),
    ("彭思远", 63, 85, "退款流程梳理"),
    ("苏梦洁", 50, 69, "满意度回访分析"),
    ("卢嘉禾", 58, 77, "知识库改版"),
    ("丁若琳", 45, 81, "工单时效看板"),
]

# A hundred campus applicants of last week.
LAST_WEEK = [
    "王子轩", "李雨桐", "张浩然", "刘思琪", "陈嘉豪", "杨梦瑶", "赵文博", "黄诗涵", "周俊杰", "吴佳怡",
    "徐志远", "孙晓雯", "马天宇", "朱婉婷", "胡凯文", "郭雪莹", "何宇轩", "高静雯", "林泽宇", "罗晨曦",
    "梁美琳", "宋明哲", "郑欣悦", "谢伟东", "韩雨欣", "唐子涵", "冯丽娜", "于洋", "董建国", "萧逸凡",
    "程思远", "曹雅琴", "袁浩宇", "邓佳琪", "许文静", "傅晓峰", "沈梓萱", "曾庆华", "彭若曦", "吕志鹏",
    "苏婉清", "卢俊熙", "蒋晓敏", "蔡文轩", "贾玉婷", "丁一鸣", "魏晨阳", "薛琳", "叶子豪", "阎秋月",
    "余振宇", "潘雨菲", "杜鹏飞", "戴诗语", "夏天", "钟雅文", "汪洋", "田甜", "任嘉伟", "姜楠",
    "范思雨", "方文杰", "石磊", "姚舒雅", "谭志强", "廖晓彤", "邹明轩", "熊梓涵", "金海波", "陆雨霏",
    "郝建平", "孔令仪", "白雪", "崔永康", "康佳宁", "毛晓东", "邱雨晴", "秦文昊", "江心怡", "史俊峰",
    "顾安琪", "侯宇航", "邵佳慧", "孟凡", "龙飞", "万晓丽", "段思成", "雷雨泽", "钱文彬", "汤静怡",
    "尹浩", "黎晓燕", "易天翔", "常乐", "武文强", "乔欣然", "贺子墨", "赖雅芳", "龚志诚", "文思敏",
]  # fmt: skip


def samples() -> dict[str, str]:
    """Question, by its English text → an answer that earns full marks."""
    return {
        text_en: sample
        for _title, _en, _minutes, stage in STAGES
        for _text, text_en, sample, _points in stage
    }
