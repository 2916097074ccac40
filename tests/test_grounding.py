import pytest

from hujin_qa import grounding
from hujin_qa.encoder import NanoEncoder
from hujin_qa.grounding import rules, support
from hujin_qa.quantities import quantities
from hujin_qa.text import fold
from hujin_qa.weekdays import days_as_written, other_days

WINDOWS = ["校舍在台风里受了考验，除两扇窗破损之外，教室其余完好。"]
STOCK = ["店里过去靠铺货，现在转向“轻库存、重服务”。"]
SALES = ["销售情况", "2024年销售额为7.5亿元，比上年增长12%，其中海外市场占三成，低于行业平均水平。"]
LEAVE = ["休假", "试用期员工不享受年休假，正式员工每年10天，由部门经理批准。"]


@pytest.fixture(scope="module")
def encoder():
    return NanoEncoder()


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("2024年销售额是7.5亿元，同比增长百分之十二。", SALES),
        ("海外市场占30%。", SALES),
        ("销售额为750000000元。", SALES),
        ("试用期员工没有年休假。", LEAVE),
        ("年休假由部门经理批准。", LEAVE),
        ("优良天数超过300天。", ["全年优良天数为312天。"]),
        ("除了两扇窗，教室都完好。", WINDOWS),
        ("学员可以查看成绩。", ["学员只能查看成绩，教员可以登记。"]),
        pytest.param(
            "学员也能查看成绩。",
            ["学员只能查看成绩，教员可以登记。"],
            marks=pytest.mark.xfail(
                reason="held for unsupported since the cross-encoder reads the sentence before", strict=True
            ),
        ),
        ("报名人数从200人增加到350人。", ["报名人数从200人增加到350人。"]),
        ("水质由四类提高到二类。", ["水质由四类提高到二类。"]),
        ("店里转向轻库存、重服务。", STOCK),
        ("值得关注的有竹编、木雕和作图等手艺。", ["近来要关注AIGC作图、竹编、木雕等手艺。"]),
        ("用户每日步行3公里。", ["用户每天步行3千米。"]),
    ],
)
def test_what_the_source_says_in_other_words_is_supported(claim, evidence, encoder):
    verdict = support(claim, evidence, encoder)
    assert verdict.supported, verdict.faults
    assert verdict.faults == ()


@pytest.mark.parametrize(
    ("claim", "evidence", "fault"),
    [
        ("2024年销售额为8.5亿元。", SALES, "8.5亿元"),
        ("2024年销售额为7.5万元。", SALES, "7.5万元"),
        ("2023年销售额为7.5亿元。", SALES, "2023年"),
        ("销售额比上年下降12%。", SALES, "下降"),
        ("海外市场占比高于行业平均水平。", SALES, "高于"),
        ("试用期员工享受年休假。", LEAVE, "肯定、否定"),
        ("除了两扇窗，教室都损坏了。", WINDOWS, "损坏"),
        ("学员还能修改成绩。", ["学员只能查看成绩，教员可以登记。"], "只"),
        ("报名人数从200人减少到350人。", ["报名人数从200人到350人。"], "减少"),
        ("店里转向重库存、轻服务。", STOCK, "重库存"),
        ("两台机器因漏电受损。", ["全年平安，但有两台机器因起火受损。"], "起火"),
        ("值得关注的有陶瓷、竹编和木雕等手艺。", ["近来要关注AIGC作图、竹编、木雕等手艺。"], "列举"),
        ("年休假由总经理批准。", LEAVE, "经理"),
        ("年休假由《员工手册》规定。", LEAVE, "员工手册"),
        ("年休假在OA系统申请。", LEAVE, "oa"),
        ("销售团队的奖金将在春节前发放。", SALES, ""),
        ("海外市场一律占三成以上。", [*SALES, "海外市场通常占三成以上。"], "肯定"),
        ("采收在秋季开始。", ["采收在春季开始。"], "秋季"),
        ("每斤卖32元。", ["每公斤卖32元。"], "每斤"),
        ("每人每天限购1件。", ["每人每天限购3件。全场通用。"], "1件"),
        ("手续费为1%。", ["全年手续费为5%。"], "1%"),
        ("逾期超过25日可以解除合同。", ["逾期超过30日的,可以解除合同。"], "25日"),
        ("优良天数不超过300天。", ["全年优良天数为312天。"], "300天"),
        ("每次服用50微克。", ["每次服用50毫克。"], "50微克"),
        ("孕妇可以接种。", ["孕妇不宜接种。"], "可以"),
        ("赎回收取手续费。", ["赎回免收手续费。"], "收取"),
        ("票价由80元提早三个月公布。", ["票价在九月公布,原定七月。"], "三个月"),
    ],
)
def test_what_the_source_does_not_say_is_not_supported_and_the_fault_is_named(claim, evidence, fault, encoder):
    verdict = support(claim, evidence, encoder)
    assert not verdict.supported
    assert verdict.score < 0.5
    assert any(fault in f for f in verdict.faults)


