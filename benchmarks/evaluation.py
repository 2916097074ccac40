"""What a run costs beside the encoding of its questions, in turns, so that both see the same machine.

    python benchmarks/evaluation.py [QUESTIONS]

Prints ratios of whole runs, judging included, to the time of encoding the questions alone, by the clock and by the
processor (which a busy machine disturbs less). Earlier questions of follow-ups, and the parts of a question that asks
several things, have to be encoded too; ``encoded_texts`` tells how many more that makes. Writes
``results/evaluation.json``. About a minute.
"""

import json
import sys
import time
from pathlib import Path

from hujin_qa.assistant import Assistant
from hujin_qa.encoder import Remembering
from hujin_qa.evaluation.asking import run
from hujin_qa.evaluation.questions import load_questions

HERE = Path(__file__).resolve().parent
TURNS = 8


def main() -> None:
    """Ask the set part by part, between encodings of the same part."""
    questions = load_questions(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "eval" / "hujin.jsonl")
    assistant = Assistant.open()
    texts: set[str] = set()
    encode = assistant.encoder.encode_query

    def counting(asked: list[str]) -> object:
        texts.update(asked)
        return encode(asked)

    run(assistant, questions[:5], "warm")
    spent = {name: [0.0, 0.0] for name in ("encoding", "run")}  # by the clock, by the processor
    for turn in range(TURNS):
        part = questions[turn::TURNS]
        for name in spent:
            clock, processor = time.perf_counter(), time.process_time()
            if name == "run":
                assistant.encoder.encode_query = counting  # type: ignore[method-assign,assignment]
                run(assistant, part, "part")
                assistant.encoder.encode_query = encode  # type: ignore[method-assign]
            else:
                alone = Remembering(assistant.encoder)
                for question in part:
                    alone.encode_query([question.question])
            spent[name][0] += time.perf_counter() - clock
            spent[name][1] += time.process_time() - processor
    result = {
        "questions": len(questions),
        "encoded_texts": len(texts),
        "run_s": round(spent["run"][0], 2),
        "encoding_s": round(spent["encoding"][0], 2),
        "ratio": round(spent["run"][0] / spent["encoding"][0], 2),
        "ratio_of_processor_time": round(spent["run"][1] / spent["encoding"][1], 2),
    }
    print(json.dumps(result, indent=1))
    (HERE / "results" / "evaluation.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
