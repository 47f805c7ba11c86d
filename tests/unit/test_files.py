import os
import stat

import pytest

from dsl.files import FileLoader, FileProblem, read_source, write_whole
from dsl.loaders import LoadError
from dsl.source import Source


def test_a_source_has_the_path_for_a_name_and_no_byte_order_mark(tmp_path):
    path = tmp_path / "a.graph"
    path.write_bytes(b"\xef\xbb\xbfinput x: [3]\n")
    source = read_source(str(path))
    assert (source.name, source.text) == (str(path), "input x: [3]\n")


def test_a_missing_file_is_a_problem_in_one_line(tmp_path):
    with pytest.raises(FileProblem, match=r"^cannot read .*no\.graph: there is no such file"):
        read_source(str(tmp_path / "no.graph"))


def test_a_folder_is_a_problem(tmp_path):
    with pytest.raises(FileProblem, match="it is a folder"):
        read_source(str(tmp_path))


def test_bytes_that_are_not_utf8_are_placed_by_line(tmp_path):
    path = tmp_path / "a.graph"
    path.write_bytes(b"one\ntwo \xff\n")
    with pytest.raises(FileProblem, match=r"not UTF-8 text \(byte 0xff on line 2\)"):
        read_source(str(path))


def test_a_path_with_a_zero_character_is_a_problem():
    with pytest.raises(FileProblem):
        read_source("a\0b")


def _loader(tmp_path):
    root = tmp_path / "root"
    (root / "inner").mkdir(parents=True)
    (tmp_path / "outside.graph").write_text("secret")
    (root / "top.graph").write_text("top")
    (root / "inner" / "low.graph").write_text("low")
    return FileLoader(str(root)), root


def test_an_import_is_relative_to_the_file_that_imports(tmp_path):
    loader, root = _loader(tmp_path)
    low = loader.load("inner/low.graph", Source(str(root / "main.graph"), ""))
    assert low.text == "low"
    assert loader.load("../top.graph", low).text == "top"


def test_the_same_file_has_one_name_however_it_is_reached(tmp_path):
    loader, root = _loader(tmp_path)
    main = Source(str(root / "main.graph"), "")
    assert loader.load("./inner/../top.graph", main).name == loader.load("top.graph", main).name


@pytest.mark.parametrize("path", ["../outside.graph", "inner/../../outside.graph", "a\0b", ".."])
def test_an_import_cannot_leave_the_folder(tmp_path, path):
    loader, root = _loader(tmp_path)
    with pytest.raises(LoadError):
        loader.load(path, Source(str(root / "main.graph"), ""))


def test_an_absolute_import_is_refused(tmp_path):
    loader, root = _loader(tmp_path)
    with pytest.raises(LoadError, match="absolute"):
        loader.load(str(root / "top.graph"), Source(str(root / "main.graph"), ""))


def test_an_import_cannot_leave_the_folder_through_a_link(tmp_path):
    loader, root = _loader(tmp_path)
    (root / "link.graph").symlink_to(tmp_path / "outside.graph")
    with pytest.raises(LoadError, match="leads out"):
        loader.load("link.graph", Source(str(root / "main.graph"), ""))


def test_writing_keeps_the_mode_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "out.py"
    path.write_text("old")
    path.chmod(0o750)
    write_whole(str(path), "new é\n")
    assert path.read_text(encoding="utf-8") == "new é\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    assert os.listdir(tmp_path) == ["out.py"]  # noqa: PTH208 -- hidden ones too


def test_writing_goes_through_a_link(tmp_path):
    (tmp_path / "real.py").write_text("old")
    (tmp_path / "link.py").symlink_to(tmp_path / "real.py")
    write_whole(str(tmp_path / "link.py"), "new")
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real.py").read_text() == "new"


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "out.py"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(FileProblem, match=r"cannot write .*: no space left on device"):
        write_whole(str(path), "new")
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", [".", "missing/out.py", "a\0b"])
def test_a_place_that_cannot_be_written_is_a_problem(tmp_path, name):
    with pytest.raises(FileProblem, match="cannot write"):
        write_whole(f"{tmp_path}/{name}", "text")


def test_what_no_program_can_be_as_long_as_is_not_read_whole(tmp_path):
    path = tmp_path / "long.graph"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(FileProblem, match="it has more than 4,000,000 bytes"):
        read_source(str(path))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_other_encodings_are_told_by_their_zeros_or_mark(tmp_path, encoding, mark):
    path = tmp_path / "wide.graph"
    path.write_bytes(f"{mark}input x: [8]\n".encode(encoding))
    with pytest.raises(FileProblem, match="it is UTF-16, UTF-32 or no text; save it as UTF-8"):
        read_source(str(path))


def test_lines_of_an_old_mac_are_lines(tmp_path):
    path = tmp_path / "old.graph"
    path.write_bytes(b"input x: [8]\rinput y: [8]\r")
    assert read_source(str(path)).text == "input x: [8]\ninput y: [8]\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_no_file_to_import(tmp_path):
    os.mkfifo(tmp_path / "pipe.graph")
    loader, main = FileLoader(str(tmp_path)), Source(str(tmp_path / "main.graph"), "")
    with pytest.raises(LoadError, match="is no file"):
        loader.load("pipe.graph", main)


def test_a_file_without_a_name_is_a_problem():
    with pytest.raises(FileProblem, match="empty"):
        read_source("")
    with pytest.raises(FileProblem, match="empty"):
        write_whole("", "text")


def test_the_longest_name_that_a_folder_takes_can_be_written(tmp_path):
    path = tmp_path / ("n" * 250 + ".py")
    write_whole(str(path), "new")
    assert path.read_text() == "new"
