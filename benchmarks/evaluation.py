"""What a run costs beside the encoding of its questions, in turns, so that all see the same machine.

    python benchmarks/evaluation.py [QUESTIONS]

Prints ratios of whole runs, judging included, to the time of encoding the questions alone, by the clock and by the
processor; without and with the second reading. A run encodes the next question while it answers one, so the clock tells
less than the processor. Earlier questions of follow-ups, and the parts of a question that asks several things, have to be
encoded too; ``encoded_texts`` tells how many that makes.
Writes ``results/evaluation.json`` and ``benchmarks/README.md``. About two minutes.
"""

import json
import sys
import time
from pathlib import Path

from summary import write_summary

from hujin_qa.assistant import Assistant
from hujin_qa.encoder import Remembering
from hujin_qa.evaluation.asking import run
from hujin_qa.evaluation.questions import load_questions
from hujin_qa.settings import load_settings

HERE = Path(__file__).resolve().parent
TURNS = 8
WARM_UP = 5  # questions


def main() -> None:
    """Ask the set part by part, between encodings of the same part."""
    questions = load_questions(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "eval" / "hujin.jsonl")
    twice = Assistant.open(load_settings(reread=True))
    systems = {
        "run": twice.over(twice.encoder, load_settings(reread=False)),
        "run_read_again": twice,
    }
    texts: set[str] = set()
    encode = twice.encoder.encode_query

    def counting(asked: list[str]) -> object:
        texts.update(asked)
        return encode(asked)

    warm_up, questions = questions[:WARM_UP], questions[WARM_UP:]
    for assistant in systems.values():
        run(assistant, warm_up, "warm")
    spent = {name: [0.0, 0.0] for name in ("encoding", *systems)}  # by the clock, by the processor
    for turn in range(TURNS):
        part = questions[turn::TURNS]
        for name in spent:
            clock, processor = time.perf_counter(), time.process_time()
            if name == "encoding":
                alone = Remembering(twice.encoder)
                for question in part:
                    alone.encode_query([question.question])
            else:
                twice.encoder.encode_query = counting  # type: ignore[method-assign,assignment]
                run(systems[name], part, "part")
                twice.encoder.encode_query = encode  # type: ignore[method-assign]
            spent[name][0] += time.perf_counter() - clock
            spent[name][1] += time.process_time() - processor
    result: dict[str, object] = {
        "questions": len(questions),
        "encoded_texts": len(texts),
        "encoding_s": round(spent["encoding"][0], 2),
    }
    for name in systems:
        result[name] = {
            "seconds": round(spent[name][0], 2),
            "ratio": round(spent[name][0] / spent["encoding"][0], 2),
            "ratio_of_processor_time": round(spent[name][1] / spent["encoding"][1], 2),
        }
    print(json.dumps(result, indent=1))
    (HERE / "results" / "evaluation.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(write_summary())


if __name__ == "__main__":
    main()
