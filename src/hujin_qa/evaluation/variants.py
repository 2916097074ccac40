"""Systems that differ in one thing, over the same documents, to be tried side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from ..assistant import Assistant
from ..errors import BadInput
from ..settings import Fusion

MOST = 8  # variants at once
FUSIONS: dict[Fusion, str] = {"scores": "混合(分数)", "rrf": "混合(名次)", "dense": "只用向量", "lexical": "只用词"}
READERS = {"extractive": "原文摘句", "llm": "大模型"}


@dataclass(frozen=True, slots=True)
class Variant:
    """What may differ. ``encoder`` is ``""`` for the one in use, or one of ``Settings.other_encoders``."""

    encoder: str
    fusion: Fusion
    hits: int
    threshold: float
    reader: str  # of READERS

    @property
    def name(self) -> str:
        """Everything that may differ, for a heading."""
        encoder = f"{self.encoder} · " if self.encoder else ""
        return f"{encoder}{FUSIONS[self.fusion]} · {self.hits} 段 · 门槛 {self.threshold:.2f} · {READERS[self.reader]}"

    def of(self, opened: Callable[[str], Assistant]) -> Assistant:
        """The assistant of this variant; ``opened`` gives the one of an encoder.

        Raises:
            BadInput: it needs a language model, and none is set.
        """
        change: dict[str, object] = {"fusion": self.fusion, "hits": self.hits, "threshold": self.threshold}
        assistant = opened(self.encoder)
        if self.reader == "extractive":
            change["llm_model"] = ""
        elif not assistant.settings.has_llm:
            raise BadInput("没有设置大模型。请先设 OPENAI_BASE_URL 和 OPENAI_MODEL,再比较它。")
        return assistant.over(assistant.encoder, assistant.settings.model_copy(update=change))


def variants(
    encoders: Sequence[str],
    fusions: Sequence[Fusion],
    hits: Sequence[int],
    thresholds: Sequence[float],
    readers: Sequence[str],
) -> list[Variant]:
    """Every combination.

    Raises:
        BadInput: there is none, or there are too many to look at.
    """
    found = [Variant(*choice) for choice in product(encoders, fusions, hits, thresholds, readers)]
    if not found:
        raise BadInput("每一项至少选一个。")
    if len(found) > MOST:
        raise BadInput(f"一共 {len(found)} 种组合,太多了。请减到 {MOST} 种以内。")
    return found
