"""A question for a difference, asked as one for both values: a text has these, and seldom the difference."""

import re

BY = "(?:[多少高低大小贵长短快慢重轻早晚厚薄]|便宜)"
_EACH_HOW_MUCH = "(?:(?:各自?|分别)(?:是|有|占)?多少[^,?]{0,2}[?。]*)?"
_NAME = "(?![它他她这那其比])[^,?]{1,12}?"
_WHICH = "(?:谁|哪一?[个家种边款])"
_MORE = re.compile(
    rf"(?P<a>{_NAME})(?:的(?P<of>[^,?的]{{1,8}}?))?比(?P<b>{_NAME})(?:的(?P<of_b>[^,?的]{{1,8}}?))?(?<![增成延拉减扩放缩提升降])(?P<by>{BY})(?:了|出来?)?(?:多少|几)[^,?]{{0,4}}"
)
_APART = re.compile("(?:之间)?的?(?:相差|(?<![温误时落偏利价])差了?|差距是?)(?:多少|几)[^,?的]{0,4}$")
_EITHER = re.compile(
    f"(?<=的)(?P<of>[^,?的]{{2,8}}?)(?:相?比(?:较|起来|一下)?)?,?(?:谁|孰){BY}(?:谁|孰){BY}[呢啊呀?]*$"
)
_MORE_OF = re.compile(
    rf"(?P<two>{_NAME}[和跟与]{_NAME})(?:相?比)?,?{_WHICH}的?(?P<of>(?![对比在给为最更会能])[^,?谁哪]{{2,8}}?)(?:更|比较|相对)*{BY}(?:一?[些点])?[呢啊呀的?。,;]*{_EACH_HOW_MUCH}"
)
_EARLIER = re.compile(
    rf"(?P<two>{_NAME}[和跟与]{_NAME})(?:相?比)?,?(?:谁|哪一?[个家种边款件]事?)(?:(?:更|要|比较|最)?(?:先(?![进后])|早(?![餐饭晨期市点高教班])|晚(?![餐饭点期班间宴会]))(?P<does>(?:一?[些点])?[^,?呢]{{2,6}}?)|的?(?P<did>[^,?]{{0,6}}?)(?:的?时间|得)?(?:更|要|比较|最)?(?:[早晚迟](?:一?[些点])?|在[前先后]))[呢啊呀?。]*"
)
_BY_WHAT = re.compile(
    rf"(?:论|比|要说|说到|就|按|看)?(?P<of>[^,?]{{2,12}}?)(?:来[说看讲]|而言)?,(?P<two>{_NAME}[和跟与]{_NAME}){_WHICH}(?:更|比较|相对)*{BY}(?:一?[些点])?[呢啊呀的?。,]*(?:各?(?:是|有)?多少[呢?。]*)?"
)
_OF_TWO = re.compile(
    rf"(?P<two>{_NAME}[和跟与、]{_NAME})的(?P<of>[^,?的谁哪]{{2,8}}?)[,?]?{_WHICH}的?(?:更|比较|相对)*{BY}(?:一?[些点])?[呢啊呀]*[?。,;]*{_EACH_HOW_MUCH}"
)
_FASTER = re.compile(
    rf"(?P<two>{_NAME}[和跟与、]{_NAME}),?{_WHICH}(?:涨|增长|增|长)得?(?:更|比较|相对|最)*[快慢猛多](?:一?[些点])?[呢啊呀]*[?。,;]*(?:(?:各自?|分别)?(?:是|有|涨了?|增长)?多少[呢?。]*)?"
)
_TWO = re.compile(rf"{_NAME}[和跟与]{_NAME}")
_THEM = "(?:那么?|[它他她]们|[这那]?[两二][个者家种样款边]|这|那|之间|的|一共|到底)*"
_VERSUS = re.compile(r"(?<=[\u4e00-\u9fff])\s*(?<![a-z])(?:vs|pk)(?![a-z])\.?\s*(?=[\u4e00-\u9fff])")
_BARE = re.compile(
    rf"{_THEM}(?:相?差(?:了|距|额|价)?(?:是|有)?(?:多少|几|多[大远长高久])[^,?]{{0,3}}?"
    rf"|(?:哪一?[个家种边者]|谁)(?:更|比较)?{BY}(?:一?[些点])?|(?:加起来|合计|总共|合起来)(?:是|有)?(?:多少|几)[^,?]{{0,3}}?)[呢啊呀?。!]*"
)
_ASKED_OF_EACH = dict.fromkeys(("贵", "便宜"), "的价格各是多少")
_ASKED_OF_EACH |= {by: f"各有多{pair[0]}" for pair in ("长短", "高", "重轻", "快慢", "大") for by in pair}


