from pathlib import Path

import pytest

from hujin_qa.errors import BadInput
from hujin_qa.files import write_whole


def test_two_who_write_one_file_at_once_do_not_disturb_each_other(tmp_path, monkeypatch):
    path, write = tmp_path / "结果.json", Path.write_bytes

    def overtaken(part, data):
        monkeypatch.undo()
        write(part, data)
        write_whole(path, "other")

    monkeypatch.setattr(Path, "write_bytes", overtaken)
    assert write_whole(path, "mine").read_text() == "mine"
    assert [*tmp_path.iterdir()] == [path]


def test_nothing_stays_of_a_file_that_was_not_written(tmp_path):
    (tmp_path / "folder" / "full").mkdir(parents=True)
    with pytest.raises(BadInput, match="写不到"):
        write_whole(tmp_path / "folder", "text")
    assert [*tmp_path.iterdir()] == [tmp_path / "folder"]
