"""Whether an answer to a question for someone tells of anyone whom the question does not name itself."""

import re
from itertools import pairwise

from .headings import NAMES, tag
from .meaning import is_common
from .question import Question
from .text import SURNAMES

_ASKS_WHO = re.compile("谁|哪位|何人|哪个人|姓什么")
_NOT_WHO = re.compile(
    "我是谁|有没有谁|[听算]了?谁|谁[^,]{0,6}[多少高低快慢大小][?。]*$|谁[^,]{0,16},|怎么|什么(?!名|时)|啥(?!名|时)|多少"
)
"""… where something else is asked: 谁偷锁车子,逮着了啥下场."""
_ROLE = (
    "(?:[^,的国厂商买卖店玩独](?:[长员师任家官监授手父母夫妻]|(?<!器)人)|经理|总理|助理|书记|老板|领队|将领|主[角编]|导演|编剧|作者|一把手|"
    "领导|头儿|同事|徒弟|儿子|女儿|ceo)"
)
_ASKS_PERSON = re.compile(
    f"{_ROLE}的?(?:名字?)?(?:现在|具体|又)?[叫是为由](?:谁|哪位|什么|啥|何人)(?:名字?)?[呢啊呀?。]*$|姓(?:什么|啥)|(?:哪位|哪个){_ROLE}|"
    "谁(?:[演唱]|.{0,3}(?:带队|执导|领队))"
)
_IN_OFFICE = re.compile(f"(?<!委员){_ROLE}(?:正?是|为|由|:|叫)|姓|叫")
_SURNAMES = "".join(sorted(s for s in SURNAMES if len(s) == 1)) + (
    "钱冯褚卫秦尤许何施孔严金陶戚邹喻柏窦章葛奚郎鲁韦昌马苗凤花俞任柳酆鲍史费廉岑雷贺倪汤滕殷毕郝邬乐皮齐康伍余卜顾孟穆尹邵湛汪祁毛禹狄米"
    "臧谈茅庞熊纪舒屈项祝阮蓝闵席麻娄危江童颜盛梅刁钟骆夏田樊凌霍虞万柯管莫裘缪宗宣郁杭洪诸左崔吉龚程邢裴荣翁荀羊惠甄封芮储靳汲段富巫乌焦"
    "巴牧谷车侯宓蓬秋仲伊宫仇栾甘厉祖符景詹龙叶司韶黎薄宿怀蒲邰索赖卓蔺屠蒙池乔阴胥苍闻莘党翟谭姬申堵冉郦雍璩桑桂濮边扈燕冀温庄晏柴瞿阎慕"
    "连茹习宦艾鱼容古易慎戈廖庾终衡步耿满弘匡文寇禄利蔚越师巩聂晁勾敖融冷辛阚简饶沙鞠丰查荆游竺权桓冼"
)  # but those that are mostly other words
_NAMED = re.compile(
    f"姓|叫|由[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?:亲自|负责|主持|设计|执)|[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}(?:老师|医生|教授|律师|大夫|博士|师傅)|"
    f"(?:[会设工]计师?|律师|医生|主管|主席|总监|经理|主任|编剧|导演|老师|教授|程师|书记|[组班队站店队科处]长|柜员|裁判|记者|[传承]人|[\u4e00-\u9fff]官|工)"
    f"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff]?[的部组])"
)
_FAMILIAR = re.compile(f"[老小阿][周高方{_SURNAMES}]")  # also those that are other words too
_WHO = re.compile(
    "(?:[人员长师者匠家部局处室科司厅院队组委署会妻夫父母兄弟姐妹叔舅女士兵官民医友客主商省市县镇村国社行店站所团校厂府企您]|"
    "公司|机构|中心|平台|学生|用户|老总|政府|专家|顾问|集团|我们|大学|企业|商城|经理|总监|董事|书记|秘书|教授|博士|骑手|代理|单位|"
    "科技|保险|支付|[甲乙丙丁厂校警资院各双对官买卖]方|第三方|自己|主管|会计|老师|总裁|柜台|置业|资本|观众|之家|医生|租客|游客|徒弟|后人)$"
)
_NOBODY = re.compile("(?:机组|网站|[年次每下上同今全半]人|[机大开年晚]会|国家标准)$")
QUOTED = re.compile('[“"「《]([^”"」》]{2,})[”"」》]')
"""What a folded text quotes or names as a title."""


def nobody_told(question: Question, said: str) -> bool:
    """Whether someone is asked for and nobody is told of who was not named in the question."""
    return _nobody(question, said) or _nameless(question, said)


def _nobody(question: Question, said: str) -> bool:
    """Whether anyone is asked for, and no name, office or institution that the question has not is told of."""
    if question.value != "person" or not _ASKS_WHO.search(question.folded) or _NOT_WHO.search(question.folded):
        return False
    if _NAMED.search(said):
        return False
    asked = question.folded
    for word, flag in tag(said):
        if word in asked and len(word) > 1:
            continue
        if flag in NAMES or _FAMILIAR.fullmatch(word):
            return False
        if _WHO.search(word) and flag[0] in "njrlxis" and not _NOBODY.search(word):
            return False
    return not any(name not in asked for name in QUOTED.findall(said))


def _nameless(question: Question, said: str) -> bool:
    """Whether one person is asked for by name or office and the answer has no person that the question has not."""
    asked = question.folded
    if not _ASKS_PERSON.search(asked) or _IN_OFFICE.search(said):
        return False
    tagged = [(word, flag) for word, flag in tag(said) if word not in asked or word in SURNAMES]
    torn = any(a in SURNAMES and b.isalpha() and a + b not in asked for (a, _), (b, _) in pairwise(tagged))
    return not torn and not any(_is_person(word, flag) for word, flag in tagged)


def _is_person(word: str, flag: str) -> bool:
    """Whether a tagged word looks like the name of a person."""
    if len(word) < 2:
        return False
    coined = word[0] in SURNAMES and flag[0] == "n" and not is_common(word)
    return coined or flag == "eng" or flag.startswith("nr") or bool(_FAMILIAR.fullmatch(word))