def test_nothing_is_supported_by_nothing(encoder):
    assert not support("销售额增长。", [], encoder).supported
    assert not support(" ", SALES, encoder).supported


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("七万亿元", "7万亿"),
        ("百分之九十", "九成"),
        ("一千二百件", "1200件"),
        ("两年半", "2.5年"),
        ("三分之一", "33.33%"),
        ("晚上八点半", "20:30"),
        ("下午三点一刻", "15:15"),
        ("最晚11点", "11:00"),
        ("半小时", "30分钟"),
        ("三月底", "3月"),
        ("十四周岁", "14岁"),
        ("两名", "两个"),
        ("三公斤", "6斤"),
        ("500毫升", "0.5升"),
        ("50个基点", "0.5个百分点"),
        ("三季度", "第三季度"),
        ("100块", "100元"),
        ("5百万", "500万"),
        ("-18℃", "零下十八摄氏度"),
        ("零下18度", "负18℃"),
        ("35℃", "35度"),
        ("100千瓦时", "100度"),
        ("两成半", "25%"),
        ("2024年半年度", "2024年"),
        ("长20cm", "20厘米"),
        ("3km", "三公里"),
        ("0.5秒", "500毫秒"),
        ("500mL", "0.5升"),
        ("10kg", "10公斤"),
        ("2GB", "2048MB"),
        ("一分钟", "60秒"),
        ("-3.5%", "负3.5%"),
    ],
)
def test_a_quantity_is_the_same_in_any_writing(one, other):
    assert quantities(fold(one))[0].matches(quantities(fold(other))[0], 1e-3)


@pytest.mark.parametrize("text", ["一些", "十分重要", "一站式", "统一", "万一", "亿元", "SM4", "半年报", "一分为二"])
def test_words_with_numerals_are_no_quantities(text):
    assert quantities(fold(text)) == ()


@pytest.mark.parametrize(("one", "other"), [("零下18度", "18度"), ("-18℃", "18℃"), ("2-8℃", "2℃至-8℃")])
def test_a_temperature_below_zero_is_another_and_a_hyphen_is_no_sign(one, other):
    assert not quantities(fold(one))[-1].matches(quantities(fold(other))[-1])


