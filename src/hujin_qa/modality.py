"""Whether a claim is surer than what it cites: a plan told as done, advice as a duty."""

from collections.abc import Sequence

from .clauses import clauses, content, likeness
from .words import words

_ALIKE = 0.3  # likeness from which a clause is what a claim speaks of


def overstated(claim: str, evidence: Sequence[str]) -> str:
    """What is wrong in Chinese, ``""`` if nothing. Texts are folded.

    >>> overstated("大桥已经通车", ["大桥预计明年通车"])
    '“大桥已经通车”在所引原文中还没有成为事实'
    >>> overstated("大桥一律免费", ["大桥通常免费"]), overstated("大桥通常免费", ["大桥通常免费"])
    ('“大桥一律免费”说得比所引原文肯定', '')
    """
    modal = words().modal
    there = [c for e in evidence for c in clauses(e)]
    for clause in clauses(claim):
        near = _nearest(clause, there)
        done = modal["done"].search(clause)
        if done and not modal["pending"].search(clause):
            acts = [w for w, _ in content(clause[done.end() :])][:2]
            told = [c for c in there if any(act in c for act in acts)]
            if told and all(modal["pending"].search(c) and not modal["done"].search(c) for c in told):
                return f"“{clause[:24]}”在所引原文中还没有成为事实"
        if not near:
            continue
        if modal["strong"].search(clause) and not modal["weak"].search(clause):
            bare = modal["strong"].sub("", clause)
            near = _nearest(bare, there) or near
            if modal["weak"].search(near) and not modal["strong"].search(near):
                return f"“{clause[:24]}”说得比所引原文肯定"
        if modal["soft"].search(clause) and not any(modal["soft"].search(c) for c in there):
            near = _nearest(modal["soft"].sub("", clause), there)
            if near and modal["binding"].search(near):
                return f"“{clause[:24]}”在所引原文中是要求，不是建议"
    return ""


def _nearest(clause: str, there: Sequence[str]) -> str:
    best = max(there, key=lambda c: likeness(clause, c), default="")
    return best if best and likeness(clause, best) >= _ALIKE else ""
