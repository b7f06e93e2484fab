import json

import notebooks
import pytest
import run_times
import toc
from nbformat.v4 import new_code_cell
from test_running import store

LONGEST = 60  # seconds, the promise of the book


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(run_times, "FILE", tmp_path / "run_times.json")
    monkeypatch.setattr(notebooks, "NOTEBOOKS", [tmp_path / "nb.ipynb"])
    return run_times.FILE


def test_every_chapter_has_a_time_and_none_is_long():
    times = json.loads(run_times.FILE.read_text("utf8"))
    chapters = [toc.notebook(page) for page in toc.pages()]
    missing = {path.stem for path in chapters if path} ^ set(times)
    assert not missing, f"run these by `make notebooks`, or drop their entries: {sorted(missing)}"
    slow = [name for name, entry in times.items() if not 0 < entry["seconds"] <= LONGEST]
    assert not slow, f"a chapter runs in at most {LONGEST} seconds: {slow}"


def test_a_run_is_recorded(tmp_path, file):
    path = store(tmp_path / "nb.ipynb", new_code_cell("import time; time.sleep(0.3)"))
    notebooks.run(path)
    entry = json.loads(file.read_text("utf8"))["nb"]
    assert 0.3 <= entry["seconds"] == round(entry["seconds"], 1)
    assert set(entry["versions"]) == {"python", *run_times.PACKAGES}
    assert entry["machine"]["processor"] and entry["machine"]["cores"]


def test_a_run_that_fails_is_not(tmp_path, file):
    notebooks.run(store(tmp_path / "nb.ipynb", new_code_cell("1 / 0")))
    assert not file.exists()


def test_entries_are_sorted_one_a_line_and_only_the_new_one_changes(file):
    for name, seconds in (("b", 1.04), ("a", 2), ("b", 3.06)):
        run_times.record(name, seconds)
    lines = file.read_text("utf8").splitlines()
    assert [line[:18] for line in lines[1:-1]] == ['"a": {"seconds": 2', '"b": {"seconds": 3']
    assert json.loads(file.read_text("utf8"))["b"]["seconds"] == 3.1
