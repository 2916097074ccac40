import os
import traceback
from pathlib import Path

import pytest

from hujin_qa.errors import BadInput
from hujin_qa.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in [name for name in os.environ if name.upper().startswith("HUJIN_QA_")]:
        monkeypatch.delenv(name)


def test_the_environment_sets_every_field(monkeypatch):
    monkeypatch.setenv("HUJIN_QA_THRESHOLD", "0.7")
    monkeypatch.setenv("HUJIN_QA_CORPUS", "/somewhere/文档")
    settings = load_settings()
    assert (settings.threshold, settings.corpus) == (0.7, Path("/somewhere/文档"))


def test_what_a_command_was_told_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("HUJIN_QA_PORT", "1")
    assert load_settings(port=2, host=None).port == 2
    assert load_settings(port=None).port == 1


@pytest.mark.parametrize("name", ["HUJIN_QA_TRESHOLD", "hujin_qa_x", "HUJIN_QA_", "HUJIN_QA_INDEX_"])
def test_an_unknown_variable_is_an_error_that_lists_the_known_ones(monkeypatch, name):
    monkeypatch.setenv(name, "1")
    with pytest.raises(BadInput, match=f"不认识的环境变量 {name}。.*HUJIN_QA_THRESHOLD"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("THRESHOLD", "2", "不能大于 1"),
        ("THRESHOLD", "-0.1", "不能小于 0"),
        ("THRESHOLD", "nan", ""),
        ("THRESHOLD", "高", "应为数字"),
        ("THRESHOLD", "", "应为数字"),
        ("HITS", "0", "不能小于 1"),
        ("HITS", "1.5", "应为整数"),
        ("HITS", "101", "不能大于 100"),
        ("PORT", "65536", "不能大于 65535"),
        ("PORT", "网页", "应为整数"),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_chinese(monkeypatch, name, value, says):
    monkeypatch.setenv(f"HUJIN_QA_{name}", value)
    with pytest.raises(BadInput, match=rf"^设置 HUJIN_QA_{name} 的值不可用:.*{says}.*请改正后重试。$") as told:
        load_settings()
    assert "Input should" not in str(told.value)


def test_an_address_without_its_scheme_is_told_in_chinese(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "api.example.com")
    with pytest.raises(BadInput, match=r"^设置 OPENAI_BASE_URL 的值不可用:应以 http:// 或 https:// 开头"):
        load_settings()


def test_a_secret_never_prints(monkeypatch):
    monkeypatch.setenv("HUJIN_QA_AUTH", "admin:geheim-12345")
    settings = load_settings()
    assert settings.auth
    assert settings.auth.get_secret_value() == "admin:geheim-12345"
    for shown in (str(settings), repr(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert "geheim" not in shown
    monkeypatch.setenv("HUJIN_QA_THRESHOLD", "x")
    with pytest.raises(BadInput) as told:
        load_settings()
    assert "geheim" not in "".join(traceback.format_exception(told.value))


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]


def test_every_field_has_a_default():
    assert not [name for name, field in Settings.model_fields.items() if field.is_required()]


def test_the_corpus_is_that_of_the_working_folder_else_of_the_checkout(monkeypatch, tmp_path):
    (tmp_path / "corpus").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_settings().corpus == Path("corpus")
    (tmp_path / "corpus").rmdir()
    assert load_settings().corpus.is_absolute()
    assert load_settings().corpus.is_dir()


@pytest.mark.parametrize(
    ("value", "says"), [("{", "应为 JSON 对象"), ("a=b", "应为 JSON 对象"), ("[1]", "应为 JSON 对象")]
)
def test_other_encoders_that_are_no_json_are_told(monkeypatch, value, says):
    monkeypatch.setenv("HUJIN_QA_OTHER_ENCODERS", value)
    with pytest.raises(BadInput, match=rf"^设置 HUJIN_QA_OTHER_ENCODERS 的值不可用:{says}。请改正后重试。$"):
        load_settings()
