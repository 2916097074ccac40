"""Everything that can go wrong, and is told to the user in one sentence with the next step.

HujinError
├── BadInput            the question, file or option cannot be used
│   └── UnreadableFile  a file that is not text, is empty, or has an unknown encoding
├── IndexProblem
│   ├── NoIndex         nothing has been built at this place
│   ├── DamagedIndex    a file is missing or its hash differs
│   ├── ForeignIndex    built by another format or with another encoder
│   └── IndexNotWritten the folder is read-only or the disk is full
├── DataProblem         a file of kept chats or study results cannot be used
├── EncoderProblem      the embedding model is missing or unusable
└── LLMProblem          the language model did not give a usable answer

Messages are Chinese: users read them. Only the surfaces catch.
"""


class HujinError(Exception):
    """Base of the tree. ``str(error)`` says what happened and what to do next."""


class BadInput(HujinError):
    """The question, file or option cannot be used as given."""


class UnreadableFile(BadInput):
    """A source file is empty, binary or in an unknown encoding."""


class IndexProblem(HujinError):
    """The index cannot be used; the message names the command that rebuilds it."""


class NoIndex(IndexProblem):
    """Nothing has been built at this place."""


class DamagedIndex(IndexProblem):
    """A file of the index is missing or does not match its hash."""


class ForeignIndex(IndexProblem):
    """The index was built by another format version or with another encoder."""


class IndexNotWritten(IndexProblem):
    """The new index could not be written; the old one still stands."""


class EncoderProblem(HujinError):
    """The embedding model is missing or unusable."""


class LLMProblem(HujinError):
    """The language model did not give a usable answer."""


class DataProblem(HujinError):
    """A file of kept chats or study results cannot be used."""
