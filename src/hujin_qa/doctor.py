"""What is wrong on this machine, and the command that mends it."""

import importlib.metadata
import re
import sys
from dataclasses import dataclass

from .assistant import sources_of
from .crossencoder import open_cross_encoder
from .encoder import open_encoder
from .errors import HujinError, LLMProblem
from .index import is_stale, open_index, rebuild
from .lexicon import load_lexicon
from .settings import Settings

_OURS = "hujin-qa"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; ``detail`` ends with the next thing to type where it failed."""

    name: str
    ok: bool
    detail: str


def checks(settings: Settings) -> list[Check]:
    """Look at Python, the packages, the corpus, the word list, the encoder and the index, as far as each leads on."""
    there = settings.corpus.exists()
    found = [
        Check("Python", sys.version_info >= (3, 11), f"{sys.version.split()[0]}(需要 3.11 或更新)"),
        _packages(),
        Check("文档", there, f"{settings.corpus}" + ("" if there else " 不存在;用 HUJIN_QA_CORPUS 指定")),
    ]
    try:
        lexicon = load_lexicon(settings.lexicon)
    except HujinError as error:
        return [*found, Check("词表", False, str(error))]
    found.append(Check("词表", True, f"{len(lexicon.words)} 个专用词"))
    try:
        encoder = open_encoder(settings.encoder, settings.cache)
        dimension = encoder.encode_query(["检查"]).shape[1]
    except HujinError as error:
        return [*found, Check("向量模型", False, str(error))]
    found.append(Check("向量模型", True, f"{encoder.id},{dimension} 维"))
    if open_cross_encoder() is None:
        found.append(Check("重读模型", False, "缺少 onnxruntime 或安装不完整,答案只读一遍。请运行:make install"))
    try:
        index = open_index(settings.index, encoder.id, lexicon)
        found.append(Check("索引", True, f"{settings.index},{len(index.passages)} 段、{len(index.sentences)} 句"))
        sources, notes = sources_of(settings)
        stale = is_stale(settings.index, sources, notes, encoder.id, lexicon)
        why = f"文档在建索引之后改过。{rebuild(settings.index, {'sources': sources})}" if stale else "与文档一致"
        found.append(Check("索引新旧", not stale, why))
    except HujinError as error:
        found.append(Check("索引", False, str(error)))
    return [*found, _llm(settings)]


def _llm(settings: Settings) -> Check:
    if not settings.has_llm:
        lacking = [
            n for n, v in (("OPENAI_BASE_URL", settings.llm_address), ("OPENAI_MODEL", settings.llm_model)) if not v
        ]
        alone = len(lacking) == 1
        return Check("语言模型", not alone, f"只差 {lacking[0]},设好才会使用" if alone else "未设置,用原文摘句作答")
    from .llm import Reply

    try:
        said = "".join(Reply(settings, [{"role": "user", "content": "只回复一个字:好"}], lambda: False))
    except LLMProblem as problem:
        return Check("语言模型", False, f"{problem},请检查 OPENAI_BASE_URL、OPENAI_API_KEY 和 OPENAI_MODEL")
    return Check("语言模型", True, f"{settings.llm_model} 可用,试答 {len(said)} 字")


def _packages() -> Check:
    missing = []
    for name in _needed():
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    return Check("依赖", not missing, f"缺少 {'、'.join(missing)},请运行:make install" if missing else "齐全")


def _needed() -> list[str]:
    """The packages that this one says it requires here, itself first: from it comes the list."""
    try:
        required = importlib.metadata.requires(_OURS) or []
    except importlib.metadata.PackageNotFoundError:
        required = []
    elsewhere = 'sys_platform != "win32"' if sys.platform == "win32" else "extra =="
    here = [r for r in required if "extra ==" not in r and elsewhere not in r]
    return [_OURS, *(re.split("[^A-Za-z0-9._-]", r)[0] for r in here)]
