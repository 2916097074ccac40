"""Check the four documents and their question sets in this folder.

Run: python3 validate.py   (exit code 1 if anything is wrong)
Text is compared after NFKC folding and removing all white space.
"""

import collections
import json
import pathlib
import re
import sys
import unicodedata

HERE = pathlib.Path(__file__).parent
SETS = {
    "staff-handbook.txt": "handbook",
    "city-report.md": "city",
    "museum-history.txt": "museum",
    "product-faq.txt": "faq",
}
KEYS = {"id", "kind", "question", "history", "answerable", "facts", "evidence"}


def fold(text):
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def main():
    errors, seen, total = [], set(), collections.Counter()
    for name, prefix in SETS.items():
        raw = (HERE / name).read_text(encoding="utf-8")
        doc = fold(raw)
        units = [fold(u) for u in re.split(r"[。\n]", raw)]
        kinds, n, asked = collections.Counter(), collections.Counter(), set()
        for no, line in enumerate((HERE / name).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines(), 1):
            q = json.loads(line)
            where = f"{name}:{no} {q.get('id')}"
            def bad(msg):
                return errors.append(f"{where}: {msg}")
            if set(q) != KEYS:
                bad(f"keys {sorted(q)}")
            if q["id"] in seen or not re.fullmatch(prefix + r"-\d{3}", q["id"]):
                bad("id repeated or malformed")
            seen.add(q["id"])
            key = (q["question"], tuple(q["history"]))
            if key in asked:
                bad("question repeated")
            asked.add(key)
            n["history"] += bool(q["history"])
            kinds[("+" if q["answerable"] else "-") + q["kind"]] += 1
            if not q["answerable"]:
                n["unanswerable"] += 1
                if q["facts"] or q["evidence"]:
                    bad("unanswerable with facts or evidence")
                continue
            n["answerable"] += 1
            if not q["facts"] or not q["evidence"]:
                bad("no facts or no evidence")
            ev = [fold(e) for e in q["evidence"]]
            for e in ev:
                if not 8 <= len(e) <= 25:
                    bad(f"evidence length {len(e)}: {e}")
                if doc.count(e) != 1:
                    bad(f"evidence occurs {doc.count(e)} times: {e}")
            near = [u for u in units if any(e in u for e in ev)]
            for e in ev:
                if not any(e in u for u in near):
                    bad(f"evidence crosses a sentence end: {e}")
                if not any(fold(a) in u for u in near if e in u for alts in q["facts"] for a in alts):
                    bad(f"evidence without any fact in its sentence: {e}")
            for alts in q["facts"]:
                for a in alts:
                    if not 2 <= len(fold(a)) <= 10:
                        bad(f"fact length: {a}")
                    if fold(a) not in doc:
                        bad(f"fact not verbatim: {a}")
                if not any(fold(a) in u for a in alts for u in near):
                    bad(f"fact not in a sentence with evidence: {alts}")
        total.update(n)
        print(
            f"{name}: {len(re.findall('[一-鿿]', raw))} Chinese characters, "
            f"{len(doc)} without white space, {raw.count(chr(10))} line breaks"
        )
        print("  questions", sum(kinds.values()), dict(n))
        print("  kinds", dict(sorted(kinds.items())))
    print("total", len(seen), dict(total), "errors", len(errors))
    print("\n".join(errors))
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
