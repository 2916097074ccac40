"""Follow-ups that a language model completes: when it is asked, and what of its words is used."""

import threading

import pytest

from hujin_qa import llm
from hujin_qa.assistant import Assistant, ensure_index
from hujin_qa.rewriting import is_sound, the_question
from hujin_qa.settings import load_settings
from hujin_qa.types import Delta
from llm_fake import FAULTS, HEAD, answering, event, saying, serving

REPORT = """# 青岩镇概况

## 一、云渡水泵厂

云渡水泵厂建于1987年,厂长是周启明,占地120亩,共有员工3200人。

## 二、白塔茶场

白塔茶场建于1992年,场长是林秀芝,种茶5000亩,每年制茶80吨。

## 三、渡口

渡口每天发船14班,末班船晚上九点开,雨季停航。
"""
ASKED = "云渡水泵厂有多少员工?"
HISTORY = [("user", ASKED), ("assistant", "云渡水泵厂共有员工3200人。[1]")]
OPEN = "掌舵的呢?"  # the code makes nothing of it
WHOLE = "云渡水泵厂掌舵的厂长是谁?"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rewriting")
    (folder / "town.md").write_text(REPORT, encoding="utf-8")
    settings = load_settings(index=folder / "index", corpus=folder)
    ensure_index(settings, [folder / "town.md"])
    return Assistant.open(settings)


def composing(plain, server, **more):
    changed = {"llm_address": server.url, "llm_model": "m", "llm_stall_seconds": 2.0, "llm_seconds": 10.0, **more}
    settings = load_settings(index=plain.settings.index, corpus=plain.settings.corpus, **changed)
    return Assistant(settings, plain.encoder, plain.lexicon, plain.index)


def test_look(plain):
    for q in [
        OPEN,
        "那它的厂长呢?",
        "末班呢?",
        "什么时候建的?",
        "老板是谁?",
        "谁说了算?",
        "他多大了?",
        "占地呢?",
        "有食堂吗?",
    ]:
        a = plain.ask(q, HISTORY)
        print(q, a.status, a.reason, a.confidence, a.interpreted, a.text)
    for q in [WHOLE, "云渡水泵厂的厂长是谁?"]:
        a = plain.ask(q)
        print(q, a.status, a.reason, a.confidence, a.interpreted, a.text)
        print(is_sound(q, OPEN, HISTORY, plain.index, plain.lexicon))
