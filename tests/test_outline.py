"""Outlines of many styles, each written for this file: the expected tree is the test."""

import pytest

from hujin_qa.markers import strip_marker
from hujin_qa.outline import find_outline, find_title


def tree(text):
    """Position and heading of every section, a line each."""
    return [f"{s.position} {s.heading}".strip() for s in find_outline(text)]


def outline(text):
    """An expected tree, written as an indented block."""
    return [line.strip() for line in text.strip().splitlines()]


TREES = {
    "bracketed Chinese numerals over arabic ones": (
        """关于职工食堂的管理办法

(一)开放时间
早餐七点开始,午餐十一点半开始。
(二)就餐方式
1.刷卡就餐
员工刷工卡,每餐一次。
2.现金就餐
访客在窗口付现金。
(三)卫生要求
厨房每日消毒两次,留样四十八小时。
""",
        """
        1 (一)开放时间
        2 (二)就餐方式
          2.1 1.刷卡就餐
          2.2 2.现金就餐
        3 (三)卫生要求
        """,
    ),
    "chapters, parts and articles": (
        """某市公园管理规定

第一章 总则
第一条 为了保护公园,制定本规定。
第二条 本规定适用于全市公园。
第二章 使用
第一节 开放
第三条 公园免费开放。
第四条 夜间十点闭园。
第二节 活动
第五条 举办活动应当提前十五日申请。
第三章 附则
第六条 本规定自公布之日起施行。
""",
        """
        1 第一章 总则
          1.1 第一条
          1.2 第二条
        2 第二章 使用
          2.1 第一节 开放
            2.1.1 第三条
            2.1.2 第四条
          2.2 第二节 活动
            2.2.1 第五条
        3 第三章 附则
          3.1 第六条
        """,
    ),
    "chapters without a line break or a blank": (
        "第一章绪论第一节研究背景近年来,城市树木受到重视。第二节研究方法本文采用问卷。"
        "第二章结果第一节样本共有300人,回收率九成。第二节发现树越多,夏天越凉快。",
        """
        1 第一章绪论
          1.1 第一节研究背景
          1.2 第二节研究方法
        2 第二章结果
          2.1 第一节
          2.2 第二节
        """,
    ),
    "circled numbers": (
        "煮咖啡的步骤\n①磨豆\n豆子磨成中等粗细。\n②焖蒸\n先注少量热水,等三十秒。\n③注水\n分三次注完,共两分半钟。\n",
        """
        1 ①磨豆
        2 ②焖蒸
        3 ③注水
        """,
    ),
    "circled numbers under bracketed ones, counted anew": (
        """(一)收入
①门票
全年八百万元。
②餐饮
全年三百万元。
(二)支出
①人工
全年四百万元。
②维修
全年一百万元。
""",
        """
        1 (一)收入
          1.1 ①门票
          1.2 ②餐饮
        2 (二)支出
          2.1 ①人工
          2.2 ②维修
        """,
    ),
    "dotted numbers, with decimals and versions in the text": (
        """1 安装
1.1 准备
需要一台电脑和 8.5 GB 空间,版本 3.11.2 以上。
1.1.1 检查磁盘
看看剩余空间。
1.1.2 检查网络
下载约需 2.4 小时。
1.2 执行
双击安装程序。
2 卸载
在控制面板里删除。
""",
        """
        1 1 安装
          1.1 1.1 准备
            1.1.1 1.1.1 检查磁盘
            1.1.2 1.1.2 检查网络
          1.2 1.2 执行
        2 2 卸载
        """,
    ),
    "capital letters": (
        "A. 选址\n店铺临街,月租不超过两万元。\nB. 装修\n工期四十天。\nC. 招聘\n先招店长,再招店员六名。\n",
        """
        1 A. 选址
        2 B. 装修
        3 C. 招聘
        """,
    ),
    "half and full width mixed, traditional script": (
        """一、種植
（１）選土
土要疏鬆。
（2）播種
三月播種,行距三十厘米。
二、收穫
（１）采摘
清晨采摘。
（２）儲存
冷藏可放十天。
""",
        """
        1 一、種植
          1.1 （１）選土
          1.2 （2）播種
        2 二、收穫
          2.1 （１）采摘
          2.2 （２）儲存
        """,
    ),
    "three levels in lines": (
        """一、培训安排
1.新员工
(1)第一周
熟悉制度。
(2)第二周
跟岗学习。
2.老员工
每季度一次,每次半天。
二、考核
笔试和实操各占一半。
""",
        """
        1 一、培训安排
          1.1 1.新员工
            1.1.1 (1)第一周
            1.1.2 (2)第二周
          1.2 2.老员工
        2 二、考核
        """,
    ),
    "three levels in one line": (
        "一、培训安排1.新员工:入职当月完成。(1)第一周:熟悉制度。(2)第二周:跟岗学习。"
        "2.老员工:每季度一次,每次半天。二、考核:笔试和实操各占一半。",
        """
        1 一、培训安排
          1.1 1.新员工
            1.1.1 (1)第一周
            1.1.2 (2)第二周
          1.2 2.老员工
        2 二、考核
        """,
    ),
    "one flat line whose headings run into their bodies": (
        "本报告介绍社区花园。一、缘起2016年,居民清理了一块空地。二、组织近年来,志愿者每周值班一次。"
        "三、成效对于社区来说,邻里关系更好了。",
        """
        0
        1 一、缘起
        2 二、组织
        3 三、成效
        """,
    ),
    "headings that are sentences, as in official papers": (
        """一、工作目标。到年底,全部电梯完成检测。
二、主要措施。
(一)摸清底数。逐台登记,一梯一码。
(二)分类整治。先住宅,后商场。
三、保障机制。经费列入预算,按季度拨付。
""",
        """
        1 一、工作目标
        2 二、主要措施
          2.1 (一)摸清底数
          2.2 (二)分类整治
        3 三、保障机制
        """,
    ),
    "labels with colons": (
        """产品定位:面向中小学生的编程积木套装,强调动手能力和同伴合作。
目标用户:八到十四岁的学生,以及他们的家长和学校里的科学老师。
销售渠道:线上旗舰店、校内社团课程、科技馆体验店和假期训练营。
售后服务:零件丢失可以免费补寄,一年之内出现质量问题包换新品。
""",
        """
        1 产品定位
        2 目标用户
        3 销售渠道
        4 售后服务
        """,
    ),
    "labels under numbered headings, without line breaks": (
        "一、苹果园 种植面积:果园占地三百亩,分成东西两片,中间有一条河。主要品种:以晚熟品种为主,十月上市,可以存放到来年春天。"
        "二、梨园 种植面积:梨园占地一百亩,全部在北坡,有喷灌设备。主要品种:早熟和中熟品种各占一半,八月上市,大多就近卖掉。",
        """
        1 一、苹果园
          1.1 种植面积
          1.2 主要品种
        2 二、梨园
          2.1 种植面积
          2.2 主要品种
        """,
    ),
    "Markdown, with a mark inside a code block": (
        "# 星河图书馆\n\n欢迎。\n\n## 借书\n\n每人五本。\n\n### 续借\n\n一次,三十天。\n\n"
        "## 还书\n\n```\n# 不是标题\n```\n\n投入还书箱。\n",
        """
        0
        1 借书
          1.1 续借
        2 还书
        """,
    ),
    "Markdown with underlined headings": (
        "开头\n====\n\n第一部分\n--------\n内容一。\n\n第二部分\n--------\n内容二。\n",
        """
        1 第一部分
        2 第二部分
        """,
    ),
    "questions and answers": (
        "问:怎么退票?\n答:开场前两小时可在网上退票。\n问:可以带小孩吗?\n答:一米二以下儿童免票,须有大人陪同。\n",
        """
        1 问:怎么退票?
        2 问:可以带小孩吗?
        """,
    ),
    "Roman numerals": (
        "Ⅰ、背景\n老街有两百年历史。\nⅡ、现状\n半数房屋空置。\nⅢ、方案\n分三期修缮。\n",
        """
        1 Ⅰ、背景
        2 Ⅱ、现状
        3 Ⅲ、方案
        """,
    ),
    "a table of contents in front": (
        "目录\n一、概况\n二、数据\n三、建议\n\n一、概况\n全镇有十二个村。\n二、数据\n人口三万。\n三、建议\n多修路。\n",
        """
        0
        1 一、概况
        2 二、数据
        3 三、建议
        """,
    ),
    "an unnumbered close": (
        "一、起因:河水变浑。二、经过:巡查三天,发现一处泄漏。三、处理:关闭阀门。结语:水质已经恢复。",
        """
        1 一、起因
        2 二、经过
        3 三、处理
        4 结语
        """,
    ),
    "a number left out": (
        "一、甲\n甲的内容。\n二、乙\n乙的内容。\n四、丁\n丁的内容。\n",
        """
        1 一、甲
        2 二、乙
        3 四、丁
        """,
    ),
    "English": (
        "1. Introduction\nThis tool reads U.S. data, e.g. version 2.1.3 files.\n"
        "2. Usage\nRun it with Python 3.11. It takes 2.5 seconds.\n",
        """
        1 1. Introduction
        2 2. Usage
        """,
    ),
    "blanks of two characters before every line, Windows line ends": (
        "　　一、背景\r\n　　老厂停产。\r\n　　二、方案\r\n　　改成公园。\r\n",
        """
        1 一、背景
        2 二、方案
        """,
    ),
    "articles that count on under Markdown chapters": (
        """# 集市管理办法

## 第一章 总则

第一条 为了规范集市，制定本办法。
第二条 本办法适用于早市。

## 第二章 摊位

**第三条** 摊位每年抽签。
第四条 摊主有下列情形之一的，收回摊位：
（一）连续三十天不出摊；
（二）转租摊位。

## 第三章 附则

第五条 本办法自五月起施行。
""",
        """
        1 第一章 总则
          1.1 第一条
          1.2 第二条
        2 第二章 摊位
          2.1 第三条
          2.2 第四条
        3 第三章 附则
          3.1 第五条
        """,
    ),
    "questions under Markdown headings": (
        """# 图书馆问答

## 办证

问：要带什么？
答：带身份证。

问：收费吗？
答：不收。

## 借阅

**Q3：能借几本？**
A3：五本。

Q4：逾期怎么办？
A4：每天一角。
""",
        """
        1 办证
          1.1 问：要带什么？
          1.2 问：收费吗？
        2 借阅
          2.1 Q3：能借几本？
          2.2 Q4：逾期怎么办？
        """,
    ),
    "lines in bold under a Markdown heading, and bold words in lines": (
        """# 泳池须知

## 进场

**时间**
下午两点开门。

**着装**

须戴**泳帽**。

- **成人**：三十元
- **儿童**：十五元
""",
        """
        1 进场
          1.1 时间
          1.2 着装
        """,
    ),
    "names in boxes, alone and before their text, with questions under them": (
        """暖风机说明

【特点】
三秒速热。
【参数】净重两千克，功率两千瓦。
【问答】
问：能盖衣服吗？
答：不能。
问：保修多久？
答：两年。
""",
        """
        1 特点
        2 参数
        3 问答
          3.1 问：能盖衣服吗？
          3.2 问：保修多久？
        """,
    ),
    "lines with an ornament": (
        "山里两天怎么玩\n\n▍怎么去\n坐高铁四十分钟。\n\n▍住哪里\n山脚有三家民宿。\n",
        """
        1 怎么去
        2 住哪里
        """,
    ),
    "numbered headings over lines with an ornament": (
        "一、拆除\n■ 东街\n拆了三处。\n■ 西街\n拆了五处。\n二、新建\n■ 公园\n建了两个。\n",
        """
        1 一、拆除
          1.1 东街
          1.2 西街
        2 二、新建
          2.1 公园
        """,
    ),
    "sentences that are numbered like the article above": (
        "第一条 租金\n1.1 甲方每月收租，不得拖延。\n1.2 乙方在月初付租，押金另付。\n第二条 修缮\n2.1 小修由乙方负责。\n"
        "第三条 违约\n3.1 提前退租的，赔一个月租金。\n3.2 拖欠租金的，按天计息。\n",
        """
        1 第一条 租金
          1.1 1.1
          1.2 1.2
        2 第二条 修缮
        3 第三条 违约
          3.1 3.1
          3.2 3.2
        """,
    ),
    "amounts that open lines below an article": (
        "第一条 租金\n1.1 万元是南坡的租金，一次付清。\n1.2 万元是北坡的租金，分两次付。\n第二条 期限\n九年。\n",
        """
        1 第一条 租金
        2 第二条 期限
        """,
    ),
    "a list of steps below a heading is no outline": (
        "一、材料\n木板四块。\n二、步骤\n1.量尺寸。\n2.锯木板。\n3.钉钉子。\n三、注意\n戴手套。\n",
        """
        1 一、材料
        2 二、步骤
        3 三、注意
        """,
    ),
}


