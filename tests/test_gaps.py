"""Answers that speak of what is asked and do not say it."""

import pytest

from hujin_qa.absent import absent_topic
from hujin_qa.assistant import Assistant
from hujin_qa.gaps import gap
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.reader import Reading
from hujin_qa.settings import load_settings
from hujin_qa.siblings import unknown_sibling
from hujin_qa.types import Citation, Claim
from test_index import Hashing

LEXICON = load_lexicon()
CLINIC = """# 诊所三年小结

## 一、设立

城里的诊所按季度写小结。青禾医院由韩竹亭于2011年创办。沂水医院的门诊楼有四层。

## 二、门诊

2023年门诊共接待5200人次,其中儿童占三成。门诊有三名专职护士,均不倒班。二季度的复诊率为41%。

门诊时间由8小时延长到10小时,挂号窗口增加两个。第一次复诊免费,超过65岁的按八折收费。

## 三、药房

药房和手术室都在一楼。药房的处方须由药师双签。搬迁后排队变短。因为电梯老化,手术室搬到了二楼。

冷藏药品须在2小时内入库。西药柜有抗生素30盒;中药柜另行清点。石碑立于贞观十年,以医术高明闻名。存放超过365天的药品须销毁。
煎药窗口因停气关了两天,详见【公告】第二号。取药通过扫码叫号,等候变短。

## 四、诊室

一号诊室每天接待40人,2号诊室接待35人。
"""
ORCHARD = """# 果园日志

## 一、品种

红玉单果约200克,亩产3000斤。青霜甜度最高。霜降以后不再浇水。

## 二、采收

采收队共12人,分两组作业。2022年7月采收了红玉,冬季修枝一次。果园的围栏已经翻修。果园由老周负责。东果园有水井6口。

## 三、农机

铁牛车的司机姓石,载重2吨。飞鸽车的司机从香港来。飞鸽车于2015年报废。

《果园用水细则》由场部印发,用药细则还在起草。

## 四、销路

红玉和青霜合计占销量的七成。出口的果子占比不断上升,一期冷库投资80万元。果酱由一家食品公司代销。出口的果子走海运。外包的车不得超过总数的20%。出口的果子贡献了30%的收入。
"""
MARKET = """# 市集记事

## 一、摊位

A类摊位每月收费300元。一日票每张15元。账本由一家会计公司代记。本季开出罚单11件。60岁以上的摊主中只有28%会扫码。果醋坊2021年开张。

摊主至少留够六个月的生活费。柜员冉小禾填单上报。除颤器存放在门房。水塔没有电梯。夜市开到22时。规费由乡里代收。

## 二、四时

写生须登记,不得拍照。10月至12月开到22时。三季度收入9万元,较第二季度多1万元。春茶含糖4%,夏茶只有2%。

## 三、钱粮

全集资金1260万元,其中省级资金900万元。2019年至2023年,修棚费累计80万元。粮价由每吨52元跌到34元,仓租随之下调。

双向六车道的大路通到北门。鹤鸣与渡口合计有车4300辆,其中鹤鸣2900辆。渡口一侧归平野县管。

东街从外地引进的水车是1958年到的。集上有三道门:东门,北门和水门。集里驮盐的骆驼11峰,织机24张。摊主分到本年盈余的12%。

北门于1829年重修,南门在166年初建。穆氏是第一位守南门的女将。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gaps")
    (folder / "诊所.md").write_text(CLINIC, encoding="utf-8")
    (folder / "果园.md").write_text(ORCHARD, encoding="utf-8")
    (folder / "市集.md").write_text(MARKET, encoding="utf-8")
    sources = [folder / "诊所.md", folder / "果园.md", folder / "市集.md"]
    build_index(sources, folder / "index", Hashing(), "hashing", LEXICON)
    return Assistant(load_settings(threshold=0), Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


def lacks(assistant, asked, *quotes):
    """The gap of an answer that is made of quotes."""
    citations, claims = [], []
    for n, quote in enumerate(quotes, 1):
        document = next(d for d in assistant.index.documents.values() if quote in d.text)
        start = document.text.index(quote)
        citations.append(Citation(n, document.id, "", (), start, start + len(quote), quote))
        claims.append(Claim(quote, (n,)))
    return gap(assistant.interpret(asked), claims, citations, assistant.index)


@pytest.mark.parametrize(
    ("asked", "quote", "sort"),
    [
        ("门诊时间为什么延长", "门诊时间由8小时延长到10小时,挂号窗口增加两个。", "cause"),
        ("搬迁后排队为什么变长", "搬迁后排队变短。", "cause"),
        ("为什么说搬迁后排队变短", "搬迁后排队变短。", ""),
        ("搬迁后排队为什么变短,变成什么样", "搬迁后排队变短。", ""),
        ("2023年的时候护士有多少", "门诊有三名专职护士,均不倒班。", ""),
        ("取药等候为什么能变短", "取药通过扫码叫号,等候变短。", ""),
        ("十几年前的2023年门诊接待了多少人次", "2023年门诊共接待5200人次,其中儿童占三成。", ""),
        ("手术室为什么搬到二楼", "因为电梯老化,手术室搬到了二楼。", ""),
        ("石碑为什么有名", "石碑立于贞观十年,以医术高明闻名。", ""),
        ("煎药窗口为什么关了", "煎药窗口因停气关了两天,详见【公告】第二号。", ""),
        ("石碑是哪一年立的", "石碑立于贞观十年,以医术高明闻名。", ""),
        ("立碑的那几年谁最出名", "石碑立于贞观十年,以医术高明闻名。", ""),
        ("果园的围栏是谁翻修的", "果园的围栏已经翻修。", "person"),
        ("处方由谁签字", "药房的处方须由药师双签。", ""),
        ("果园由谁负责", "果园由老周负责。", ""),
        ("冷藏药品可以存放几天", "冷藏药品须在2小时内入库。", ""),
        ("红玉每个卖多少钱", "红玉单果约200克,亩产3000斤。", "amount"),
        ("红玉的树有多高", "红玉单果约200克,亩产3000斤。", "amount"),
        ("红玉亩产多少斤", "红玉单果约200克,亩产3000斤。", ""),
        ("修枝要花几天", "2022年7月采收了红玉,冬季修枝一次。", "amount"),
        ("5200人次里老人有多少", "2023年门诊共接待5200人次,其中儿童占三成。", "part"),
        ("5200人次里儿童有多少", "2023年门诊共接待5200人次,其中儿童占三成。", ""),
        ("12人的名单里红玉排多少", "采收队共12人,分两组作业。", ""),
        ("三名专职护士叫什么名字", "门诊有三名专职护士,均不倒班。", "members"),
        ("65岁以下的怎么收费", "第一次复诊免费,超过65岁的按八折收费。", "bound"),
        ("65岁以上的怎么收费", "第一次复诊免费,超过65岁的按八折收费。", ""),
        ("3.5天以下的药品怎么处理", "存放超过365天的药品须销毁。", ""),
        ("三季度的复诊率是多少", "二季度的复诊率为41%。", "period"),
        ("三号诊室每天接待多少人", "一号诊室每天接待40人,2号诊室接待35人。", "period"),
        ("二号诊室每天接待多少人", "一号诊室每天接待40人,2号诊室接待35人。", ""),
        ("2季度的复诊率是多少", "二季度的复诊率为41%。", ""),
        ("二季度的复诊率是多少", "二季度的复诊率为41%。", ""),
        ("药房和手术室哪个大一些", "药房和手术室都在一楼。", "comparison"),
        ("红玉和青霜哪个甜度更高", "青霜甜度最高。", "comparison"),
        ("沂水医院的创办人是谁", "青禾医院由韩竹亭于2011年创办。", "owner"),
        ("青禾医院的创办人是谁", "青禾医院由韩竹亭于2011年创办。", ""),
        ("中药柜有多少盒药", "西药柜有抗生素30盒;中药柜另行清点。", "owner"),
        ("西药柜有多少盒抗生素", "西药柜有抗生素30盒;中药柜另行清点。", ""),
        ("红玉是几几年采收的", "2022年7月采收了红玉,冬季修枝一次。", ""),
        ("红玉几月采收", "2022年7月采收了红玉,冬季修枝一次。", ""),
        ("东果园有多少口水井", "东果园有水井6口。", ""),
        ("红玉单独占销量的几成", "红玉和青霜合计占销量的七成。", "part"),
        ("红玉和青霜占销量的几成", "红玉和青霜合计占销量的七成。", ""),
        ("出口的果子占多少", "出口的果子占比不断上升,一期冷库投资80万元。", "share"),
        ("水车是哪年引进来的", "东街从外地引进的水车是1958年到的。", ""),
        ("集上的三道门分别叫什么", "集上有三道门:东门,北门和水门。", ""),
        ("驮盐的有几头骆驼", "集里驮盐的骆驼11峰,织机24张。", ""),
        ("还剩几台织机", "集里驮盐的骆驼11峰,织机24张。", ""),
        ("当摊主的能分到多少钱", "摊主分到本年盈余的12%。", ""),
        ("外包的车最多占多少", "外包的车不得超过总数的20%。", ""),
        ("采收队的队员叫什么名字", "采收队共12人,分两组作业。", "person"),
        ("铁牛车的司机叫什么", "铁牛车的司机姓石,载重2吨。", ""),
        ("青霜为什么搬到了二楼", "因为电梯老化,手术室搬到了二楼。", "owner"),
        ("手术室为什么搬到了二楼", "因为电梯老化,手术室搬到了二楼。", ""),
        ("飞鸽车的司机姓什么", "飞鸽车的司机从香港来。", "person"),
        ("冷库赚了多少钱", "出口的果子贡献了30%的收入。", "amount"),
        ("冷库收多少钱的费", "出口的果子贡献了30%的收入。", ""),
        ("出口的果子占收入的多少", "出口的果子贡献了30%的收入。", ""),
        ("出口的果子占多大比例", "出口的果子走海运。", "share"),
        ("冷库占多大地方", "一期冷库投资80万元。", ""),
        ("二期冷库投资多少", "出口的果子占比不断上升,一期冷库投资80万元。", "period"),
        ("果酱由哪家公司代销", "果酱由一家食品公司代销。", "which"),
        ("果子出口到哪些国家", "出口的果子走海运。", "place"),
        ("出口的果子总部在哪", "出口的果子走海运。", "place"),
        ("飞鸽车的司机籍贯在哪里", "飞鸽车的司机从香港来。", ""),
        ("明年冷库投资多少", "出口的果子占比不断上升,一期冷库投资80万元。", "period"),
        ("韩竹亭今年多大年纪", "青禾医院由韩竹亭于2011年创办。", "attribute"),
        ("韩竹亭之前在哪家医院工作", "青禾医院由韩竹亭于2011年创办。", "attribute"),
        ("韩竹亭是哪所大学毕业的", "青禾医院由韩竹亭于2011年创办。", "attribute"),
        ("青禾医院是哪一年成立的", "青禾医院由韩竹亭于2011年创办。", ""),
        ("飞鸽车后来为什么被吊销了牌照", "飞鸽车于2015年报废。", "attribute"),
        ("飞鸽车的手续费是多少", "飞鸽车于2015年报废。", "attribute"),
        ("一期冷库花了多少钱", "出口的果子占比不断上升,一期冷库投资80万元。", ""),
        ("采收队有多少名员工", "采收队共12人,分两组作业。", ""),
        ("飞鸽车的厂长是谁", "飞鸽车于2015年报废。", "person"),
        ("铁牛车是谁带队开的", "铁牛车的司机姓石,载重2吨。", ""),
        ("诊室一共有几张床", "一号诊室每天接待40人,2号诊室接待35人。", "amount"),
        ("冷库用了多少本金", "出口的果子占比不断上升,一期冷库投资80万元。", ""),
        ("线上市场占多少", "出口的果子贡献了30%的收入。", ""),
        ("哪个国家买出口的果子", "出口的果子走海运。", "place"),
        ("护士有几位", "门诊有三名专职护士,均不倒班。", ""),
        ("冷库的成本有多高", "出口的果子占比不断上升,一期冷库投资80万元。", ""),
        ("8月采收了多少红玉", "2022年7月采收了红玉,冬季修枝一次。", "period"),
        ("B类摊位每月收多少钱", "A类摊位每月收费300元。", "period"),
        ("A类摊位每月收多少钱", "A类摊位每月收费300元。", ""),
        ("七日票多少钱一张", "一日票每张15元。", "period"),
        ("代记账本的那家会计公司叫什么名字", "账本由一家会计公司代记。", "which"),
        ("会计公司是什么意思", "账本由一家会计公司代记。", ""),
        ("一共开出多少张罚单", "本季开出罚单11件。", ""),
        ("上了年纪的摊主会扫码的占几成", "60岁以上的摊主中只有28%会扫码。", ""),
        ("酿醋的那个坊哪年开张", "果醋坊2021年开张。", ""),
        ("摊主手里该留多少钱", "摊主至少留够六个月的生活费。", ""),
        ("哪位柜员填的单", "柜员冉小禾填单上报。", ""),
        ("谁要是偷着拍照了会怎么样", "写生须登记,不得拍照。", ""),
        ("除颤器是什么牌子的", "除颤器存放在门房。", "attribute"),
        ("除颤器放在哪里", "除颤器存放在门房。", ""),
        ("水塔着火是怎么引起的", "水塔没有电梯。", "attribute"),
        ("着火那天水塔有没有电梯,怎么上去", "水塔没有电梯。", ""),
        ("夜市为什么停办", "夜市开到22时。", "attribute"),
        ("会计公司的董事长是谁", "账本由一家会计公司代记。", "person"),
        ("规费的董事长是谁", "规费由乡里代收。", "person"),
        ("写生的时候能拍几张照片吗", "写生须登记,不得拍照。", ""),
        ("11月开到几点", "10月至12月开到22时。", ""),
        ("9月开到几点", "10月至12月开到22时。", "period"),
        ("三季度收入多少", "三季度收入9万元,较第二季度多1万元。", ""),
        ("夏天的茶和春天的茶哪个含糖多", "春茶含糖4%,夏茶只有2%。", ""),
        ("1260万元的资金里省里出了多少", "全集资金1260万元,其中省级资金900万元。", ""),
        ("从2019到2023这五年里修棚花了多少钱", "2019年至2023年,修棚费累计80万元。", ""),
        ("仓租为什么下调", "粮价由每吨52元跌到34元,仓租随之下调。", ""),
        ("大路能并排走几条车道", "双向六车道的大路通到北门。", ""),
        ("两家的车里鹤鸣占多少", "鹤鸣与渡口合计有车4300辆,其中鹤鸣2900辆。", ""),
        ("南门是西元几年修的", "北门于1829年重修,南门在166年初建。", ""),
        ("哪一年初建了南门", "南门在166年初建。", ""),
        ("守南门的女将叫什么名字", "穆氏是第一位守南门的女将。", ""),
        ("渡口那边归哪个县管", "渡口一侧归平野县管。", ""),
    ],
)
def test_what_an_answer_lacks_of_what_is_asked_is_seen(assistant, asked, quote, sort):
    assert lacks(assistant, asked, quote) == sort


def test_what_is_asked_to_be_there_may_be_told_in_other_words(assistant):
    asked = assistant.interpret("市集有桑拿房吗")
    assert absent_topic(asked, assistant.index, LEXICON) == "桑拿房"
    assert absent_topic(asked, assistant.index, LEXICON, believed=True) == ""


def test_the_cross_encoder_overrules_what_only_looks_like_another_thing_where_it_is_sure(assistant):
    asked, quote = assistant.interpret("中药柜有多少盒药"), "西药柜有抗生素30盒;中药柜另行清点。"
    document = assistant.index.documents["诊所"]
    at = document.text.index(quote)
    citation = Citation(1, document.id, "", (), at, at + len(quote), quote)
    for again, refused in ((0.0, ("gap", "owner")), (2.5, ("", ""))):
        reading = Reading((Claim(quote, (1,)),), (citation,), 0.9, {"again": again})
        assert assistant.refused_by(asked, (), reading) == refused


def test_what_is_told_beside_the_thing_that_is_asked_is_of_another(assistant):
    told = "铁牛车的司机姓石,载重2吨。", "飞鸽车于2015年报废。"
    assert lacks(assistant, "飞鸽车的司机是谁", *told) == "owner"
    assert lacks(assistant, "铁牛车的司机是谁", *told) == ""
    assert lacks(assistant, "铁牛车和飞鸽车哪个载重多", *told) == "comparison"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("沂水医院的创办人是谁", "文中没有"),
        ("专职护士为什么不倒班", "文中没有说明原因。"),
        ("三季度的复诊率是多少", "文中没有说到所问的时期。"),
    ],
)
def test_an_answer_with_a_gap_is_not_given_and_the_gap_is_told(assistant, asked, said):
    answer = assistant.ask(asked)
    assert answer.status == "abstained"
    assert answer.text.startswith(said)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("南浦医院的创办人是谁", "南浦医院"),
        ("南浦的医院由谁创办", "南浦的医院"),
        ("清禾医院的创办人是谁", ""),  # 青禾, misspelt
        ("沂水医院有几层", ""),
        ("整个医院有几层", ""),
        ("我们医院有几层", ""),
        ("南浦采收了多少", ""),  # no other name stands before this word
    ],
)
def test_a_name_that_no_document_has_where_they_have_others_is_seen(assistant, asked, name):
    assert unknown_sibling(asked, assistant.index) == name


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("“金盏”系列亩产多少", "金盏"),
        ("《南浦手记》里写了什么医术", "南浦手记"),
        ("《果园用药细则》由谁印发", "果园用药细则"),
        ("《果园用水细则》由谁印发", ""),
        ("《用水细则》由谁印发", ""),
        ("《果园细则》由谁印发", ""),
        ("《果园用谁细则》由谁印发", ""),
        ("“红玉”亩产多少", ""),
        ("“专职护士”有几名", ""),
    ],
)
def test_what_a_question_quotes_must_stand_in_the_text(assistant, asked, name):
    assert absent_topic(assistant.interpret(asked), assistant.index, LEXICON) == name
