"""Speed of the default encoder: C engine against torch for bulk, and what a question waits for.

    python benchmarks/encoder.py

Prints ratios and writes ``benchmarks/results/encoder.json``. Texts: the public sets beside the checkout if they
are there, else sentences of our own. Takes about two minutes on two cores, which should be free.
"""

import json
import multiprocessing
import os
import platform
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path
from summary import write_summary

from hujin_qa.encoder import BULK_TOKENS, NanoEncoder, SentenceTransformerEncoder, estimate_tokens
from hujin_qa.weights import model_folder

HERE = Path(__file__).resolve().parent
PUBLIC = HERE.parents[1] / "shared" / "public"
CACHE = user_cache_path("hujin-qa")
PASSAGES, SUBSET, ROUNDS, QUERIES = 500, 60, 5, 300
OWN = [
    "移动支付是指用户用手机等移动终端,为所购买的商品或服务付款的一种方式。",
    "第三方支付机构与各家银行签约,在买家和卖家之间提供与银行支付系统相连的通道。",
    "監管部門要求平台充分披露資訊,並由銀行存管客戶的資金,以保護投資人。",
    "Crowdfunding raises small amounts of money from many people, usually over the internet.",
    "大数据征信根据交易、还款和行为数据,为没有信贷记录的小微企业评估信用。",
]


def passages(count: int, tokens: range) -> list[str]:
    """Texts of as many tokens as ``tokens`` says, by the model's own count."""
    files = sorted(PUBLIC.glob("*/corpus.jsonl"))
    texts = [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()[:900]]
    texts = texts or ["".join(OWN[(n + k) % 5] + f"第{n}条。" for k in range(9)) for n in range(count)]
    tokens_of = NanoEncoder()._engine.token_count
    cut = (text[:characters] for text, characters in zip(texts, cycle(range(190, 290, 7)), strict=False))
    found = [text for text in cut if tokens_of(text) in tokens][:count]
    assert len(found) == count
    return found


def latency(engine: NanoEncoder) -> dict[str, float]:
    """Milliseconds of one question at a time, with a pause between as between people."""
    times = []
    for n in range(QUERIES):
        start = time.perf_counter()
        engine.encode_query([f"移动支付的第{n}种风险是什么?"])
        times.append((time.perf_counter() - start) * 1e3)
        time.sleep(0.01)
    return {"median_ms": round(float(np.median(times)), 1), "p95_ms": round(float(np.percentile(times, 95)), 1)}


def spin() -> None:
    while True:
        pass


def seconds(code: str) -> float:
    """Best of three fresh processes that run ``code``, start of Python included."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    load_before = os.getloadavg()[0]  # far above 0: others were at work, so do not trust the latencies
    folder = model_folder(CACHE)
    nano = NanoEncoder()
    idle = latency(nano)
    busy = multiprocessing.get_context("spawn").Process(target=spin, daemon=True)
    busy.start()
    loaded = latency(nano)
    busy.kill()
    busy.join()

    first = seconds("from hujin_qa.encoder import NanoEncoder; NanoEncoder().encode_query(['什么是众筹?'])")
    load = seconds(
        "from pathlib import Path; from hujin_qa.encoder import SentenceTransformerEncoder, model_folder;"
        f"SentenceTransformerEncoder(model_folder(Path({str(CACHE)!r})), '')"
    )

    texts = passages(PASSAGES, range(150, 231))
    subset = texts[:: -(-PASSAGES // SUBSET)]
    bulk = SentenceTransformerEncoder(folder, "")
    bulk.encode_document(texts[:16])
    nano_s = bulk_s = 0.0
    cosines = []
    for n in range(ROUNDS):  # taking turns, so that a noisy neighbour disturbs both
        part, few = texts[n::ROUNDS], subset[n::ROUNDS]
        start = time.perf_counter()
        small = nano.encode_document(few)
        nano_s += time.perf_counter() - start
        start = time.perf_counter()
        bulk.encode_document(part)
        bulk_s += time.perf_counter() - start
        cosines.append((bulk.encode_document(few) * small).sum(axis=1))
    nano_rate, bulk_rate = len(subset) / nano_s, PASSAGES / bulk_s

    tokens = estimate_tokens(texts) / PASSAGES
    result = {
        "machine": {
            "cpu_count": os.cpu_count(),
            "machine": platform.machine(),
            "dtype": str(bulk._model.dtype),
            "load_before": round(load_before, 2),
        },
        "bulk": {
            "passages": PASSAGES,
            "estimated_tokens_per_passage": round(tokens),
            "nano_passages_per_s": round(nano_rate, 1),
            "nano_measured_on": len(subset),
            "torch_passages_per_s": round(bulk_rate, 1),
            "torch_over_nano": round(bulk_rate / nano_rate, 2),
            "cosine_min": round(float(np.concatenate(cosines).min()), 5),
        },
        "query": {
            "idle": idle,
            "one_busy_process": loaded,
            "p95_busy_over_median_busy": round(loaded["p95_ms"] / loaded["median_ms"], 2),
            "p95_busy_over_median_idle": round(loaded["p95_ms"] / idle["median_ms"], 2),
        },
        "start": {
            "nano_first_query_s": round(first, 2),
            "torch_ready_s": round(load, 2),
            "torch_ready_over_nano_first_query": round(load / first, 1),
            "break_even_tokens": round(load / (1 / nano_rate - 1 / bulk_rate) * tokens),
            "threshold_tokens": BULK_TOKENS,
        },
    }
    text = json.dumps(result, indent=2)
    print(text)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "encoder.json").write_text(text + "\n", "utf-8")
    write_summary()


if __name__ == "__main__":
    main()