@pytest.mark.parametrize(("text", "expected"), TREES.values(), ids=TREES)
def test_the_tree_of(text, expected):
    assert tree(text) == outline(expected)


WITHOUT = {
    "plain text": "小镇在山谷里,人口三千。春天有集市,秋天有赛马。",
    "paragraphs": "小镇在山谷里,人口三千。\n\n春天有集市,秋天有赛马。\n\n桥长1.2公里。",
    "years that open lines": "1998年,建厂。\n2003年,扩建。\n2015年,搬迁。\n",
    "times": "8:30 签到\n9:00 开幕\n10:30 茶歇\n14:00 分组讨论\n",
    "versions": "3.2.1 修复若干问题。\n3.2.0 增加导出。\n3.1.9 首次发布。\n",
    "amounts that open lines": "1.5亿元来自门票。\n2.3亿元来自餐饮。\n3.1亿元来自停车。\n",
    "letters with digits": "P2P一度流行,B2B随后兴起。A、B两组各有5人。M1增速放缓,M2增速上升。",
    "year spans in brackets": "早期(2004-2013)、中期(2014-2018)和近期各有特点,2013年的290亿元到2018年涨了3.5倍。",
    "ordinals in a sentence": "会议定了三件事:一是修路,二是种树,三是清河道。第一,要有人;第二,要有钱;第三,要有时间。",
    "numbers in a sentence": "方案的好处是(1)成本下降,(2)收益上升,(3)风险可控,因此获得通过。",
    "English initials": "作者是 J. Smith 和 A. B. Chen,他们在 U. S. 工作。C. Wang 写了第二部。",
    "ranks": "第一梯队有三家,第二梯队有五家。一线城市占六成,二线城市占三成。",
    "list items without text of their own": "打开方法\n1.打开盖子。\n2.加水到刻度线。\n3.按下开关。\n",
    "bullets that are ornaments": "开门前要做：\n■ 扫地\n■ 擦窗\n■ 摆货\n然后开门。\n",
    "ornaments before whole sentences": "■ 扫地要先洒水，再从里往外扫。\n灰尘少。\n■ 擦窗要用报纸，擦两遍。\n不留水痕。\n",
    "words in boxes within a text": "请看【附表】和【附图】，再填【申请】一栏。\n",
    "a lone marker": "以上是全部内容。一、没有第二点。",
    "a lone Markdown mark in the middle": "说明如下。\n# 号键用来结束输入。\n完。",
}


