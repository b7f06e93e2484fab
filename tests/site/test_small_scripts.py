"""Scripts are stored without comments and spaces, but with every word of their sentences."""

import re

import pytest
from small_scripts import SCRIPTS

OURS = sorted(path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.rglob("*.js"))
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')


@pytest.mark.parametrize("name", OURS)
def test_sentences_are_kept(site, name):
    source, built = (SCRIPTS / name).read_text("utf8"), (site / "_static" / name).read_text("utf8")
    code = re.sub(r"^\s*//.*$", "", source, flags=re.MULTILINE)
    assert not re.search(r"\$\{[^}`]*`", code), "rjsmin takes spaces from a template inside a template"
    assert STRING.findall(built) == STRING.findall(code)
    assert len(built) <= len(source)
