import base64
import io
import json

import matplotlib.pyplot as plt
import nbformat
import notebooks
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def store(path, *cells):
    path.write_text(json.dumps(new_notebook(cells=list(cells))), encoding="utf-8")
    return path


def test_running_twice_stores_the_same(tmp_path):
    code = 'from myst_nb import glue\nprint("a")\nglue("x", f"{0.25:.2f}", display=False)\nprint("b")'
    path = store(tmp_path / "nb.ipynb", new_markdown_cell("[?](glue:x)"), new_code_cell(code))
    assert notebooks.check(path)
    assert notebooks.run(path) == []
    first = path.read_text(encoding="utf-8")
    assert "[0.25](glue:x)" in first
    assert notebooks.check(path) == []
    assert notebooks.run(path) == []
    assert path.read_text(encoding="utf-8") == first


def test_an_error_is_named_and_nothing_is_stored(tmp_path):
    path = store(tmp_path / "nb.ipynb", new_code_cell("1 / 0", id="culprit"))
    before = path.read_text(encoding="utf-8")
    (problem,) = notebooks.run(path)
    assert "culprit" in problem and "ZeroDivisionError" in problem
    assert path.read_text(encoding="utf-8") == before


def test_what_lasts_is_kept_and_what_does_not_is_dropped():
    lasting = {
        "jp-MarkdownHeadingCollapsed": True,
        "jupyter": {"source_hidden": True},
        "mystnb": {"figure": {"name": "fig-a"}},
        "tags": ["hide-input"],
    }
    passing = {
        "ExecuteTime": {},
        "collapsed": False,
        "execution": {"x": "y"},
        "scrolled": True,
        "editable": True,
    }
    nb = new_notebook(
        cells=[new_code_cell(metadata=lasting | passing)], metadata={"jupytext": {}, "title": "T"}
    )
    notebooks.normalise(nb)
    assert nb.cells[0].metadata == lasting
    assert set(nb.metadata) == {"kernelspec", "language_info", "title"}
    nbformat.validate(nb)


def test_what_the_website_hides_is_folded_in_jupyterlab():
    nb = new_notebook(cells=[new_code_cell(metadata={"tags": [tag]}) for tag in ("remove-cell", "A-103")])
    notebooks.normalise(nb)
    assert nb.cells[0].metadata["jupyter"] == {"source_hidden": True}
    assert "jupyter" not in nb.cells[1].metadata


def test_ids_are_kept_if_they_are_unique_and_depend_on_the_text_alone_if_not():
    def ids():
        nb = new_notebook(cells=[new_markdown_cell("same") for _ in range(3)])
        nb.cells[0].id = nb.cells[1].id = "mine"
        del nb.cells[2]["id"]
        notebooks.normalise(nb)
        return [cell.id for cell in nb.cells]

    assert ids()[0] == "mine"
    assert len(set(ids())) == 3
    assert ids() == ids()


def test_printed_pieces_are_joined():
    pieces = [new_output("stream", name="stdout", text=text) for text in "ab"]
    nb = new_notebook(cells=[new_code_cell(outputs=pieces)])
    notebooks.normalise(nb)
    assert [output.text for output in nb.cells[0].outputs] == ["ab"]


def test_pictures_do_not_name_the_version_that_drew_them():
    files = []
    for software in ("Matplotlib 3", "Matplotlib 4"):
        file = io.BytesIO()
        plt.figure(figsize=(1, 1)).savefig(file, metadata={"Software": software})
        plt.close()
        data = {"image/png": base64.b64encode(file.getvalue()).decode()}
        nb = new_notebook(cells=[new_code_cell(outputs=[new_output("display_data", data=data)])])
        notebooks.normalise(nb)
        files.append(base64.b64decode(nb.cells[0].outputs[0].data["image/png"]))
    assert files[0] == files[1]
    assert plt.imread(io.BytesIO(files[0])).shape == (100, 100, 4)