def asks_difference(folded: str) -> bool:
    """Whether a folded turn asks for the difference or the sum of what was spoken of, or which is more, and names nothing.

    >>> asks_difference("那两个差多少?"), asks_difference("相差几岁"), asks_difference("甲和乙差多少")
    (True, True, False)
    """
    return bool(_BARE.fullmatch(folded))


def side_by_side(folded: str) -> str:
    """A folded question for a difference as one for both values; any other as it is.

    >>> side_by_side("甲店的租金比乙店高多少"), side_by_side("甲河和乙河的长度相差多少"), side_by_side("甲塔比乙塔高几米")
    ('甲店和乙店的租金各是多少', '甲河和乙河的长度各是多少', '甲塔和乙塔各有多高')
    >>> side_by_side("甲店 vs 乙店有啥不一样")
    '甲店和乙店有啥不一样'
    >>> side_by_side("甲店跟乙店的租金比,谁高谁低"), side_by_side("甲店和乙店谁的租金更高"), side_by_side("论租金,甲店和乙店谁更高?")
    ('甲店跟乙店的租金各是多少', '甲店和乙店的租金各是多少', '甲店和乙店的租金各是多少')
    >>> side_by_side("甲店跟乙店比,哪家租金低?各是多少?"), side_by_side("甲店和乙店谁来的人多")
    ('甲店跟乙店的租金各是多少', '甲店和乙店的来的人各是多少')
    >>> side_by_side("甲店和乙店,哪个先开张?"), side_by_side("甲店跟乙店哪个开张更早"), side_by_side("甲店搬家和乙店装修哪件事在前")
    ('甲店和乙店各是什么时候开张', '甲店跟乙店各是什么时候开张', '甲店搬家和乙店装修各是什么时候')
    >>> side_by_side("甲店和乙店哪家早餐好吃")
    '甲店和乙店哪家早餐好吃'
    >>> side_by_side("甲店、乙店的租金,哪个贵?各多少?"), side_by_side("去年甲店和乙店,谁涨得快?各是多少?")
    ('甲店和乙店的租金各是多少', '去年甲店和乙店的增速各是多少')
    """
    folded = _VERSUS.sub("和", folded)
    if earlier := _EARLIER.fullmatch(folded):
        return f"{earlier['two']}各是什么时候{earlier['does'] or earlier['did'] or ''}"
    if faster := _FASTER.fullmatch(folded):
        return f"{faster['two'].replace('、', '和')}的增速各是多少"
    if of_each := _MORE_OF.fullmatch(folded) or _BY_WHAT.fullmatch(folded) or _OF_TWO.fullmatch(folded):
        return f"{of_each['two'].replace('、', '和')}的{of_each['of']}各是多少"
    if not (found := _MORE.fullmatch(folded)):
        return _APART.sub("各是多少", _EITHER.sub(r"\g<of>各是多少", folded)) if _TWO.match(folded) else folded
    of = found["of"] or found["of_b"]
    asks = f"的{of}各是多少" if of else _ASKED_OF_EACH.get(found["by"], "")
    return f"{found['a']}和{found['b']}{asks}" if asks else folded
