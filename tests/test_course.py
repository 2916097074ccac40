"""The bank of a course: made when it is needed, once, and with work that grows as its text does."""

import cProfile
import pstats
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.study import course as module
from hujin_qa.study.bank import make_bank
from hujin_qa.study.course import Course
from hujin_qa.study.store import Store
from test_index import Hashing

_NAMES = "松柏桦榆槐柳杨枫桐樟楠榕椿桑梓栗榛桂梅杏桃李梨枣橘柚柑枇杷荔棕榄榧杉桧楸楝榉榔檀"


def _index(folder, chapters):
    text = "# 林场手册\n" + "".join(
        f"\n## {a}林\n\n{a}林每亩产量为{n}{n % 7}斤。{a}林有{a}耐旱、{a}晚熟、{a}多汁三个特点。"
        f"{a}林的代表公司有{a}岭公社、{a}河农场和{a}山果业。\n"
        for n, a in enumerate(_NAMES[:chapters], 11)
    )
    folder.mkdir()
    (folder / "林场.md").write_text(text, encoding="utf-8")
    lexicon = load_lexicon()
    build_index([folder / "林场.md"], folder / "index", Hashing(), "hashing", lexicon)
    return open_index(folder / "index", "hashing", lexicon)


@pytest.fixture
def course(tmp_path):
    return Course.of(_index(tmp_path / "林场", 4), Store(tmp_path / "study.db"))


def test_what_is_written_without_looking_at_items_makes_no_bank(course, monkeypatch):
    monkeypatch.setattr(module, "make_bank", lambda _: pytest.fail("the bank was made"))
    course.classroom.set_cohort("甲班", ["小陈"], "老周")
    assert course.source.lines
    assert not course.store.responses()


def test_those_who_ask_for_the_bank_at_once_get_the_same_one_made_once(course, monkeypatch):
    made, together = [], threading.Barrier(4)

    def slowly(index):
        made.append(index)
        time.sleep(0.2)  # long enough for the others to ask
        return make_bank(index)

    monkeypatch.setattr(module, "make_bank", slowly)

    def ask(_):
        together.wait()
        return course.bank

    with ThreadPoolExecutor(4) as pool:
        banks = list(pool.map(ask, range(4)))
    assert len(made) == 1
    assert all(bank is banks[0] for bank in banks)
    assert banks[0].drafts


def test_twice_the_text_takes_hardly_more_than_twice_the_work(tmp_path):
    def calls(chapters):
        index = _index(tmp_path / f"{chapters}", chapters)
        make_bank(index)  # words and patterns are kept from here on
        profile = cProfile.Profile()
        profile.runcall(make_bank, index)
        return sum(n for (file, *_), (_, n, *_) in pstats.Stats(profile).stats.items() if "hujin_qa" in file)

    assert calls(20) < 2.6 * calls(10)
