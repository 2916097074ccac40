"""Distil data/meanings.npy and .txt from the default encoder: what its vectors of single words keep in 96 dimensions.

    .venv/bin/python eval/meanings.py [FOLDER]

The words are jieba's 40,000 most frequent of two to four characters. Their vectors are centred, turned onto their
principal axes, cut, scaled to unit length and kept as bytes (Tulkens and van Dongen 2024, "Model2Vec"). About three
minutes on two cores.
"""

import sys
from pathlib import Path

import jieba
import numpy as np

from hujin_qa.encoder import open_encoder
from hujin_qa.settings import load_settings

DATA = Path(__file__).parents[1] / "src" / "hujin_qa" / "data"
WORDS, DIMENSIONS, LONGEST, BATCH = 40_000, 96, 4, 4_000
NAMES = ("n", "j", "l", "i")  # jieba's tags of nouns, abbreviations, set phrases


def main() -> None:
    """Write both files."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    lines = (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines()
    entries = [(word, int(count), tag) for word, count, tag in map(str.split, lines) if 1 < len(word) <= LONGEST]
    entries = sorted(entries, key=lambda entry: -entry[1])[:WORDS]
    encoder = open_encoder("default", load_settings().cache)
    words = [word for word, *_ in entries]
    vectors = np.concatenate([encoder.encode_document(words[i : i + BATCH]) for i in range(0, len(words), BATCH)])
    vectors = vectors - vectors.mean(axis=0)
    axes = np.linalg.eigh(vectors.T @ vectors)[1][:, ::-1][:, :DIMENSIONS]
    vectors = vectors @ axes
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    np.save(folder / "meanings.npy", np.round(vectors / np.abs(vectors).max() * 127).astype(np.int8))
    text = "".join(f"{word}{' n' if tag.startswith(NAMES) else ''}\n" for word, _, tag in entries)
    (folder / "meanings.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
