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
    """The items of an index that no trainer has retired, by id, in the order of the seed."""

    index: Index
    bank: Bank
    items: dict[str, Item]
    store: Store

    @classmethod
    def open(cls, settings: Settings, seed: int = 0, report: Callable[[str], None] = lambda _: None) -> "Course":
        """The course over the index of the settings, which is built if it is missing.

        Raises:
            HujinError: the index or the results cannot be opened.
        """
        return cls.of(Assistant.open(settings, report).index, Store.of(settings), seed)

    @classmethod
    def of(cls, index: Index, store: Store, seed: int = 0) -> "Course":
        bank, retired = make_bank(index, seed), store.retired()
        return cls(index, bank, {item.id: item for item in bank.items if item.id not in retired}, store)

    def mixed(self, seed: int) -> "Course":
        """The same items in another order, their options too."""
        return Course.of(self.index, self.store, seed)

    @property
    def source(self) -> Source:
        return Source(self.index)

    def about(self, section: str) -> list[Item]:
        """The items of the sections whose headings hold these words; of all without any.

        Raises:
            BadInput: there are none.
        """
        found = [i for i in self.items.values() if section in " ".join(i.citation.section)]
        if not found:
            raise BadInput(f"没有题目出自标题含「{section}」的一节。" if section else "从这份文档里出不了题。")
        return found
