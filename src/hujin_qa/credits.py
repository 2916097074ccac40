"""What a document says of itself outside its sections: who wrote it, where it comes from, who may copy it.

These stand in its front matter or behind its end (``Document.metadata``) and are cited from there.
"""

import re

from .citations import Citations
from .index import Index
from .question import Question
from .types import Citation, Claim, Document

_ABOUT = "公众号|职位|来头|背景|身份|什么人|[做干]什么|经历|简介|介绍|经验|[做干]过|[做干]了|从业|什么工作|哪里工作"
_WANTED = (  # how it is asked, what is told
    (re.compile("(?:题|配|插|封面|头)图.{0,12}(?:来源|出处|协议|许可|版权|哪|谁|什么|啥)"), ("image",)),
    (re.compile("(?:观点|立场|看法).{0,8}代表.*|代表.{0,10}(?:观点|立场|看法).*"), ("disclaimer",)),
    (re.compile(rf"(?:作者是谁|谁写).{{1,20}}(?:{_ABOUT}).*"), ("author", "about_author")),
    (
        re.compile(r"谁写|谁编|谁执笔|作者是谁|谁是作者|作者叫|作者名|^(?:这|原|本)?文?章?的?作者$"),
        ("author", "source"),
    ),
    (
        re.compile(f"(?:作者|写(?:它|[这那]篇?)的人).{{0,8}}(?:{_ABOUT})|^公众号"),
        ("about_author",),
    ),
    (
        re.compile(
            r"出处|来源|在哪一?[里儿个家]?(?:网站|平台|地方)?(?:首发|发布|发表|刊登|发的)|(?:发布|发表|首发|刊登|发)(?:在|于)(?:哪|什么)|转自|哪里转"
        ),
        ("source",),
    ),
    (
        re.compile(
            r"转载|版权|授权|许可|(?:能|可以|能不能|可不可以)(?:直接|随便)?转(?:走|发)?(?=[这那本]|文章|原文|吗)|[转搬贴放发](?:发?到|去|上)[我咱]?们?(?:公司|单位)?的?(?:公众号|网站|朋友圈|微信|群)"
        ),
        ("license",),
    ),
)
OF_A_TEXT = re.compile(r"平台|网站|作者|文章|本文|原文|文档|报告|资料|手册|公众号|公众|写")
_THIS_TEXT = re.compile("(?:这一?|本|该)[篇份][\u4e00-\u9fff]{0,8}?(?=[是的在由谁叫])")  # 这篇行业分析
_LABEL = re.compile(r"[\u4e00-\u9fff]{1,8}[ \t]*[:：/／][ \t]*$")
_LABEL_LENGTH = 16


def find_credits(question: Question, index: Index) -> tuple[tuple[Claim, ...], tuple[Citation, ...]]:
    """The credits that a question asks for and nothing else; empty if it asks for something else, or there are none."""
    for asked, keys in _WANTED:
        if not (found := asked.search(question.folded)):
            continue
        covered = found[0] + "".join([*OF_A_TEXT.findall(question.folded), *_THIS_TEXT.findall(question.plain)])
        document = _meant(question, index)
        if document is None or any(w.known and w.noun and w.text not in covered for w in question.words):
            return (), ()
        places = [place for key in keys if (place := _place(document, document.metadata.get(key, "")))]
        citations = Citations(index)
        for place in places:
            citations.number(document.id, *place, section=())
        return tuple(Claim(" ".join(c.quote.split()), (c.n,)) for c in citations.all()), citations.all()
    return (), ()


def _meant(question: Question, index: Index) -> Document | None:
    """The document that is talked about; none if it might be any of several."""
    ids = {document for document, _ in question.around} or set(index.documents)
    return index.documents[ids.pop()] if len(ids) == 1 else None


def _place(document: Document, value: str) -> tuple[int, int] | None:
    """Where a credit stands outside the sections, with its label where that is Chinese."""
    first, last = document.sections[0].start, document.sections[-1].end
    start = document.text.find(value, 0, first)
    if start < 0:
        start = document.text.find(value, last)
    if not value or start < 0:
        return None
    label = _LABEL.search(document.text, max(0, start - _LABEL_LENGTH), start)
    return (label.start() if label else start), start + len(value)
