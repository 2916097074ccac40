"""Feed exports to the tools' own readers, in an environment of their own:

    pip install --no-deps beir ragas ragchecker
    pip install ir_measures pytrec_eval-terrier langchain-core datasets tiktoken dataclasses-json rich
    python eval/readers.py FOLDER

``FOLDER`` holds what ``hujin-qa eval export RUN --format F --out FOLDER/F`` wrote for each format F. What the tools
need beside that to judge is heavy (two minutes instead of more than ten) and their packages pull it in, so each reader
is loaded from its own file.
"""

import importlib.util
import json
import sys
from importlib.metadata import version
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
    """Read each export and print how much of it arrived; what the reader holds is what the file says."""
    import ir_measures

    qrels = list(ir_measures.read_trec_qrels(str(folder / "trec" / "qrels.txt")))
    run = list(ir_measures.read_trec_run(str(folder / "trec" / "run.txt")))
    print(f"{_name('ir_measures')}: {len(qrels)} judgements, {len(run)} ranks,", end=" ")
    print(ir_measures.calc_aggregate([ir_measures.nDCG @ 10], qrels, run))
    corpus, queries, judged = (
        module("beir", "datasets.data_loader").GenericDataLoader(str(folder / "beir")).load("test")
    )
    lost = [id_ for gold in judged.values() for id_ in gold if id_ not in corpus]
    print(f"{_name('beir')}: {len(corpus)} passages, {len(queries)} queries, {len(lost)} gold passages missing")
    file = folder / "ragas" / "ragas.jsonl"
    samples = module("ragas", "dataset_schema").EvaluationDataset.from_jsonl(file)
    lines = file.read_text(encoding="utf-8").split("\n")[:-1]
    print(f"{_name('ragas')}: {len(samples)} samples, whole: {samples.to_list() == list(map(json.loads, lines))}")
    text = (folder / "ragchecker" / "ragchecker.json").read_text(encoding="utf-8")
    read = module("ragchecker", "container").RAGResults.from_json(text)
    whole = all(
        written.items() <= result.to_dict().items()
        for written, result in zip(json.loads(text)["results"], read.results, strict=True)
    )
    print(f"{_name('ragchecker')}: {len(read.results)} results, whole: {whole}")


def _name(package: str) -> str:
    return f"{package} {version(package)}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
