"""Feed exports to the tools' own readers: ``python eval/readers.py FOLDER`` in an environment with beir, ragas, ragchecker.

``FOLDER`` holds what ``hujin-qa eval export RUN --format F --out FOLDER/F`` wrote for each of beir, ragas and ragchecker.
Their dependencies are heavy and their packages pull them in, so each reader is loaded from its own file.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def module(package: str, name: str) -> Any:
    """One file of a package without the package's own start."""
    folder = importlib.util.find_spec(package).submodule_search_locations[0]  # type: ignore[union-attr, index]
    parent = ModuleType(package)
    parent.__path__ = [folder]
    sys.modules[package] = parent
    spec = importlib.util.spec_from_file_location(f"{package}.{name}", Path(folder) / (name.replace(".", "/") + ".py"))
    made = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[spec.name] = made  # type: ignore[union-attr]
    spec.loader.exec_module(made)  # type: ignore[union-attr]
    return made


def main(folder: Path) -> None:
    """Read each export and print how much of it arrived."""
    corpus, queries, qrels = module("beir", "datasets.data_loader").GenericDataLoader(str(folder / "beir")).load("test")
    lost = [id_ for gold in qrels.values() for id_ in gold if id_ not in corpus]
    print(
        f"beir: {len(corpus)} passages, {len(queries)} queries, {len(qrels)} judged, {len(lost)} gold passages missing"
    )
    samples = module("ragas", "dataset_schema").EvaluationDataset.from_jsonl(folder / "ragas" / "ragas.jsonl")
    print(f"ragas: {len(samples)} samples, {samples.features()}")
    text = (folder / "ragchecker" / "ragchecker.json").read_text(encoding="utf-8")
    results = module("ragchecker", "container").RAGResults.from_json(text)
    print(
        f"ragchecker: {len(results.results)} results, {len(results.results[0].retrieved_context)} passages of the first"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
