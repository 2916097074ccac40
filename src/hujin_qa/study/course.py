"""What is taught from one index, and where it is kept how learning goes."""

from collections.abc import Callable
from dataclasses import dataclass

from ..assistant import Assistant
from ..errors import BadInput
from ..index import Index
from ..settings import Settings
from .bank import Bank, make_bank
from .items import Item
from .source import Source
from .store import Store


@dataclass(frozen=True)
class Course:
    """The items of an index and the results of those who learn from it."""

    index: Index
    bank: Bank
    store: Store

    @classmethod
    def open(cls, settings: Settings, report: Callable[[str], None] = lambda _: None) -> "Course":
        """The course over the index of the settings, which is built if it is missing.

        Raises:
            HujinError: the index cannot be opened.
        """
        return cls.of(Assistant.open(settings, report).index, Store.of(settings))

    @classmethod
    def of(cls, index: Index, store: Store) -> "Course":
        return cls(index, make_bank(index), store)

    @property
    def source(self) -> Source:
        return Source(self.index)

    def items(self, seed: int = 0) -> dict[str, Item]:
        """The items that no trainer has retired, by id, in the order of the seed."""
        retired = self.store.retired()
        return {item.id: item for item in self.bank.items(seed) if item.id not in retired}

    def about(self, section: str, seed: int = 0) -> list[Item]:
        """The items of the sections whose headings hold these words; of all without any.

        Raises:
            BadInput: there are none.
        """
        found = [i for i in self.items(seed).values() if section in " ".join(i.citation.section)]
        if not found:
            raise BadInput(f"没有题目出自标题含「{section}」的一节。" if section else "从这份文档里出不了题。")
        return found
