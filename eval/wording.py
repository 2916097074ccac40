"""Thins out the questions whose wording alone tells whether they are answered: a reader is to learn to read."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from hujin_qa.evaluation.questions import load_questions

POWER, LEAST = 0.7, 0.15  # how sharply questions are thinned out, and the share of the most telling ones that stays


def evenly_worded(sources: Sequence[Path]) -> set[tuple[str, str]]:
    """Document and id of the questions that are kept.

    A model of their characters, fitted on other documents, guesses whether each is answered; the surer and righter
    the guess, the rarer the question is kept. Over all training documents its AUROC falls from 0.8 to 0.5.
    """
    rows = [(n, s.stem, gold) for n, s in enumerate(sources) for gold in load_questions(s.with_suffix(".jsonl"))]
    counts = CountVectorizer(analyzer="char", ngram_range=(1, 3), min_df=4).fit_transform(
        [g.question for *_, g in rows]
    )
    answered = np.array([gold.answerable for *_, gold in rows])
    guess = cross_val_predict(
        LogisticRegression(C=0.3, max_iter=600),
        counts,
        answered,
        groups=[n for n, *_ in rows],
        cv=GroupKFold(8),
        method="predict_proba",
    )[:, 1]
    right = np.where(answered, guess, 1 - guess)
    kept = np.random.default_rng(0).random(len(rows)) < np.maximum(((1 - right) / right) ** POWER, LEAST)
    return {(name, gold.id) for (_, name, gold), keep in zip(rows, kept, strict=True) if keep}
