"""Many clients of the chat's API at once: `python benchmarks/load.py [--address URL] [--clients 20] [--seconds 120]`.

Every answer has to be the one that a single client gets to the same question; without an address a server is started
and its memory watched. Writes ``results/load.json``; exit code 1 if an answer failed or was mixed up, or if the memory
grew by more than a tenth after the first quarter.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

RESULTS = Path(__file__).resolve().parent / "results" / "load.json"
QUESTIONS = [
    ("移动支付规模多大?", []),
    ("绿色金融讲的是什么?", []),
    ("市场格局呢?", ["移动支付规模多大?"]),
    ("主要互金业态包括哪些?", []),
    ("比特币今天多少钱?", []),
    ("行业趋势前瞻包括哪些?", []),
]


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The address and process id of a server of its own."""
    command = [str(Path(sys.executable).parent / "hujin-qa"), "serve", "--port", "0"]
    with TemporaryDirectory() as data:
        environment = os.environ | {"HUJIN_QA_DATA": data}
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
            try:
                for line in process.stderr or ():
                    if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                        yield found[0], process.pid
                        return
                raise SystemExit("the server did not start")
            finally:
                process.terminate()


def ask(client: httpx.Client, question: str, history: list[str]) -> dict[str, Any]:
    """One answer, without what differs from call to call."""
    event = (
        client.post("/gradio_api/call/ask", json={"data": [question, history]}).raise_for_status().json()["event_id"]
    )
    lines = client.get(f"/gradio_api/call/ask/{event}").raise_for_status().text
    answer: dict[str, Any] = json.loads(re.findall(r"^data: (.*)$", lines, re.MULTILINE)[-1])[0]
    answer.pop("timings_ms", None)
    return answer


def megabytes(process: int) -> float:
    """Resident memory (Linux)."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address")
    parser.add_argument("--process", type=int, help="process id of the server at the address, to see its memory")
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120)
    options = parser.parse_args()
    if options.address:
        return run(options.address, options.process, options.clients, options.seconds)
    with served() as (address, process):
        return run(address, process, options.clients, options.seconds)


def run(address: str, process: int | None, clients: int, seconds: float) -> int:
    with httpx.Client(base_url=address, trust_env=False, timeout=120) as client:
        alone = [ask(client, *question) for question in QUESTIONS]
    faults: list[str] = []
    took: list[float] = []
    memory = [megabytes(process)] if process else []
    ends = time.monotonic() + seconds

    def work(seed: int) -> None:
        order = random.Random(seed)
        with httpx.Client(base_url=address, trust_env=False, timeout=120) as client:
            while time.monotonic() < ends:
                n = order.randrange(len(QUESTIONS))
                started = time.monotonic()
                try:
                    if ask(client, *QUESTIONS[n]) != alone[n]:
                        faults.append(f"another answer to {QUESTIONS[n][0]}")
                except Exception as error:
                    faults.append(f"{type(error).__name__}: {error}")
                took.append(time.monotonic() - started)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(5)
        memory += [megabytes(process)] if process else []
    took.sort()
    told: dict[str, Any] = {
        "clients": clients,
        "seconds": seconds,
        "answers": len(took),
        "faults": len(faults),
        "answer_s": {"median": round(took[len(took) // 2], 2), "p95": round(took[int(len(took) * 0.95)], 2)},
    }
    if memory:
        warm, last = memory[len(memory) // 4], memory[-1]
        told["memory_mb"] = {"start": round(memory[0]), "quarter": round(warm), "end": round(last)}
        if last > 1.1 * warm:
            faults.append(f"the memory grew from {warm:.0f} to {last:.0f} MB")
    print(json.dumps(told, indent=1))
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    for fault in faults[:5]:
        print(fault, file=sys.stderr)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
