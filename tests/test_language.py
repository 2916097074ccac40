"""The two languages of the pages: the same names and blanks in both, and nobody who goes past the choice."""

import re
from pathlib import Path

import pytest

from hujin_qa.web import english, strings
from hujin_qa.web.language import language_of, say, speaking

WEB = Path(strings.__file__).parent
NAMES = sorted(name for name in vars(strings) if name.isupper() and not name.startswith("_"))


def test_both_languages_have_the_same_words():
    assert sorted(name for name in vars(english) if name.isupper()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_word_has_the_same_shape_and_blanks_in_both_languages(name):
    def shape(value):
        if isinstance(value, dict):
            return {key: shape(each) for key, each in value.items()}
        if isinstance(value, tuple):
            return tuple(map(shape, value))
        assert value.strip()
        return sorted(re.findall(r"(?<!=)\{(\w+)[^}]*\}", value))

    chinese, other = getattr(strings, name), getattr(english, name)
    if name == "NOTE_WORDS":  # states are kept in Chinese
        other = {kind: other[kind] for kind in chinese}
    if name == "GRADIO":  # which is English itself
        assert other == {}
    else:
        assert shape(chinese) == shape(other)


def test_no_page_takes_its_words_past_the_choice():
    for path in WEB.glob("*.py"):
        if path.stem != "language":
            assert not re.search(r"import .*\b(strings|english)\b|from \.(strings|english)", path.read_text("utf-8")), (
                path
            )


def test_every_word_is_used_and_every_used_word_is_there():
    used = {name for path in WEB.glob("*.py") for name in re.findall(r"\bsay\.([A-Z_]+)\b", path.read_text("utf-8"))}
    assert used == set(NAMES)


@pytest.mark.parametrize(
    ("cookie", "accepted", "default", "language"),
    [
        ("", "", "auto", "zh"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "auto", "zh"),
        ("", "en-GB,en;q=0.9,zh;q=0.8", "auto", "en"),
        ("", "fr,ja", "auto", "zh"),
        ("", "en", "zh", "zh"),
        ("", "zh", "en", "en"),
        ("zh", "en", "en", "zh"),
        ("<x>", "en", "auto", "en"),
    ],
)
def test_a_choice_goes_before_the_setting_and_the_setting_before_the_browser(cookie, accepted, default, language):
    assert language_of({"hujin-language": cookie}, {"accept-language": accepted}, default) == language


def test_words_are_chinese_unless_another_language_is_spoken():
    assert say.STUDY == strings.STUDY
    with speaking("en"):
        assert say.STUDY == english.STUDY
    assert say.STUDY == strings.STUDY