@pytest.mark.parametrize("text", WITHOUT.values(), ids=WITHOUT)
def test_there_is_no_outline_in(text):
    assert [s.position for s in find_outline(text)] == ["0"]


@pytest.mark.parametrize("trap", WITHOUT.values(), ids=WITHOUT)
def test_traps_below_real_headings_add_none(trap):
    text = f"一、先说情况\n{trap}\n二、再说打算\n照旧。\n"
    if "\n# " in trap:
        pytest.skip("beside other headings a Markdown mark counts")
    assert [s.heading for s in find_outline(text) if s.depth == 1] == ["一、先说情况", "二、再说打算"]
    assert len(find_outline(text)) == 2


@pytest.mark.parametrize("text", [text for text, _ in TREES.values()], ids=TREES)
def test_sections_cover_their_text_in_order(text):
    sections = find_outline(text)
    at = len(text) - len(text.lstrip())
    for s in sections:
        assert s.start == at or not text[at : s.start].strip()
        assert s.start <= s.body <= s.end
        at = s.end
    assert at == len(text)
    assert len({s.position for s in sections}) == len(sections)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 星河图书馆\n\n## 借书\n\n五本。\n\n## 还书\n\n随时。\n", "# 星河图书馆"),
        ("公园管理规定\n\n第一条 免费开放。\n第二条 夜间闭园。\n", "公园管理规定"),
        ("春游通知 一、时间:周六。二、地点:湖边。", "春游通知 "),
        ("一、时间:周六。二、地点:湖边。", None),
        ("目录\n一、时间\n二、地点\n", None),
        ("小镇在山谷里,人口三千。\n春天有集市。", None),
        ("周末去哪儿？山里两日游攻略\n\n很多读者问，带孩子去哪里好。\n", "周末去哪儿？山里两日游攻略"),
        ("各位村民，你们好\n\n今年的集市照常举行。\n", None),
        ("时间：周六下午\n\n大家都要来。\n", None),
        ("报名时间：周六下午三点\n\n大家都要来。\n", None),
        ("主持人：欢迎各位来\n嘉宾：我也很高兴来到这里，谢谢大家的邀请。\n", None),
        (
            "渡船一百年：一个码头的故事\n\n作者：贺小舟　　原载《渡口》\n\n一、起家\n\n早年只有木船。\n",
            "渡船一百年：一个码头的故事",
        ),
        ("石桥公司章程（第三稿：讨论用）\n一、总则\n公司设在石桥。\n", "石桥公司章程（第三稿：讨论用）"),
        ("石桥公司\n第二次股东会纪要\n\n会议由董事长主持。\n", "石桥公司\n第二次股东会纪要"),
        ("渡口镇统计公报\n渡口镇统计局\n2024年3月1日\n\n全镇有三千人。\n", "渡口镇统计公报"),
        ("买菜，做饭\n\n洗碗，扫地\n", None),
        ("", None),
    ],
)
def test_a_title_is_the_first_line_only_if_it_can_be_nothing_else(text, title):
    span = find_title(text)
    assert (span and text[span[0] : span[1]].strip("\n")) == title


