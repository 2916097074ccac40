"""Items for other tools: Anki decks, Moodle XML and GIFT."""

import html
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

from ..payload import note_line
from .items import Item
from .results import section_name
from .source import bare

_GIFT_ESCAPES = str.maketrans({c: f"\\{c}" for c in "~=#{}:\\"})
_DECK, _MODEL = 1_732_400_001, 1_732_400_002  # Anki tells decks and models apart by number


def source_line(item: Item) -> str:
    """The proof of an item as a learner reads it."""
    notes = "".join(f"⚠ {note_line(note)}" for note in item.notes)
    return f"原文({section_name(item)}):「{bare(item.citation.quote)}」{notes}"


def answer_text(item: Item) -> str:
    """The right answer in words."""
    options = [item.options[i] for i in item.answer]
    if item.kind == "match":
        return ";".join(f"{prompt} — {option}" for prompt, option in zip(item.prompts, options, strict=True))
    return (" → " if item.kind == "order" else "、").join(options)


def to_gift(items: Sequence[Item]) -> str:
    """Moodle's GIFT text. https://docs.moodle.org/en/GIFT_format"""
    return "\n\n".join(_gift(item) for item in items) + "\n"


def _gift(item: Item) -> str:
    stem, proof = _gift_text(_with_options(item)), _gift_text(source_line(item))
    if item.kind == "match":
        body = "\n".join(
            f"={_gift_text(p)} -> {_gift_text(item.options[i])}" for p, i in zip(item.prompts, item.answer, strict=True)
        )
    elif item.kind == "order":
        body = "\n".join(f"={n} -> {_gift_text(item.options[i])}" for n, i in enumerate(item.answer, 1))
    elif item.kind == "list":
        share = 100 / len(item.answer)
        body = "\n".join(
            f"~%{share if i in item.answer else -100:.5g}%{_gift_text(option)}" for i, option in enumerate(item.options)
        )
    else:
        body = "\n".join(
            f"{'=' if i in item.answer else '~'}{_gift_text(option)}{'#' + _gift_text(why) if why else ''}"
            for i, (option, why) in enumerate(zip(item.options, item.why, strict=True))
        )
    return f"::{_gift_text(item.id)}::{stem}{{\n{body}\n####{proof}\n}}"


def _gift_text(text: str) -> str:
    return " ".join(text.split()).translate(_GIFT_ESCAPES)


def _with_options(item: Item) -> str:
    """The stem; a task to sort says from which number on."""
    return item.stem + (" 把序号与内容配对。" if item.kind == "order" else "")


def to_moodle_xml(items: Sequence[Item]) -> str:
    """Moodle XML, one question an item. https://docs.moodle.org/en/Moodle_XML_format"""
    quiz = ET.Element("quiz")
    for item in items:
        matching = item.kind in ("match", "order")
        question = ET.SubElement(quiz, "question", type="matching" if matching else "multichoice")
        _xml_text(ET.SubElement(question, "name"), item.id)
        _xml_text(ET.SubElement(question, "questiontext", format="html"), html.escape(_with_options(item)))
        _xml_text(ET.SubElement(question, "generalfeedback", format="html"), html.escape(source_line(item)))
        ET.SubElement(question, "shuffleanswers").text = "1"
        if matching:
            prompts = item.prompts or tuple(str(n) for n in range(1, len(item.answer) + 1))
            for prompt, i in zip(prompts, item.answer, strict=True):
                pair = ET.SubElement(question, "subquestion", format="html")
                ET.SubElement(pair, "text").text = html.escape(prompt)
                _xml_text(ET.SubElement(pair, "answer"), item.options[i])
            continue
        ET.SubElement(question, "single").text = "false" if item.kind == "list" else "true"
        for i, (option, why) in enumerate(zip(item.options, item.why, strict=True)):
            right = f"{100 / len(item.answer):.5f}".rstrip("0").rstrip(".")
            wrong = "-100" if item.kind == "list" else "0"
            answer = ET.SubElement(question, "answer", fraction=right if i in item.answer else wrong, format="html")
            ET.SubElement(answer, "text").text = html.escape(option)
            _xml_text(ET.SubElement(answer, "feedback", format="html"), html.escape(why))
    ET.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(quiz, encoding="unicode") + "\n"


def _xml_text(parent: ET.Element, text: str) -> None:
    ET.SubElement(parent, "text").text = text


def to_anki(items: Sequence[Item], name: str) -> bytes:
    """An Anki package (.apkg) with a note an item; importing it again updates notes by their ids."""
    import genanki

    model = genanki.Model(
        _MODEL,
        "hujin_qa",
        fields=[{"name": "题目"}, {"name": "答案"}, {"name": "出处"}],
        templates=[
            {
                "name": "卡片",
                "qfmt": "{{题目}}",
                "afmt": "{{FrontSide}}<hr id=answer>{{答案}}<br><small>{{出处}}</small>",
            }
        ],
    )
    deck = genanki.Deck(_DECK, name)
    for item in items:
        front = "<br>".join(map(html.escape, [item.stem, *item.prompts, *(f"○ {o}" for o in item.options)]))
        fields = [front, html.escape(answer_text(item)), html.escape(source_line(item))]
        deck.add_note(genanki.Note(model=model, fields=fields, guid=genanki.guid_for(item.id), tags=[item.kind]))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "deck.apkg"
        genanki.Package(deck).write_to_file(str(path))
        return path.read_bytes()
