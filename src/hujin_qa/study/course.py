"""What is taught from one index, and where it is kept how learning goes."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock

from ..errors import BadInput
from ..index import Index
from .bank import Bank, make_bank, notes_of
from .classroom import Classroom
from .items import Item, arrange
from .source import Source
from .store import Store
from .written import WrittenItems


@dataclass(frozen=True)
class Course:
    """The items of an index and the results of those who learn from it."""

    index: Index
    store: Store
    _first: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def bank(self) -> Bank:
        """Made when it is first asked for, which takes a while over a long text; others who ask wait for it."""
        with self._first:
            return self._bank

    @cached_property
    def _bank(self) -> Bank:
        return make_bank(self.index)

    @property
    def classroom(self) -> Classroom:
        return Classroom(self.store.path)

    @property
    def written(self) -> WrittenItems:
        return WrittenItems(self.store.path)

    @classmethod
    def of(cls, index: Index, store: Store) -> "Course":
        return cls(index, store)

    @property
    def source(self) -> Source:
        return Source(self.index)

    def items(self, seed: int = 0) -> dict[str, Item]:
        """The items that no trainer has retired, by id, those that trainers wrote among them, in the order of the seed."""
        retired = self.store.retired()
        written, _ = self.written.standing(self.index)
        own = [replace(arrange(d, notes_of(d, self.index.notes), seed), id=id_) for id_, d in written]
        found = {item.id: item for item in self.bank.items(seed, own) if item.id not in retired}
        return found | {item.id: item for item in own if item.id in found}  # of two with one id the trainer's

    def check_id(self, id_: str) -> None:
        """See that an item has this id, whether it stands or not.

        Raises:
            BadInput: none has.
        """
        if id_ not in {item.id for item in self.bank.items()} | self.written.all().keys():
            raise BadInput(f"没有这道题:{id_}。题目的 id 见:hujin-qa study items")

    def lapsed(self) -> dict[str, str]:
        """Items that were answered, locked in a form or written, and that today's text no longer proves: id to a word.

        They are never shown; trainers see them marked.
        """
        retired, standing = self.store.retired(), {item.id for item in self.bank.items()}
        written, gone = self.written.standing(self.index)
        known = [r.item for r in self.store.responses()] + [i for f in self.classroom.forms() for i in f.items]
        standing |= {id_ for id_, _ in written}
        return {
            id_: "引文已不成立" for id_ in dict.fromkeys([*gone, *known]) if id_ not in standing and id_ not in retired
        }

    def about(self, section: str, seed: int = 0) -> list[Item]:
        """The items of the sections whose headings hold these words; of all without any.

        Raises:
            BadInput: there are none.
        """
        found = [i for i in self.items(seed).values() if section in " ".join(i.citation.section)]
        if not found:
            raise BadInput(f"没有题目出自标题含「{section}」的一节。" if section else "从这份文档里出不了题。")
        return found
