"""What an answer lacks of what its question asks for: signs, hardly ever wrong, that the text does not say it.

An answer that fits the words of a question may still miss its point: it tells the figure of another, the whole for
the part, the event without its cause, the act without the one who did it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from .attributes import untold
from .evidence import CAUSE, matched, share
from .headings import NAMES, tag
from .index import Index
from .meaning import is_common
from .owners import CALENDAR, amounts, is_name, of_another, opens_with_another, told_by
from .periods import YEAR
from .persons import QUOTED, nobody_told
from .quantities import NO_UNIT, quantities, tells, unit_asked
from .question import OUTLINE, WORDLESS, Question
from .types import Citation, Claim

_CAUSE = re.compile(
    f"{CAUSE}|理由|太|过[高低大小多少长短]|会(?![员议计])|无法|不能|难|利用|通过(?![率了])|"
    "依托|借助|于是|随之|多半|容易|以免|免得|否则|不然|但|却|不过|而是|怕|担心|考虑|需|必须|限制|不足|只有|全是|突破|所致|毕竟|意味|既|遭|主要是|正是|结果|为[^期止主]{1,12}(?:而|,)|是为|以.{2,}(?:而|闻名|著称)"
)
_EFFECT = 0.5  # share of the question in an answer that speaks of the effect
_FEW = 2  # claims; more of them tell a cause without a word for it
_HEADING = re.compile("【[^】]*】")
_MEANS = re.compile("靠(?:什么|啥)|凭(?:什么|啥)")
_ALSO_ASKS = re.compile(
    "(?:为什么|为啥|凭什么)说|[,;?].*(?:什么|啥|哪些|谁|多少|怎么|如何)"
)  # more than the reason of something
_TOLD_BY_COLON = re.compile(r":\s*[\u4e00-\u9fff]")

_LONG = frozenset(["年", "季度", "月", "周", "天", "工作日", "小时"])
_SHORT = frozenset(["天", "小时", "分钟", "秒", "毫秒"])
_DATES = frozenset([*CALENDAR, "天", "点"])
_AN_ERA = 100  # years
_REIGN = re.compile("[\u4e00-\u9fff]{2}(?:元|[一二三四五六七八九]|\\d\\d)年")
_TIMES = (  # how a time is asked for, and the units of which it may be
    (
        re.compile(
            "(?<![第哪几那这前后近十百千好始元])(?:几|多少)(?:个?半?年(?![级前来])|个月(?!份)|天|周(?!岁)|个?星期|个?工作日)"
        ),
        _LONG,
    ),
    (re.compile("(?<![第那这前后近])(?:几|多少)个?(?:小时|钟头|分钟|秒)"), _SHORT),
    (re.compile("多久|多长时间|(?:时[间长]|期限?|工期|周期).{0,4}多长"), _LONG | _SHORT | {"点"}),
    (re.compile("哪[一几]?[年天日]|[公西]元几年|(?<!第)几[号点](?!子)|几月"), _DATES),
)
_ASKS_MONEY = re.compile("多少钱|多少元|几块钱|几元")
_CHARGED = re.compile("费|收|息|税|罚|折|扣|补|赔|付|押金|提成|佣|分[到成红得给]")  # what may be a share of something
_COUNTED = frozenset("个条项点件种类款处步样家户间名位人只头匹辆艘台本册张份套座所")
_COUNTER = re.compile(f"(?<![哪第分])(?:多少|几){NO_UNIT}(?P<counter>[张栋幢座条艘辆台架间套家所位名处本册头匹棵株])")
_COUNTERS = "台套部架个具张 家个间所处座户 条艘只个 辆台个部 栋幢座 张个块票 位名人个口 间个套 本册部 头匹只峰 棵株 张份件个".split()
"""Classifiers that may stand for one another."""
_MEASURED = re.compile("[米里亩顷吨克斤升度岁元倍瓦]$")
_LOOSE = re.compile(
    "个月的?[^,]{0,4}(?:工资|生活|支出|开支|收入)|除夕|春节|元旦|国庆|中秋|端午|清明|初一|免费|不收|半|[单双][号日数周月]|全部|都|无|没有|每|所有|几[十百千个天次]|数[十百千万]|随时|即|当天|当场|立即|长期|永久|期间|至今|以来"
)
_SOME_ASKED = re.compile("几[^,?]{1,6}(?:[吗么]|行不|可不|能不)|[那这好少]了?几[样个位只]|多少钱由")  # 能拍几张吗
_PART = re.compile(
    "(?:(?<![公英海])里面?|当?中|之中)[的,]*(?P<part>[^,]{1,14}?)(?:一共|总共|大概|要|各|又|的)*[有占是为]?了?(?:多少|几|百分之几)"
)
_WHOLE_NEAR = 8  # characters from the number of a whole to "里"
_RANK = re.compile("排|名次|位居")
_SOME = re.compile("一半|全部|都|无|没有|不|半|多数|[一二两三四五六七八九十]")
_ASKS_SHARE = re.compile(
    "占(?![地用线道领个着座]|了?几[个年天]|多少[分股]|多[大少][^,?]{0,2}(?:地|面积|空间|亩|公顷|平))[了到据]?(?:[^,?]{0,6}(?:多少|几)|多[大高])|(?:占比|比重|比例|份额)[^,?]{0,6}(?:多少|几|多[大高])"
)
_SHARE = re.compile(
    r"占|持股|比重|比例|份额|率|其余|剩|的[\d.]+%|%的|分之|[\d一二三四五六七八九]成|%用于|不到|[中里](?:只|仅|约|大约|超过|近|也)*有[\d.]+%"
)
_OF_HUNDRED = re.compile("几成|百分|比例|占比|比重|份额|几分之")  # 占多少 may be told as a number
_SHARE_VALUE = re.compile(
    r"%|成(?!本|立|为|了|员|交|功|长|果|就)|分之|[一过对]半|倍|多数|大部分|全部|为零|没有|[\d.]+[:比]\d"
)
_ALONE = re.compile("单独|独自|单家|自己一家|一家(?:独)?[占有]")
_TOGETHER = re.compile("合计|合起来|加起来|总计|共同|两者|[二三两]家共")
_ASKS_PLACES = re.compile("哪[一几些个]+(?:国家|城市|省份?|地区|[国省市县]|区(?![域块间别]))")
_PLACE_NAME = re.compile("[国省市州县区]$")
_COINED_PLACE = re.compile(
    "(?:^|(?<=[,。;的在是由为中归于到往]))(?![全各本该两多我外此某][省市县区])[\u4e00-\u9fff]{2,3}[省市县区]|是[\u4e00-\u9fff]{2}(?=[,。;])"
)
_HOME = frozenset(["中国", "我国", "全国", "国内", "各国", "多国", "外国", "全球", "海外"])
_SEAT = re.compile("总部|总公司|本部|注册地|籍贯|出生地")
_SEATED = re.compile(f"{_SEAT.pattern}|注册|出生|生于|位于|坐落|设[在于]|地处|驻|地址|[路街]\\d+号|大厦")
_WHICH_ONE = re.compile("哪一?[家所个间][^,?的]{0,8}?(?P<noun>公司|银行|机构|企业|学校|大学|医院|基金|单位|部门|平台)")
_CALLED = re.compile(
    "(?:[那这哪]一?[家个位名所条间款](?P<noun>[^,的]{1,8}?)|(?P<bare>[\u4e00-\u9fff]{2})的?)(?:名字?)?(?:叫|名[字称]?是)(?:什么|啥)"
)
_SO_CALLED = re.compile('[“"「《]|叫|名为')
_ASKS_EACH = re.compile("叫(?:什么|啥)|(?:是|有)谁|分别|哪[几两二三四五六七八九十些]|名字|谁|都在哪")
_THINGS = re.compile(
    "[\\d一二两三四五六七八九十百千万](?:[名位人家款户间所座辆艘支部篇只台处条]|个(?![年月日星字百十点工季]))"
)
_LISTS = re.compile("[、;]|和|与|及|先|再|然后|最后|首|其[一二三次]|一[条个项点]?是|\\d\\)")
_BOUND = re.compile(r"(\d+(?:\.\d+)?)[\u4e00-\u9fff%]{0,5}?(以上|以下|以[前后]|之[前后])")
_SIDES = {
    "以上": ("以上|起|超过|高于|多于|满|至少", "以下|以内|不满|不足|未满|低于"),
    "以下": ("以下|以内|不满|不足|未满|低于|不到|至多|最多|不超过", "以上|超过|高于|多于"),
    "前": ("前|截至|截止|到|至", "后|起|自|以来"),
    "后": ("后|起|自|以来|从", "前|截至|截止"),
}
_FIGURES = str.maketrans("一二三四五六七八九", "123456789")
_PERIODS = (
    re.compile("([一二三四1-4])季度"),
    re.compile("([上下])半年"),
    re.compile(r"(?<![\d.])(1?\d)月"),
    re.compile("(?<!第)([一二三四五六七八九1-9])(?:审|等奖|年级|期(?!间))"),
    re.compile(
        '(?<![一二三四五六七八九十\\d])([一二三四五六七八九十\\d]{1,3})号(?=(?![之以前后])[\u4e00-\u9fff]|[”"」])'
    ),
    re.compile("([一二两三四五六七八九十\\d]+)[日天]票"),
    re.compile("(?<=[\u4e00-\u9fff])([一二三四五六七八九])部(?![分门])"),
    *(re.compile(f"(?<![a-z])([a-z]){kind}") for kind in "类轮级档型款座栋区"),
)
_COMPARED = re.compile("(?:较|比|同比)[^,]{0,4}第?[一二三四1-4]季度")
_MONTHS = re.compile(r"(?<!\d)(1?\d)月?至(1?\d)月")
# narrower than the signals of the same kind: an answer is thrown away for these alone
_AHEAD = re.compile("明年|未来|今后|将来|下个?(?:季度|月|年|周)")
_SAYS_AHEAD = re.compile(
    r"预计|预测|有望|未来|今后|将(?!近|军)|力争|计划|目标|规划|下一步|终将|明年|后年|到20\d\d年|拟|起"
)
_COMPARES = re.compile(
    "(?P<sides>.+?)(?:谁|哪一?[个家种边方款类处])[^,?。的]{0,8}?(?:更|比较)?"
    "[高低大小多少快慢早晚贵准好强长短远近先后重轻省难严](?:一[些点])?(?:的|了|到|呢|啊|吗|[,?。]|.{0,6}$)"
)
_AND = re.compile("和|跟|与|还是|、|比")
_RELATION = re.compile(
    "最|更|比|[高低大小多少早晚快慢优]于|超过|不如|不及|先|后|早|晚|领先|居|第[一二两三]|略|稍|首|较|快|慢|同|分别|各"
)


def gap(question: Question, claims: Sequence[Claim], citations: Sequence[Citation], index: Index) -> str:
    """What an answer lacks, by its sort; ``""`` if nothing is seen to be missing.

    ``claims`` are those of the answer and ``citations`` the places that they cite by number.
    """
    told = list(told_by(claims, citations, index))
    if not told or question.kind in (*WORDLESS, *OUTLINE):
        return ""
    said = " ".join(t.text for t in told)
    with_path = " ".join(f"{t.path} {t.text}" for t in told)
    lacks = {
        "person": nobody_told,
        "which": _not_named,
        "place": lambda asked, said: _no_place(asked, said) or _no_seat(asked, said),
        "amount": lambda asked, said: _no_amount(asked, said) or _not_counted(asked, said),
        "share": _no_share,
        "part": _part_untold,
        "members": _members_untold,
        "bound": _other_side,
        "attribute": lambda asked, _: untold(asked.folded, with_path),
        "period": lambda asked, said: _other_period(asked, said) or _of_the_past(asked, said),
        "comparison": _incomparable,
    }
    sort = next((sort for sort, lack in lacks.items() if lack(question, said)), "")
    if not sort and len(told) <= _FEW and _no_cause(question, said):
        sort = "cause"
    return sort or ("owner" if of_another(question, told) or opens_with_another(question, told) else "")


def _no_cause(question: Question, said: str) -> bool:
    """Whether the reason of something is asked for, and it is told without any."""
    sentences = _HEADING.sub("", said)
    asked = question.kind == "why" and not _MEANS.search(question.folded) and not _ALSO_ASKS.search(question.folded)
    told = share(question.words, matched(question.words, said)) >= _EFFECT
    return asked and told and not _CAUSE.search(sentences) and not _TOLD_BY_COLON.search(sentences)


def _no_amount(question: Question, said: str) -> bool:
    """Whether an amount is asked for and the answer has none of its kind but those that the question names."""
    asked, unit = question.folded, unit_asked(question.folded)
    if (
        question.around
        or question.kind in ("list", "why", "summary")
        or _LOOSE.search(said)
        or _SOME_ASKED.search(asked)
    ):
        return False
    new = amounts(question, said)
    if units := next((units for pattern, units in _TIMES if pattern.search(asked)), None):
        dates = Counter(q.unit for q in new if q.unit in _DATES)  # from one to another is a time too
        early = _REIGN.search(said) or any(q.unit == "年" and q.value >= _AN_ERA for q in new)  # 贞观十年, 166年
        if units is _DATES and early:
            return False
        return not any(q.unit in units or not q.unit for q in new) and max(dates.values(), default=0) < 2
    if _ASKS_MONEY.search(asked):
        also = ("", "%") if _CHARGED.search(asked) else ("",)
        return not any(q.unit[-1:] == "元" or q.unit in also for q in new)
    if not unit or ("多长" in asked and any(q.unit in _LONG | _SHORT for q in new)):
        return False
    if unit in _COUNTED or unit == "折":
        return not any(q.unit in ("个", "人", "", "%", "%折") for q in new)
    return bool(_MEASURED.search(unit)) and not any(tells(q.text, unit) or not q.unit for q in new)


def _not_counted(question: Question, said: str) -> bool:
    """Whether it is asked how many there are of what one classifier counts and the answer has a number of no such."""
    asked = _COUNTER.search(question.folded)
    if not asked or question.around or "|" in said or _SOME_ASKED.search(question.folded):
        return False
    alike = "".join(c for c in _COUNTERS if asked["counter"] in c)
    thing = question.folded[asked.end() : asked.end() + 2] or "个"  # 双向六车道
    return not re.search(
        f"[\\d一二三四五六七八九十百千万亿两多余几数]\\s*(?:[{alike}]|{re.escape(thing)})|{re.escape(thing)}\\d", said
    )


def _not_named(question: Question, said: str) -> bool:
    """Whether one of a sort is asked for by name and the answer only speaks of one: 哪家公司, 那家公司叫什么 of "一家公司"."""
    one = "(?<!第)(?:一|1|某)[家所个间位名条款][^,。;、]{0,8}?"
    found = _WHICH_ONE.search(question.folded)
    if found and re.search(f"{one}{found['noun']}", said):
        return True
    called = _CALLED.search(question.folded)
    thing = (called["noun"] or called["bare"])[-2:] if called else ""
    spoken_of = re.search(f"{one}{thing}[^,。;]*", said) if thing else None
    return bool(spoken_of and not _SO_CALLED.search(spoken_of[0]))


def _no_place(question: Question, said: str) -> bool:
    """Whether places are asked for and the answer names none that the question did not."""
    if not _ASKS_PLACES.search(question.folded):
        return False
    named = [w for w, flag in tag(said) if (flag == "ns" or _PLACE_NAME.search(w)) and len(w) > 1]
    named += _COINED_PLACE.findall(said)
    return all(w in _HOME or w in question.folded for w in named)


def _no_seat(question: Question, said: str) -> bool:
    """Whether it is asked where something has its seat, and the answer speaks of none and of no place."""
    if question.value != "place" or not _SEAT.search(question.folded) or _SEATED.search(said):
        return False
    tagged = [*tag(said), ("", "x")]  # in front of a noun a place is part of a name: 京东|数科
    return not any(flag == "ns" and len(w) > 1 and b[0] != "n" for (w, flag), (_, b) in pairwise(tagged))


def _no_share(question: Question, said: str) -> bool:
    """Whether a share is asked for and no clause has one, nor a neighbour of a clause that speaks of shares."""
    if not _ASKS_SHARE.search(question.folded):
        return False
    clauses = re.split("[,。;|]", said)
    about = [c for c in clauses if any(w.stands_in(c) for w in question.words)]
    if not _OF_HUNDRED.search(question.folded) and any(amounts(question, c) for c in about):
        return False
    near = [",".join(clauses[max(0, n - 1) : n + 2]) for n, c in enumerate(clauses) if _SHARE.search(c)]
    return not any(_SHARE_VALUE.search(n) for n in near)


def _part_untold(question: Question, said: str) -> bool:
    """Whether of a whole of so many a part is asked for, and the answer has the whole but no number beside the part."""
    if _ALONE.search(question.folded) and _TOGETHER.search(said):
        return True
    found = _PART.search(question.folded)
    if not found or _RANK.search(found["part"]):
        return False
    near = [q for q in quantities(question.folded[: found.start()]) if found.start() - q.end <= _WHOLE_NEAR]
    wholes = [q for q in near if not YEAR.fullmatch(q.text) and q.unit not in (*CALENDAR, *_LONG, *_SHORT, "期")]
    parts = [w for w in question.words if w.text in found["part"]]
    told = [of_it for of_it in said.split("其中")[1:] if amounts(question, of_it)]
    if any({*found["part"]} & {*re.split("[,。;]", of_it)[0]} for of_it in told):  # 省里 is 省级资金
        return False
    if not parts or not any(w.matches(q) for w in wholes for q in quantities(said)):
        return False
    for clause in re.split("[,。;]", said):
        if all(w.stands_in(clause) for w in parts) and (amounts(question, clause) or _SOME.search(clause)):
            return False
    return True


def _members_untold(question: Question, said: str) -> bool:
    """Whether so many are asked for one by one, and the answer only has how many they are."""
    counted = [q for q in quantities(question.folded) if q.unit in ("个", "人") and q.value > 1]
    counted = [q for q in counted if _THINGS.search(question.folded, q.start)]
    if not counted or not _ASKS_EACH.search(question.folded) or "多少" in question.folded or "|" in said:
        return False
    clauses, seen = re.split("[,。;:]", said), False
    for n, clause in enumerate(clauses):
        if any(q.value == c.value and q.unit in ("个", "人") for q in quantities(clause) for c in counted):
            seen = True
            if f"{clause}:" in said:
                return False
            around = ",".join(clauses[max(0, n - 1) : n + 2])
            if _LISTS.search(around) or _names_another(around, question.folded):
                return False
    return seen


def _names_another(text: str, asked: str) -> bool:
    """Whether a folded text has what looks like a name and does not stand in the question."""
    new = [(word, flag) for word, flag in tag(text) if len(word) > 1 and word not in asked and not word[0].isdigit()]
    named = any(flag in NAMES or (flag[0] in "nljx" and not is_common(word)) for word, flag in new)
    return named or any(name not in asked for name in QUOTED.findall(text))


def _other_side(question: Question, said: str) -> bool:
    """Whether the question asks beyond a bound and the answer speaks of what lies on this side of it."""
    for number, direction in _BOUND.findall(question.folded):
        mine, other = _SIDES[direction if direction in _SIDES else direction[1]]
        around = [
            said[max(0, m.start() - 3) : m.end() + 8] for m in re.finditer(rf"(?<!\d){re.escape(number)}(?!\d)", said)
        ]
        if around and not any(re.search(mine, a) for a in around) and any(re.search(other, a) for a in around):
            return True
    return False


def _other_period(question: Question, said: str) -> bool:
    """Whether the answer speaks of months, quarters, grades and the like, and none is one that is asked about."""
    texts = question.folded, _MONTHS.sub(_each_month, _COMPARED.sub("", said))
    pairs = ([{found.translate(_FIGURES) for found in period.findall(text)} for text in texts] for period in _PERIODS)
    return question.value is not None and any(asked and told and not asked & told for asked, told in pairs)


def _each_month(span: re.Match[str]) -> str:
    first, last = int(span[1]), int(span[2])
    return "、".join(f"{month}月" for month in range(first, last + 1)) or span[0]


def _of_the_past(question: Question, said: str) -> bool:
    """Whether an amount to come is asked for, and the answer does not speak of what is to come."""
    amount = question.value in ("percent", "money", "number") and question.kind != "list"
    return amount and bool(_AHEAD.search(question.folded)) and not _SAYS_AHEAD.search(said)


def _incomparable(question: Question, said: str) -> bool:
    """Whether two are to be compared, and the answer lacks one of them or anything that sets them off."""
    found = _COMPARES.search(question.plain)  # as typed: it may be read as a question for both values
    if not found or not (joint := _AND.search(found["sides"])):
        return False
    sides = found["sides"][: joint.start()], found["sides"][joint.end() :]
    if [_is_told(side, question, said) for side in sides].count(False) == 1:
        return True
    if _RELATION.search(said):
        return False
    if all(_run_together(side, said) for side in sides):
        return len(amounts(question, said)) < 2
    named = [re.split("[,的]", sides[0])[-1], re.split("[,的]", sides[1])[0]]
    if sum(side in said for side in named) == 1 and not all(side[:2] in said for side in named):
        return True
    own = [[c for c in re.split("[;。]", said) if side in c] for side in named]
    units = [{q.unit for c in clauses for q in amounts(question, c) if q.unit != "公历年"} for clauses in own]
    apart = all(own) and not any(c in own[1] for c in own[0])
    return not units[0] & units[1] if apart else len([q for q in quantities(said) if q.unit != "公历年"]) < 2


def _run_together(side: str, said: str) -> bool:
    """Whether a text has the first and the last character of a name as one word: 夏茶 of 夏天的茶."""
    name = side.rstrip(",")
    return len(name) > 2 and f"{name[0]}{name[-1]}" in said


def _is_told(side: str, question: Question, said: str) -> bool:
    if _run_together(side, said):
        return True
    words = [w for w in question.words if w.known and w.noun and w.text in side]
    names = [w for w in words if is_name(w.text)]
    return all(name.stands_in(said) for name in names) and bool(not words or matched(words, said))
