import importlib.metadata
import json

import pytest

from hujin_qa import doctor
from hujin_qa.assistant import ensure_index
from hujin_qa.doctor import checks
from hujin_qa.settings import load_settings


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Settings with a corpus of one file and its index."""
    place = tmp_path_factory.mktemp("doctor")
    (place / "corpus").mkdir()
    (place / "corpus" / "泳池.txt").write_text("泳池晚上九点关门,周二换水。", encoding="utf-8")
    settings = load_settings(corpus=place / "corpus", index=place / "index", cache=place / "cache", auth="a:geheim")
    ensure_index(settings, [settings.corpus])
    return settings


def failing(settings):
    """Names and details of what is not in order."""
    return {c.name: c.detail for c in checks(settings) if not c.ok}


def test_everything_is_in_order_after_a_build(built):
    found = checks(built)
    assert [c.name for c in found] == ["Python", "依赖", "文档", "词表", "向量模型", "索引", "索引新旧", "语言模型"]
    assert failing(built) == {}
    assert "geheim" not in "".join(c.detail for c in found)


def test_a_missing_index_is_found_with_the_command_that_builds_it(built, tmp_path):
    assert "hujin-qa index" in failing(built.model_copy(update={"index": tmp_path / "none"}))["索引"]


def test_a_changed_document_makes_the_index_old(built):
    file = built.corpus / "泳池.txt"
    before = file.read_bytes()
    file.write_text("泳池全天开放。", encoding="utf-8")
    try:
        assert f"hujin-qa index {built.corpus} --index {built.index}" in failing(built)["索引新旧"]
    finally:
        file.write_bytes(before)
    assert failing(built) == {}


def test_a_missing_corpus_is_found(built, tmp_path):
    found = failing(built.model_copy(update={"corpus": tmp_path / "none"}))
    assert "HUJIN_QA_CORPUS" in found["文档"]


def test_a_missing_model_is_found_with_the_command_that_fetches_it(built, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    found = failing(built.model_copy(update={"encoder": "nobody/nothing"}))
    assert list(found) == ["向量模型"]
    assert "hujin-qa download-model" in found["向量模型"]


def test_a_damaged_index_is_found(built, tmp_path):
    index = tmp_path / "index"
    index.mkdir()
    manifest = json.loads((built.index / "manifest.json").read_text(encoding="utf-8"))
    (index / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert "hujin-qa index" in failing(built.model_copy(update={"index": index}))["索引"]


def test_an_index_of_another_model_is_found(built, tmp_path):
    index = tmp_path / "index"
    index.mkdir()
    manifest = json.loads((built.index / "manifest.json").read_text(encoding="utf-8"))
    (index / "manifest.json").write_text(json.dumps(manifest | {"encoder": "other"}), encoding="utf-8")
    assert "other" in failing(built.model_copy(update={"index": index}))["索引"]


def test_a_broken_word_list_is_found(built, tmp_path):
    lexicon = tmp_path / "words.toml"
    lexicon.write_text("words = 3", encoding="utf-8")
    assert "词表" in failing(built.model_copy(update={"lexicon": lexicon}))["词表"]


@pytest.mark.parametrize("package", ["gradio", "onnxruntime", "opencc", "tokenizers", "torch"])
def test_a_missing_package_is_found_with_the_command_that_installs_it(built, monkeypatch, package):
    version = importlib.metadata.version

    def without(name):
        if name == package:
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", without)
    assert failing(built) == {"依赖": f"缺少 {package},请运行:make install"}


def test_a_reader_that_is_not_there_is_found(built, monkeypatch):
    monkeypatch.setattr(doctor, "open_cross_encoder", lambda: None)
    assert "make install" in failing(built)["重读模型"]
