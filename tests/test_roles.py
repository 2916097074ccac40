import pytest

from hujin_qa import synonyms as synonyms_module
from hujin_qa.contraries import contradiction
from hujin_qa.modality import overstated
from hujin_qa.roles import exchanged
from hujin_qa.synonyms import other_kind, synonyms
from hujin_qa.text import fold

COACHES = "教练周岚负责成人班，教练何沐负责少儿班，两人都有证书。"
LOAN = "店主郑有田把货车卖给了邻居陆一鸣，陆一鸣又向郑有田学习修车。"
DEAL = "恒远科技收购了蓝海数据,交易金额为2亿元。"
FINAL = "昨晚的决赛中,红狮队3比1战胜白鹰队。"
SUPPLY = "长江钢厂长期向东风机械供货。"
STOCK = "粮库现存小麦21万吨、稻谷8万吨，没有储存玉米。"


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("教练何沐负责成人班，周岚负责少儿班。", COACHES),
        ("陆一鸣把货车卖给了郑有田。", LOAN),
        ("郑有田向陆一鸣学习修车。", LOAN),
        ("现存稻谷21万吨、小麦8万吨。", STOCK),
        ("稻谷比小麦多。", STOCK),
        ("标准间比加大间贵。", "标准间每晚300元,加大间每晚400元。"),
        ("小麦少于稻谷。", STOCK),
        ("蓝海数据收购了恒远科技。", DEAL),
        ("恒远科技被蓝海数据收购。", DEAL),
        ("蓝海数据收购恒远科技。", "恒远科技宣布,以2亿元收购蓝海数据。"),
        ("白鹰队战胜红狮队。", FINAL),
        ("红狮队不敌白鹰队。", FINAL),
        ("昨晚的决赛中白鹰队击败红狮队。", FINAL),
        ("长江钢厂从东风机械进货。", SUPPLY),
        ("东风机械向长江钢厂供货。", SUPPLY),
        ("中兴公司起诉了华为公司。", "华为公司起诉了中兴公司。"),
        ("星河医疗投资了启明资本。", "启明资本向星河医疗投资5000万元。"),
        ("物业公司受保洁公司委托。", "房屋由物业公司委托保洁公司打扫。"),
        ("乙公司委托甲公司检测。", "甲公司委托乙公司检测。"),
        ("绿芽玩具授权海棠文化。", "海棠文化授权绿芽玩具生产周边产品。"),
        ("游击队收编了独立团。", "独立团收编了游击队。"),
        ("秦国为齐国所灭。", "秦国灭了齐国。"),
        ("屋顶漏水由租客负责维修。", "租客负责日常清洁,屋顶漏水由房东负责维修。"),
        ("教材由家长统一采购。", "家长缴纳书本费,教材由学校统一采购。"),
        ("学生应当指导导师。", "导师应当指导学生。"),
        ("总部每月向门店上报销量。", "门店每月向总部上报销量。"),
        ("最早的记录会覆盖新记录。", "新记录会覆盖最早的记录。"),
        ("家长应当告知班主任缺少的材料。", "班主任应当告知缺少的材料。"),
        ("A车间生产轴承。", "A车间生产齿轮,B车间生产轴承。"),
        ("USB口用于调试。", "USB口用于供电,COM口用于调试。"),
    ],
)
def test_names_that_changed_places_are_found(claim, source):
    assert exchanged(fold(claim), [fold(source)])


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("标准间比加大间便宜。", "标准间每晚300元,加大间每晚400元。"),
        ("成人班的教练是周岚。", COACHES),
        ("何沐负责少儿班。", COACHES),
        ("陆一鸣从郑有田那里买了货车。", LOAN),
        ("小麦比稻谷多。", STOCK),
        ("粮库里有8万吨稻谷。", STOCK),
        ("蓝海数据被恒远科技收购。", DEAL),
        ("收购蓝海数据的是恒远科技。", DEAL),
        ("白鹰队输给了红狮队。", FINAL),
        ("白鹰队不敌红狮队。", FINAL),
        ("红狮队在昨晚的决赛中击败白鹰队。", FINAL),
        ("白鹰队战胜红狮队。", "首回合红狮队战胜白鹰队,次回合白鹰队战胜红狮队。"),
        ("东风机械从长江钢厂进货。", SUPPLY),
        ("中兴公司被华为公司起诉。", "华为公司起诉了中兴公司。"),
        ("星河医疗获得启明资本投资。", "启明资本向星河医疗投资5000万元。"),
        ("乙公司受甲公司委托检测。", "甲公司委托乙公司检测。"),
        ("齐国为秦国所灭。", "秦国灭了齐国。"),
        ("屋顶漏水的维修由房东负责。", "租客负责日常清洁,屋顶漏水由房东负责维修。"),
        ("账户由负转正。", "账户由去年的亏损转为盈利。"),
        ("销量由门店每月上报总部。", "门店每月向总部上报销量。"),
        ("WAN口和LAN口不能处于同一网段。", "WAN口自动获取地址,LAN口使用固定地址;两个网口不能设在同一网段。"),
        ("B车间生产轴承。", "A车间生产齿轮,B车间生产轴承。"),
        ("网点连续两年业务量不足40笔就符合撤并标准。", "撤并的标准是连续两年业务量不足40笔的网点。"),
        ("“恒裕”钱庄开在汉渡口。", "裴继远在汉渡口开设“恒裕”钱庄。"),
    ],
)
def test_names_in_their_place_are_left_alone(claim, source):
    assert exchanged(fold(claim), [fold(source)]) == ""


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("大桥已经通车。", "大桥预计2026年通车。"),
        ("孕妇必须先问医生。", "孕妇建议先问医生。"),
        ("员工最好在九点前到岗。", "员工必须在九点前到岗。"),
    ],
)
def test_what_is_said_more_surely_than_the_source_is_found(claim, source):
    assert overstated(fold(claim), [fold(source)])
    assert overstated(fold(source), [fold(source)]) == ""


def test_who_lost_is_no_contrary_of_who_won():
    assert contradiction(fold("白鹰队不敌红狮队。"), (fold(FINAL),)) == ""
    assert contradiction(fold("白鹰队输给红狮队。"), (fold(FINAL),)) == ""


def test_another_member_of_a_kind_is_no_synonym():
    assert "儿童" in synonyms("孩子")
    assert other_kind("产量在秋季最高", "春季产量最高") == "秋季"
    assert other_kind("产量在春天最高", "春季产量最高") == ""
    assert other_kind("产量比去年高", "今年产量上升") == ""


def test_the_lexicon_is_read_once_for_all_words(monkeypatch):
    assert synonyms("渡口") == {"渡口"}
    monkeypatch.setattr(synonyms_module, "load_lexicon", lambda: pytest.fail("read again"))
    assert synonyms("渡船口") == {"渡船口"}