HOTELS = "住宿标准为一线城市600元,省会城市400元,其他城市300元。"
FUNDS = "甲方案投资5万元,乙方案投资3万元。"
LEAVE_BY_YEARS = "入职满1年享受5天年假,满10年享受10天,满20年享受15天。"
DEGREES = "本科生每月800元、硕士生1500元、博士生3000元。"
SHARES = "绘本收入9万元,占比40%;教辅收入5万元,占比22%。"
FARES = "二等座500元;一等座800元;商务座1500元。"
TEACHERS = "该校共有教师462人。"


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("其他城市的住宿标准为300元。", HOTELS),
        ("一线城市每晚600元。", HOTELS),
        ("乙方案投资3万元。", FUNDS),
        ("满10年的享受10天年假。", LEAVE_BY_YEARS),
        ("博士生每月3000元。", DEGREES),
        ("硕士研究生每月1500元。", DEGREES),
        ("学生门票30元。", "门票60元,学生30元。"),
        ("专家门诊挂号费50元。", "普通门诊挂号费10元,专家门诊50元,特需门诊300元。"),
        ("数三元店的罚得最重。", "三元店销售抗生素,罚5万元,码头店罚2万元。"),
        ("主桥比引桥长400米。", "主桥长1200米,引桥长800米。"),
        ("约有460名教师。", TEACHERS),
        ("教师超过460人。", TEACHERS),
        ("教师有400多人。", TEACHERS),
        ("最低气温是零下5度。", "最高气温38度,最低-5℃。"),
        ("最低气温是零下5度。", "最低-5℃,最高气温38度。"),
        ("每2年体检一次。", "员工每两年体检一次。"),
        ("滤芯每六个月更换一次。", "滤芯每半年更换一次。"),
        ("绘本占比为40%。", SHARES),
        ("应到21人,1人弃权。", "应到21人,实到17人,1人弃权。"),
        ("桌子35元,杯子5元。", "桌子35元,椅子8元,杯子5元。"),
        ("3.0以上的文件需先转换,要降到2.0。", "3.0以上的文件须先转换,降到2.0。"),
    ],
)
def test_the_number_of_what_the_claim_names_is_no_fault(claim, source):
    found = rules(fold(claim), (fold(source),))
    assert [fault for rule, faults in found.items() if rule not in ("name", "rival") for fault in faults] == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("其他城市的住宿标准为500元。", HOTELS),
        ("其他城市的住宿标准为600元。", HOTELS),
        ("省会城市的住宿标准为600元。", HOTELS),
        ("乙方案投资5万元。", FUNDS),
        ("乙为5万元。", "甲为5万元,乙为3万元。"),
        ("满10年的享受15天年假。", LEAVE_BY_YEARS),
        ("博士生每月1500元。", DEGREES),
        ("冷藏区为零下18度。", "冷冻区为-20~-18℃,冷藏区为0~4℃。"),
        ("有教师460人。", TEACHERS),
        ("其余460人是教师。", TEACHERS),
        ("教师有300多人。", TEACHERS),
        ("最低气温是5度。", "最高气温38度,最低-5℃。"),
        ("煮蛋需一分钟。", "煮蛋需8分钟。"),
        ("滤芯每半年更换一次。", "滤芯每季度更换一次。"),
        ("每10分钟保存一次。", "系统每5分钟保存一次。"),
        ("新馆预计一季度开放。", "首座新馆预计三季度开放。"),
        ("二等座800元。", FARES),
    ],
)
def test_the_number_of_another_thing_or_one_that_is_not_exact_is_a_fault(claim, source):
    assert rules(fold(claim), (fold(source),))["number"]


@pytest.mark.parametrize(
    ("claim", "source", "wrong"),
    [
        ("星期六开放。", "周末开放。", []),
        ("周三开放。", "周末开放。", ["周三"]),
        ("周末开放。", "周二至周日开放。", []),
        ("周一开放。", "周二至周日开放。", ["周一"]),
        ("工作日接诊。", "周一至五接诊。", []),
        ("周六接诊。", "工作日接诊。", ["周六"]),
        ("星期天停运。", "周六日停运。", []),
        ("周三上课。", "每周一、三、五上课。", []),
        ("周二上课。", "每周一、三、五上课。", ["周二"]),
        ("每周三次。", "每周三、周五训练,每周三次。", []),
        ("周日办理。", "审核需3个工作日。", []),
        ("周日开放。", "除周一外每天开放。", []),
    ],
)
def test_a_day_is_right_where_the_days_of_the_source_hold_it(claim, source, wrong):
    assert other_days(fold(claim), fold(source)) == wrong


def test_days_are_read_as_the_source_writes_them():
    assert days_as_written("周三办公", ["工作日办公"]) == "工作日办公"
    assert days_as_written("周六办公", ["工作日办公"]) == "周六办公"


