import faiss
import numpy as np

from hujin_qa.dense import DenseIndex


def unit(rows, seed=0):
    vectors = np.random.default_rng(seed).standard_normal((rows, 384), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_search_finds_the_largest_cosines_best_first(tmp_path):
    vectors, query = unit(300), unit(1, seed=1)[0]
    dense = DenseIndex.build(vectors)
    dense.save(tmp_path / "索引.faiss")
    for index in (dense, DenseIndex.load(tmp_path / "索引.faiss")):
        rows, scores = index.search(query, 10)
        exact = vectors @ query
        np.testing.assert_allclose(scores, exact[rows], atol=1e-3)
        assert exact[rows].min() >= np.sort(exact)[-10] - 1e-3
        assert list(scores) == sorted(scores, reverse=True)


def test_asking_for_more_than_there_is_gives_all():
    rows, scores = DenseIndex.build(unit(3)).search(unit(1)[0], 10)
    assert len(rows) == len(scores) == 3


def test_a_question_is_searched_by_one_thread():
    faiss.omp_set_num_threads(2)
    DenseIndex.build(unit(3)).search(unit(1)[0], 1)
    assert faiss.omp_get_max_threads() == 1