@pytest.mark.parametrize(
    "text", ["", " \n\t", "#", "一、", "(((((", "1.1.1.1.1.1", "①②③④⑤", "\n".join("一二三四五六"), "第第第章章章"]
)
def test_rubbish_has_a_flat_outline(text):
    assert all(s.start <= s.body <= s.end <= len(text) for s in find_outline(text))


@pytest.mark.parametrize(
    "piece", ["一、甲", "1.", "(1)", "特点:好。", "#", "(", "“", "1.1.", "第一章", "、", "答:", "==\n"]
)
def test_a_long_repetition_is_read_in_linear_time(piece):
    text = piece * 20_000
    assert find_outline(text)[-1].end == len(text)


def test_a_long_list_of_questions_is_numbered_to_its_end():
    text = "".join(f"{n}、问题{n}怎么办?\n答{n}。\n" for n in range(1, 131))
    assert len(tree(text)) == 130


@pytest.mark.parametrize(
    ("heading", "bare"),
    [
        ("1.1 年假", "年假"),
        ("1.1、选址", "选址"),
        ("1.2.3 范围", "范围"),
        ("第一章 总则", "总则"),
        ("AI、大数据与金融", "AI、大数据与金融"),
        ("3.5亿元规模", "3.5亿元规模"),
        ("V2.0发布说明", "V2.0发布说明"),
    ],
)
def test_a_heading_loses_its_number_and_nothing_else(heading, bare):
    assert strip_marker(heading) == bare