@pytest.mark.parametrize(
    ("claim", "said", "holds"),
    [
        ("补贴为35000元。", "补贴为三万五千元。", True),
        ("补贴为3.5万元。", "补贴为三万五千元。", True),
        ("补贴为5000元。", "补贴为三万五千元。", False),
        ("月薪8500元。", "月薪八千五百元。", True),
        ("活动有30人参加。", "活动有二三十人参加。", False),
        ("活动有二三十人参加。", "活动有二三十人参加。", True),
    ],
)
def test_numerals_in_thousands_and_ranges_are_read_whole(claim, said, holds, encoder):
    assert support(claim, ["办法", said], encoder).supported == holds


def test_a_unit_in_latin_letters_is_no_name():
    assert rules(fold("管径20mm,内存4GB。"), (fold("管径20毫米,内存4GB。"),))["name"] == []


@pytest.mark.parametrize(
    ("claim", "source", "wrong"),
    [
        ("该设备只能在室内使用。", "该设备不能在室外使用。", False),
        ("该设备只能在室外使用。", "该设备不能在室外使用。", True),
        ("本券仅限线下使用。", "本券不得在线上使用。", False),
        ("本券仅限线上使用。", "本券不得在线上使用。", True),
    ],
)
def test_what_is_allowed_only_here_is_what_is_forbidden_there(claim, source, wrong):
    assert any(rules(fold(claim), (fold(source),)).values()) == wrong


@pytest.mark.parametrize(
    ("claim", "wrong"), [("下半年游客增加。", True), ("上半年游客增加。", False), ("下半年收入增加。", True)]
)
def test_a_heading_excuses_a_member_of_a_kind_only_where_no_sentence_has_another(claim, wrong):
    evidence = ("古城景区下半年运营通报", "上半年游客增加两成,收入增加一成。")
    assert bool(rules(claim, evidence)["kind"]) == wrong
    assert rules("下半年游客增加。", ("古城景区下半年运营通报", "游客增加两成。"))["kind"] == []
    assert rules("晚班发放工具。", ("晚班通知", "早班发放工具。"))["kind"]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("机器离墙应在30厘米以上。", "机器离墙不宜小于30厘米。"),
        ("房间高度至少2.6米。", "房间高度不应低于2.6米。"),
        ("乙厂的产量比甲厂低200吨。", "甲厂的产量比乙厂高200吨。"),
        ("北线比南线短。", "南线比北线长3公里。"),
        ("私自改装电路的,由物业责令恢复原状。", "业主不得私自改装电路,违反者由物业责令恢复原状。"),
        ("首次借书时如果不缴押金,就无法借书。", "首次借书必须缴纳押金,否则无法借书。"),
        ("迟到超过10次的员工不能评优。", "一年内迟到超过10次的员工,不得评优。"),
        ("养过宠物的房间不能退租。", "半年内养过宠物的房间,不得退租。"),
        ("持老年证的乘客不受此限制。", "乘客须年满18周岁,持老年证的除外。"),
        ("公司目前没有相关安排。", "公司目前没有这方面的安排。"),
        ("学校没有任何有关收费的规定。", "学校没有有关收费的规定。"),
        ("明年可能裁员。", "经理表示,不排除明年裁员。"),
        ("指示灯由红色变为绿色表示充满。", "指示灯由红色变为绿色,说明已经充满。"),
        ("先打磨再涂面漆。", "打磨完成后才能涂面漆。"),
    ],
)
def test_the_same_told_from_another_side_is_no_contrary(claim, source):
    found = rules(fold(claim), (fold(source),))
    assert found["contrary"] == found["overstated"] == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("机器离墙不大于30厘米。", "机器离墙不宜小于30厘米。"),
        ("乙厂的产量比甲厂高200吨。", "甲厂的产量比乙厂高200吨。"),
        ("北线比南线长3公里。", "南线比北线长3公里。"),
        ("指示灯由绿色变为红色表示充满。", "指示灯由红色变为绿色表示充满。"),
        ("液体由无色变成蓝色。", "液体由蓝色变成无色。"),
        ("上半年净利润同比增长8.7%。", "上半年收入同比增长31.4%;净利润同比下降8.7%。"),
        ("先涂面漆,再打磨。", "打磨完成后才能涂面漆。"),
        ("先发货再付款。", "付款后才发货。"),
        ("租金下浮一成。", "租金上浮一成。"),
        ("地板可以用蒸汽清洁。", "地板不要用湿布或蒸汽清洁。"),
        ("选手须年满16岁,残疾选手也不例外。", "选手须年满16岁,残疾选手除外。"),
    ],
)
def test_what_is_turned_round_is_a_contrary(claim, source):
    assert rules(fold(claim), (fold(source),))["contrary"]


