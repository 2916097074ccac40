import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hujin_qa.corpus import load_document
from hujin_qa.outline import find_outline
from hujin_qa.passages import split_passages
from hujin_qa.types import Document

ROOT = Path(__file__).parents[1]
ARTICLE = ROOT.parent / "shared" / "article" / "hujin-2025.txt"
SHIPPED = [
    ROOT / "corpus" / "hujin-briefing.md",
    *sorted(p for p in (ROOT / "eval" / "other").iterdir() if p.suffix in (".txt", ".md")),
]

LINES = st.sampled_from(
    [
        "一、总则",
        "二、细则",
        "1、范围",
        "2、目的",
        "(一)说明",
        "第一章 开始",
        "甲公司负责支付。乙公司负责理财;丙公司",
        "是的!",
        "",
        "  ",
        "特点:又快又好。" * 9,
    ]
)


def tiles(document):
    """Every character but white space and heading marks of the outlined text is in exactly one passage."""
    passages = split_passages(document)
    assert len({p.id for p in passages}) == len(passages)
    first = min((s.start for s in document.sections), default=0)
    last = max((s.end for s in document.sections), default=0)
    at = first
    for p in passages:
        assert p.start >= at
        assert p.start <= p.body <= p.end
        assert p.text == document.text[p.start : p.end]
        assert re.fullmatch(r"[\s#]*", document.text[at : p.start]), document.text[at : p.start]
        at = p.end
    assert re.fullmatch(r"[\s#]*", document.text[at:last])


@given(st.lists(LINES, max_size=14), st.sampled_from(["\n", "", "\n\n"]))
@settings(max_examples=150, deadline=None)
def test_passages_tile_any_text(lines, joint):
    text = joint.join(lines)
    tiles(Document("d", "d", text, find_outline(text)))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_passages_tile_the_shipped_documents(path):
    tiles(load_document(path))


@pytest.mark.skipif(not ARTICLE.exists(), reason="../shared/article is not beside this checkout")
def test_passages_tile_the_article_and_its_outline_is_the_briefings():
    article = load_document(ARTICLE)
    tiles(article)
    assert [s.position for s in article.sections] == [s.position for s in load_document(SHIPPED[0]).sections]
    assert "云洲" in article.metadata["author"]
