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

import errno

_REASONS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EROFS: "磁盘或文件夹是只读的",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件或文件夹不存在",
    errno.ENOTDIR: "路径中有一段是文件,不是文件夹",
    errno.EISDIR: "这是一个文件夹,不是文件",
    errno.EEXIST: "已有同名文件",
    errno.ENAMETOOLONG: "名称太长",
    errno.EMFILE: "打开的文件太多",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.EADDRINUSE: "地址已被占用",
    errno.EADDRNOTAVAIL: "这台机器没有这个地址",
}


def reason(error: OSError) -> str:
    """What the operating system complains of, for users.

    >>> reason(OSError(28, "No space left on device"))
    '磁盘已满'
    """
    if error.errno is None:  # numpy's "5 requested and 0 written"
        return "没有写完,磁盘可能已满"
    return _REASONS.get(error.errno) or error.strerror or str(error)


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