@pytest.mark.parametrize(
    ("claim", "evidence", "rule"),
    [
        ("去年清点库房时少了几件。", "馆方去年清点库房,没有少一件。", "contrary"),
        ("车位有82个,已经够用。", "小区有车位82个,尚不能满足需要。", "contrary"),
        ("包衣种子可以吃。", "包衣种子有毒,严禁食用。", "contrary"),
        ("少量使用抗生素是可以的。", "抗生素一律不用。", "contrary"),
        ("塌方没有造成设备损坏。", "两台设备因塌方受损。", "contrary"),
        ("雨季照常灌溉。", "旱季每周灌两次,雨季停灌。", "contrary"),
        ("初期对货车没有限制。", "初期不允许货车通行。", "contrary"),
        ("未成年人应当取得学校同意。", "未成年人使用本应用,应当取得监护人同意。", "slot"),
        ("施工方为恒正咨询。", "施工方为中岭建设,监理方为恒正咨询。", "slot"),
        ("唯一性模板最多。", "模板分为完整性、唯一性两类,其中完整性模板最多。", "slot"),
        ("实习生按《劳务办法》执行。", "实习生按《管理办法》执行。", "slot"),
        ("HDMI接口支持热插拔。", "USB接口支持热插拔，HDMI接口需断电插拔。", "exchanged"),
        ("发电量必将回升。", "发电量可能回升。", "overstated"),
    ],
)
def test_a_rule_finds_what_is_turned_round(claim, evidence, rule):
    assert rules(fold(claim), (fold(evidence),))[rule]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("租户可以列席业主大会。", "租户不享有业主大会的表决权，但可以列席。"),
        ("没有许可不能改编。", "版权归话剧院所有，未经许可不得改编。"),
        ("检测一月一次。", "每月检测一次。"),
        ("2023年汛期最高水位为98米。", "2023年汛期,水库最高水位为98米。"),
        ("退货期长了15天。", "退货期由30天延长到45天。"),
        ("信用社占贷款的六成。", "贷款1500万元,其中信用社900万元。"),
        ("规模削减了三分之一。", "规模由每日120吨减为每日80吨。"),
        ("2023年的正常率为86.5%。", "2024年正常率为88.6%,比2023年提高2.1个百分点。"),
        ("半个月内提出异议。", "15日内提出异议。"),
        ("税打七折。", "税按70%征收。"),
        ("晚餐供应一共两个小时。", "晚餐供应时间为16:45至18:45。"),
        ("夜间每小时60元。", "每小时120元,夜间按半价。"),
        ("电镜室的机时最多,为3900小时。", "其中电镜室机时3900小时,质谱室机时2700小时。"),
    ],
)
def test_no_rule_objects_to_what_follows_from_the_source(claim, evidence):
    found = rules(fold(claim), (fold(evidence),))
    assert not any(found[rule] for rule in found if rule not in ("name", "rival"))


def test_a_sum_or_share_that_does_not_follow_is_a_fault():
    assert rules("退货期长了25天", ("退货期由30天延长到45天。",))["number"]
    assert rules("规模减了一半", ("规模由每日120吨减为每日80吨。",))["number"]
    assert rules("2023年的正常率为90.7%", ("2024年正常率为88.6%,比2023年提高2.1个百分点。",))["number"]


def test_the_cross_encoder_does_not_doubt_a_quotation(encoder, monkeypatch):
    class Doubting:
        def verify(self, claim, evidence):
            return -3.5

    monkeypatch.setattr(grounding, "open_cross_encoder", Doubting)
    assert support("年休假由部门经理批准。", ["休假", "年休假由部门经理批准。"], encoder).supported
