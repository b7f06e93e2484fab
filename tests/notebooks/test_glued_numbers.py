import glued_numbers
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def notebook(text, **values):
    outputs = [
        new_output(
            "display_data",
            data={glued_numbers.RECORD: repr(value)},
            metadata={"scrapbook": {"name": key, "mime_prefix": "application/papermill.record/"}},
        )
        for key, value in values.items()
    ]
    options = {"figure": {"caption": text}, "image": {"alt": text}}
    return new_notebook(
        cells=[new_markdown_cell(text), new_code_cell(outputs=outputs, metadata={"mystnb": options})]
    )


def texts(nb):
    options = nb.cells[1].metadata.mystnb
    return {nb.cells[0].source, options.figure.caption, options.image.alt}


def test_links_are_filled_in_text_caption_and_alternative_text():
    nb = notebook("Loses [?](glue:loss) of [a, [b]](glue:vec).", loss="0.250", vec="[1, 2]")
    glued_numbers.fill(nb)
    assert texts(nb) == {"Loses [0.250](glue:loss) of [[1, 2]](glue:vec)."}
    assert not glued_numbers.problems(nb)
    glued_numbers.unlink(nb)
    assert texts(nb) == {"Loses 0.250 of [1, 2]."}


def test_stale_and_unknown_numbers_are_problems():
    nb = notebook("[0.3](glue:loss) and [?](glue:typo)", loss="0.250")
    assert len(glued_numbers.problems(nb)) == 2 * 3
    assert texts(nb) == {"[0.3](glue:loss) and [?](glue:typo)"}


def test_only_formatted_strings_count():
    nb = notebook("[?](glue:loss)", loss=0.250)
    assert "formatted string" in glued_numbers.problems(nb)[0]


def test_other_links_are_left_alone():
    text = "[a](b.md) ![c](glue.png) [d]"
    nb = notebook(text)
    glued_numbers.unlink(nb)
    assert texts(nb) == {text}
