"""What last week's applicants said: a sentence or more for each competency, by how well it went."""

from decimal import Decimal

# Below the first line the first sentence, below the second the second, else the third; several ways to say it in turn.
LINES = (Decimal("62.5"), Decimal("87.5"))

SAID: dict[str, tuple[tuple[str, ...], ...]] = {
    "communication": (
        (
            "我今年毕业，学的是工商管理。在学生会外联部的时候我负责联系场地，其他的也做过一些，具体记不太清了。",
            "我在校门口的奶茶店做过三个月兼职，职责就是点单和收银，忙的时候什么都做。",
            "实习是在一家电商公司，主要负责回消息，每天按模板回就可以，别的没有什么特别的。",
        ),
        (
            "我在营业厅实习了两个月，负责引导客户填表。客户听不明白的时候，我会用他听得懂的话再说一遍。",
            "我在学校图书馆做过一年助理，负责借阅咨询。遇到第一次来的同学，我会先把流程讲清楚，再带他操作一次。",
            "上一份实习里我负责售后登记，每天把问题分成三类交给同事，交接的时候尽量讲清楚客户要什么。",
        ),
        (
            (
                "我在运营商实习，负责处理套餐争议。有位老人以为自己被多扣了钱，我先听他说完，再拿账单用他听得懂的话一项项对，"
                "最后他自己说没有扣错。那个月我这组的重复来电少了两成。"
            ),
            (
                "上学期我负责学院迎新的咨询台，三天接待了四百多人。我把最常问的十个问题写成一页纸，先说明结论再说理由，第二天排队"
                "的时间就短了一半。"
            ),
            (
                "在酒店前台实习时我负责处理入住投诉。有一次系统把房型订错了，我先道歉，再把三个办法讲清楚让客人选，客人选了换楼层，"
                "离店时还写了感谢信。"
            ),
        ),
    ),
    "teamwork": (
        ("大部分时候是我自己做完的。",),
        ("那时我们一个团队有五个人，我做好自己的部分。",),
        ("我和另外两位同事配合得多，每天下班前把没办完的事同步给接班的人，谁忙不过来我就补上。",),
    ),
    "expertise": (
        ("我会把数据放到 Excel 里，一行一行加起来，再发给主管看。",),
        ("我先去重，再用数据透视表按月份汇总，做完交给主管。",),
        (
            "我先看有没有缺失值，去重以后用数据透视表按月和地区汇总，再抽样核对二十笔原始明细，总数对上了才交。",
        ),
    ),
    "reaction": (
        ("我会问主管怎么办，等他安排。",),
        ("我先缩小范围，看是哪一天对不上，再改过来。",),
        ("我先定位是哪一天、哪个地区对不上，同时马上告知主持会议的人，并说好什么时候能补上准确的数字。",),
    ),
    "composure": (
        ("我会当场解释我没有做错，让大家评评理。",),
        ("我会先冷静下来，不说气话，会后再解释。",),
        ("我会先冷静，不当场争辩，听完对方真正不满意的地方，复述一遍确认自己没有理解错。",),
    ),
}
# The situation asks for working together once more.
ALIGNED = "会后我会找他一起把需求重新对齐。"


def words(competency: str, value: Decimal, number: int) -> str:
    """What the applicant of this number said on this competency, which got this score."""
    grade = sum(value >= line for line in LINES)
    ways = SAID[competency][grade]
    return ways[number % len(ways)]