def test_bold_lines_and_articles_in_code_are_no_headings():
    text = "# 手册\n\n## 甲\n正文。\n\n```\n**一**\n第一条 代码。\n**二**\n代码。\n```\n\n## 乙\n正文。\n"
    assert tree(text) == ["1 甲", "2 乙"]


NOTE = """茶业笔记

核心观点：今年的茶比去年好卖，价格也稳。

市场规模：
全县卖出春茶二百担，每担比去年贵三元。

主要风险：
1. 天气风险。春天的雨水少，夏茶要减产。
2. 价格风险。外县的茶便宜，集市压价。

建议：早采早卖，不要压货过冬。
"""


def test_labels_that_open_the_paragraphs_are_headings_over_what_is_counted_off():
    found = [(s.position, s.heading) for s in find_outline(NOTE)]
    assert found == [
        ("1", "核心观点"),
        ("2", "市场规模"),
        ("3", "主要风险"),
        ("3.1", "1. 天气风险"),
        ("3.2", "2. 价格风险"),
        ("4", "建议"),
    ]


def test_questions_with_a_number_are_no_labels():
    asked = "".join(
        f"Q{n}：茶怎么卖到{place}？\n论担卖，先付一半。\n\n" for n, place in enumerate(("县城", "省城", "海外"), 1)
    )
    found = [(s.position, s.heading) for s in find_outline("茶业问答\n\n整理人：老何和他的两个徒弟。\n\n" + asked)]
    assert [position for position, heading in found if heading.startswith("Q")] == ["1", "2", "3"]


def test_a_few_labels_among_other_paragraphs_are_none():
    prose = "茶农起得早，天亮就上山。\n\n" * 4
    assert [s.heading for s in find_outline(NOTE.replace("建议：", prose + "建议："))] == [
        "",
        "1. 天气风险",
        "2. 价格风险",
    ]
