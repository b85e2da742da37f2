"""Examples of the fields of interviews and what stands around them, as the API's schema shows them."""

EXAMPLES = {
    "assignee_name": "李招聘",
    "by": "system",
    "candidate": "王小明",
    "event": "interview_interrupted",
    "label": "Excel",
    "method": "rubric-1",
    "name": "沟通能力",
    "note": "Will go on tonight.",
    "opening": "数据分析师",
    "opening_title": "数据分析师",
    "point": "数据透视表",
    "quote": "我每周用数据透视表做汇总",
    "skill": "Excel",
    "skill_code": "excel",
    "source": "stage",
    "title": "数据分析师",
    "title_en": "Data analyst",
    "type": "recruitment.interview",
}
