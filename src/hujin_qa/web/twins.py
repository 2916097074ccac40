"""English twins of the words that modules below the pages say in Chinese: errors, causes, states, names of numbers.

A ``{}`` stands for whatever is filled in, in the same order in both; what is filled in is looked up again. What has no
twin is the documents' own and stays as it is.
"""

import re
from functools import lru_cache
from html import escape, unescape

from .language import spoken

TWINS = {
    # conversations, the language model
    "名称是空的。请输入一个名称。": "The name is empty. Please write one.",
    "{},没能请它补全这个追问。": "{}; so it could not be asked to complete this follow-up.",
    "{},没能请它补全这个追问。{}": "{}; so it could not be asked to complete this follow-up. {}",
    "{},以上是原文摘句。": "{}; the above are sentences of the text itself.",
    "已停止等待语言模型": "The language model was not waited for any longer",
    "语言模型的回答{}": "The language model's answer {}",
    "在原文中没有依据": "has no basis in the text",
    "漏掉了原文的要点": "left out what the text says",
    "语言模型有 {} 句话在原文中没有依据,{}。": "Sentences of the language model without a basis in the text: {}, {}.",
    "已标出": "marked",
    "已略去": "left out",
    "语言模型的连接意外中断": "The connection to the language model ended unexpectedly",
    "语言模型没有给出回答": "The language model gave no answer",
    "语言模型用时太长,已停止等待": "The language model took too long and was not waited for",
    "语言模型服务的回复用了不支持的压缩": "The language model's server used a compression that is not supported",
    "语言模型在反复说同一段话": "The language model kept repeating itself",
    "语言模型的回答中途断了": "The language model's answer broke off",
    "语言模型服务报告了一个错误": "The language model's server reported an error",
    "语言模型服务的回复格式不对": "The language model's server sent what could not be read",
    "语言模型服务的回复不是 UTF-8 文字": "The language model's server sent what is not UTF-8 text",
    "语言模型的回答太长": "The language model's answer is too long",
    "连接语言模型服务超时": "Connecting to the language model's server took too long",
    "语言模型服务很久没有回应": "The language model's server did not respond for a long time",
    "与语言模型服务的加密连接失败,证书可能无法验证": "The secure connection to the language model's server failed; its certificate may be unverifiable",
    "找不到语言模型服务的主机": "The language model's host was not found",
    "连不上语言模型服务": "The language model's server cannot be reached",
    "语言模型服务出了问题": "Something went wrong at the language model's server",
    "语言模型服务拒绝了密钥": "The language model's server refused the key",
    "语言模型的密钥含有不能用的字符": "The language model's key has characters that cannot be sent",
    "语言模型服务的代理或证书设置不能用": "The proxy or certificate set for the language model cannot be used",
    "语言模型服务的回复里有密钥": "The language model's server sent the key back",
    "语言模型服务没有这个地址或模型": "The language model's server has no such address or model",
    "语言模型服务太忙,要求 {} 秒后再试": "The language model's server is busy and asks to try again in {} seconds",
    "语言模型服务太忙": "The language model's server is busy",
    "语言模型服务出错(状态 {})": "The language model's server failed (status {})",
    "语言模型服务拒绝了请求({})": "The language model's server refused the request ({})",
    "数据文件 {} 用不了:{}。请检查磁盘和权限,或用备份恢复。": "The data file {} cannot be used: {}. Please check disk and permissions, or restore a backup.",
    "数据文件 {} 由更新的版本写成。请升级 hujin-qa 后重试。": "The data file {} was written by a newer version. Please upgrade hujin-qa and try again.",
    # learning
    "忘了": "Forgot",
    "吃力": "Hard",
    "记得": "Good",
    "很熟": "Easy",
    "对": "True",
    "错": "False",
    "单选": "One right option",
    "多选": "Several right options",
    "判断": "True or false",
    "未开始": "not begun",
    "进行中": "under way",
    "已完成": "done",
    "逾期完成": "done late",
    "逾期未做": "overdue",
    "判断对错(据原文「{}」):{}": "True or false, by “{}”: {}",
    "判断对错(据原文):{}": "True or false, by the text: {}",
    "班级": "cohort",
    "试卷": "form",
    "班级里至少要有一个人。请写上学员的用户名。": "A cohort needs at least one person. Please write the learners' user names.",
    "这份试卷没有题。请换一节,或选全文。": "This form has no items. Please choose another section or the whole text.",
    "时长要在 0 到 600 分钟之间;0 是不限时的练习。": "The time must be 0 to 600 minutes; 0 is practice without a limit.",
    "已有试卷「{}」。试卷锁定后不能再改,请换一个名称。": "There is a form “{}” already. A locked form cannot be changed; please use another name.",
    "没有试卷「{}」。已有的:{}。": "There is no form “{}”. There are: {}.",
    "没有班级「{}」。已有的:{}。": "There is no cohort “{}”. There are: {}.",
    "还没有": "none yet",
    "{}的名称要有 1 到 {} 个字。": "The name of a {} must have 1 to {} characters.",
    "另一场考试还没有交卷。请先做完它。": "Another exam is not handed in yet. Please finish it first.",
    "这份考卷每人只能考一次,你已经考过。": "This exam can be taken once, and you have taken it.",
    "这道题不在这次测验里。": "This item is not part of this quiz.",
    "这次测验已经交卷。": "This quiz has been handed in.",
    "考试时间到了,这一题没有记下。已答的题都已交卷。": "Time is up and this answer was not kept. What you answered before is handed in.",
    "没有题目出自标题含「{}」的一节。": "No item comes from a section whose heading has “{}”.",
    "从这份文档里出不了题。": "No items can be made from this document.",
    "原文里没有这句引文。请从原文里原样复制证明答案的那一句。": "The text does not have this quote. Please copy the sentence that proves the answer to the letter.",
    "这道题没有通过检查:{}。请改好再保存。": "The item did not pass a check: {}. Please mend it and save again.",
    "已有一道一模一样的题。": "There is the very same item already.",
    "题型要是:{}。": "The kind must be one of: {}.",
    "引文与原文不符": "the quote is not what the text says",
    "选项或题干不成形": "options or stem are not well formed",
    "选项重复": "an option is there twice",
    "引文证明不了答案": "the quote does not prove the answer",
    "不止一个正确答案": "more than one option is right",
    "题干或选项泄露答案": "stem or options give the answer away",
    "题干离开上下文看不懂": "the stem cannot be understood by itself",
    "{} 还没有做完{},开不出证明。": "{} has not finished {} yet, so there is no certificate.",
    "任何测验": "any quiz",
    "答错的比例": "Share of wrong answers",
    # measuring: causes, variants, numbers
    "答对": "right",
    "没检索到": "not retrieved",
    "检索到没读到": "retrieved, not read",
    "读了没答对": "read wrong",
    "句子无依据": "sentence without basis",
    "不该拒答": "wrongly abstained",
    "应拒答": "should have abstained",
    "标注有误": "gold is wrong",
    "混合(分数)": "hybrid (scores)",
    "混合(名次)": "hybrid (ranks)",
    "只用向量": "vectors only",
    "只用词": "words only",
    "原文摘句": "sentences of the text",
    "大模型": "language model",
    "{} · {} 段 · 门槛 {} · {}": "{} · {} passages · threshold {} · {}",
    "{} · {} 题 · {} · {} 秒 · 问题集 {}": "{} · {} questions · {} · {} s · question set {}",
    "{} · {} · {}": "{} · {} · {}",
    "没有设置大模型。请先设 OPENAI_BASE_URL 和 OPENAI_MODEL,再比较它。": "No language model is set. Please set OPENAI_BASE_URL and OPENAI_MODEL before you compare it.",
    "每一项至少选一个。": "Please choose at least one of each.",
    "一共 {} 种组合,太多了。请减到 {} 种以内。": "{} combinations are too many. Please come down to {}.",
    "两次评测的问题集不同({} {},{} {}),不能比较。请用同一个问题集各跑一次。": "The two runs asked different question sets ({} {}, {} {}) and cannot be compared. Please run both with the same set.",
    "只能改 .jsonl 的问题集。": "Only .jsonl question sets can be corrected.",
    "请写一句为什么改。": "Please write why you change it.",
    "没有保存:{}": "Not saved: {}",
    "问题集里没有编号 {}。": "The question set has no question {}.",
    "改动的记录写不到 {}:{}。没有改。": "The record of changes cannot be written to {}: {}. Nothing was changed.",
    "问题集 {} 里没有问题。": "The question set {} has no questions.",
    "{} 读不出来:{}。": "{} cannot be read: {}.",
    "{} 是另一次运行的,没有动它。去掉 --resume 重新跑。": "{} is of another run and was left as it is. Run anew without --resume.",
    "{} 不是一次评测的结果文件。请用 hujin-qa eval --out {} 生成。": "{} is not the result of a run. Please make one with: hujin-qa eval --out {}",
    "{} 不是这个版本的评测结果。请用 hujin-qa eval --out {} 重新生成。": "{} is not a result of this version. Please make it again with: hujin-qa eval --out {}",
    "{} 的内容不全。请用 hujin-qa eval --out {} 重新生成。": "{} is not whole. Please make it again with: hujin-qa eval --out {}",
    "写不到 {}:{}。": "Cannot write to {}: {}.",
    "检索 nDCG@10": "retrieval nDCG@10",
    "检索 recall@5": "retrieval recall@5",
    "检索 MRR@10": "retrieval MRR@10",
    "要点答出": "facts said",
    "句子含要点": "sentences with a fact",
    "答全": "complete",
    "回答长度(字,中位)": "characters of an answer (median)",
    "引文撑得住句子": "citations carry the sentence",
    "引文有用": "citations needed",
    "引文含要点": "citations with a fact",
    "该拒答的拒答了": "abstained where it should",
    "拒答的确实不可答": "abstentions that were right",
    "不该拒答的拒答了": "abstained where it should not",
    "把握的偏差 ECE": "calibration error ECE",
    "风险覆盖面积 AURC": "risk and coverage AURC",
    "两种说法答案一致": "two wordings, same answer",
    "各种说法答案都一致": "all wordings, same answer",
    "各种说法都答对": "all wordings right",
    "每题毫秒(中位)": "ms a question (median)",
    "每题毫秒(95%)": "ms a question (95 %)",
    "每题词元(平均)": "tokens a question (mean)",
    "前 {} 字里的要点": "facts in the first {} characters",
    "前 {} 段里的要点": "facts in the top {} passages",
    "总表": "Numbers",
    "指标": "measure",
    "值": "value",
    "95% 区间": "95 % interval",
    "曲线和分组": "Curves and groups",
    "原因": "Causes",
    "题数": "questions",
    "按题型": "By kind",
    "按章节": "By section",
    "按文档": "By document",
    "题型": "kind",
    "章节": "section",
    "文档": "document",
    "拒答": "abstained",
    "曲线": "Curves",
    "答得越多,错得越多": "The more is answered, the more is wrong",
    "答了": "answered",
    "错了": "wrong",
    "把握与属实": "Confidence and truth",
    "把握": "confidence",
    "属实": "true",
    "各题型答对的比例": "Share right of each kind",
    "与 {} 相比": "Compared with {}",
    "不同之处:{}。": "What differs: {}.",
    "都对 {},都不对 {},变对 {},变错 {};McNemar p = {}。": "Both right {}, both wrong {}, became right {}, became wrong {}; McNemar p = {}.",
    "只在之前拒答 {} 题,只在现在拒答 {} 题;McNemar p = {}。": "Abstained only before {}, only now {}; McNemar p = {}.",
    "之前": "before",
    "现在": "now",
    "差": "difference",
    "变化": "change",
    "变对": "became right",
    "变错": "became wrong",
    "题": "question",
    "问题": "question",
    "之前的回答": "answer before",
    "现在的回答": "answer now",
    "理解为": "understood as",
    "回答": "answer",
    "毫秒": "ms",
    "第 {} 段": "passage {}",
    "* 与第一列相差显著(p<{})": "* differs significantly from the first column (p<{})",
    "逐题": "Question by question",
    "查找": "find",
    "所有没答对的": "all that failed",
    "全部": "all",
    "前文:{}": "Before it: {}",
    "(不可答)": "(not answerable)",
    "理解为:{}": "Understood as: {}",
    "要点:{}": "Facts: {}",
    "标注的出处:{}": "Gold evidence: {}",
    "{}(把握 {}):{}": "{} (confidence {}): {}",
    "没有作答": "not answered",
    "没说出的:{}": "Withheld: {}",
    "无依据:{}": "Without basis: {}",
    "找到的段落(框出的是标注的出处):": "Passages found (gold evidence is framed):",
    "没找到的出处:": "Evidence that was not found:",
}
"""Chinese to English, the more special before the more general."""


def twin(words: str) -> str:
    """Words in the language that is spoken here.

    >>> from .language import speaking
    >>> with speaking("en"):
    ...     twin("连不上语言模型服务,以上是原文摘句。"), twin("支付分两类。")
    ("The language model's server cannot be reached; the above are sentences of the text itself.", '支付分两类。')
    """
    return _english(words) if spoken() == "en" else words


def twin_html(html: str) -> str:
    """HTML whose words are twins, its tags untouched."""
    if spoken() != "en":
        return html
    return re.sub(r"(?<=>)[^<>]+(?=<)", lambda found: escape(_english(unescape(found[0])), quote=False), html)


@lru_cache(maxsize=4096)
def _english(words: str) -> str:
    bare = words.strip()
    if bare in TWINS:
        return words.replace(bare, TWINS[bare])
    for pattern, english in _PATTERNS:
        if found := pattern.fullmatch(bare):
            return english.format(*map(_english, found.groups()))
    return words


_PATTERNS = [
    (re.compile(re.escape(chinese).replace(r"\{\}", "(.*?)"), re.DOTALL), english)
    for chinese, english in TWINS.items()
    if "{}" in chinese
]
