"""The claims of the two articles: a mark where a chapter settles one, a table a chapter, and the ledger."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from html_node import html
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

LOGGER = logging.getLogger(__name__)
LEDGER = Path(__file__).resolve().parents[1] / "claims.csv"
COLUMNS = ("id", "article", "section", "claim", "verdict", "chapter", "check")
# The symbols say the verdict without colour.
VERDICTS = {
    "true": "✓",
    "true with conditions": "◐",
    "imprecise": "≈",
    "false": "✗",
    "outdated": "↺",
    "internally inconsistent": "⇄",
}


class ClaimsError(ValueError):
    """A ledger that cannot be read, with the reason."""


@dataclass(frozen=True)
class Claim:
    """One row of the ledger; without a `check` the claim is not settled and its verdict is what we expect."""

    id: str
    article: str
    section: str
    claim: str
    verdict: str
    chapter: str
    check: str

    @property
    def settled(self) -> bool:
        """Whether a chapter settles the claim."""
        return bool(self.check)

    @property
    def mark(self) -> str:
        """The anchor of the place that settles the claim."""
        return f"claim-{self.id.lower()}"

    @property
    def row(self) -> str:
        """The anchor of the claim's row in the ledger."""
        return f"ledger-{self.id.lower()}"


def read_claims(path: Path = LEDGER) -> dict[str, Claim]:
    """Read the ledger.

    Parameters
    ----------
    path : Path
        A CSV file with the columns `COLUMNS`.

    Returns
    -------
    dict of str to Claim
        The claims by id, in the file's order.

    Raises
    ------
    ClaimsError
        If a column is missing, an id is given twice, a verdict is unknown or a field is empty.
    """
    claims: dict[str, Claim] = {}
    with path.open(encoding="utf8", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ClaimsError(f"the columns are {rows.fieldnames}, not {list(COLUMNS)}")
        for row in rows:
            claim = Claim(**{name: (row[name] or "").strip() for name in COLUMNS})
            if claim.id in claims:
                raise ClaimsError(f"{claim.id} is given twice")
            if claim.verdict not in VERDICTS:
                raise ClaimsError(f"{claim.id}: unknown verdict {claim.verdict!r}")
            for name in ("id", "article", "section", "claim", "chapter"):
                if not getattr(claim, name):
                    raise ClaimsError(f"{claim.id}: no {name}")
            claims[claim.id] = claim
    return claims


def chapter_title(stem: str) -> str:
    """Name a chapter that is not in the book yet by its file: ``"09_ista"`` becomes ``"9 Ista"``.

    Parameters
    ----------
    stem : str
        The file's name without its ending.

    Returns
    -------
    str
        Number and words.
    """
    number, _, words = stem.partition("_")
    return (
        f"{int(number)} {words.replace('_', ' ').capitalize()}"
        if number.isdigit()
        else stem.replace("_", " ")
    )


def verdict_class(verdict: str) -> str:
    """Name the style class of a verdict.

    Parameters
    ----------
    verdict : str
        One of `VERDICTS`.

    Returns
    -------
    str
        Such as ``"verdict-true"``.
    """
    return f"verdict-{verdict.replace(' ', '-')}"


def verdict_label(verdict: str) -> nodes.Element:
    """Make the small label of a verdict: symbol and word.

    Parameters
    ----------
    verdict : str
        One of `VERDICTS`.

    Returns
    -------
    nodes.Element
        The label.
    """
    symbol = html("span", VERDICTS[verdict], class_="verdict-symbol", aria_hidden="true")
    return html("span", symbol, f" {verdict}", class_=f"verdict {verdict_class(verdict)}")


def table(css_class: str, caption: str, columns: Sequence[str], rows: Sequence[nodes.Node]) -> nodes.Element:
    """Make an accessible table.

    Parameters
    ----------
    css_class : str
        Its style class.
    caption : str
        What it shows.
    columns : sequence of str
        The heads of its columns.
    rows : sequence of nodes.Node
        Elements ``tr``.

    Returns
    -------
    nodes.Element
        The table.
    """
    head = html("thead", html("tr", *(html("th", column, scope="col") for column in columns)))
    return html("table", html("caption", caption), head, html("tbody", *rows), class_=f"table {css_class}")


def link(docname: str, target: str, text: str = "", kind: str = "ref") -> pending_xref:
    """Make a link to a mark, a row or a page, which Sphinx resolves or warns about.

    Parameters
    ----------
    docname : str
        The page the link is on.
    target : str
        The anchor, or the page.
    text : str, optional
        The link's text; without one, the title of the page it leads to.
    kind : str, optional
        Sphinx's name of the kind of reference, "ref" or "doc".

    Returns
    -------
    pending_xref
        The link.
    """
    attributes = {"refdoc": docname, "refdomain": "std", "reftype": kind, "reftarget": target}
    return pending_xref("", nodes.inline("", text), refexplicit=bool(text), refwarn=True, **attributes)


def add_target(env: BuildEnvironment, anchor: str) -> None:
    """Let links lead to an anchor of the current page.

    Parameters
    ----------
    env : BuildEnvironment
        Sphinx's environment.
    anchor : str
        The element's id, which is also the label that links use.
    """
    env.get_domain("std").note_hyperlink_target(anchor, env.docname, anchor)


def stem_of(docname: str) -> str:
    """Return the file name of a page, by which the ledger names chapters.

    Parameters
    ----------
    docname : str
        Sphinx's name of the page.

    Returns
    -------
    str
        Its last part.
    """
    return docname.rpartition("/")[2]


class ClaimRole(SphinxRole):
    """Mark the place that settles a claim."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Render the anchor and the pill, or warn."""
        claim = self.env.claims.get(self.text)
        marked = self.env.temp_data.setdefault("claims_marked", set())
        if claim is None:
            return self._warn(f"there is no {self.text} in {LEDGER.name}")
        if claim.chapter != stem_of(self.env.docname):
            return self._warn(f"{claim.id} belongs to {claim.chapter}; refer to it by {{claim-ref}}")
        if not claim.settled:
            return self._warn(f"{claim.id} is marked as settled but has no check in {LEDGER.name}")
        if claim.id in marked:
            return self._warn(f"{claim.id} is marked twice; refer to it by {{claim-ref}}")
        marked.add(claim.id)
        add_target(self.env, claim.mark)
        pill = link(self.env.docname, claim.row, f"{claim.id} {VERDICTS[claim.verdict]} {claim.verdict}")
        return [html("span", pill, ids=claim.mark, class_=f"claim {verdict_class(claim.verdict)}")], []

    def _warn(self, problem: str) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        LOGGER.warning("claim: %s", problem, location=self.get_location())
        return [nodes.Text(self.text)], []


class ClaimRefRole(SphinxRole):
    """Refer to the place that settles a claim."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Render the link."""
        return [link(self.env.docname, f"claim-{self.text.lower()}", self.text)], []


class ClaimsDirective(SphinxDirective):
    """What the two directives share."""

    def claims(self) -> list[Claim]:
        """Return all claims; a change of the ledger makes Sphinx read the page anew."""
        self.env.note_dependency(str(LEDGER))
        return list(self.env.claims.values())

    def sentence(self, claim: Claim) -> nodes.Element:
        """Make the cell with the claim's sentence, which may hold maths and code."""
        parsed, messages = self.state.inline_text(claim.claim, self.lineno)
        return html("td", *parsed, *messages, class_="claim-sentence")


class ClaimsSettled(ClaimsDirective):
    """The table of the claims that this chapter settles."""

    def run(self) -> list[nodes.Node]:
        """Render the table."""
        docname = self.env.docname
        rows = [
            html(
                "tr",
                html("th", link(docname, claim.mark, claim.id), scope="row"),
                self.sentence(claim),
                html("td", verdict_label(claim.verdict)),
            )
            for claim in self.claims()
            if claim.settled and claim.chapter == stem_of(docname)
        ]
        if not rows:
            LOGGER.warning(
                "claims-settled: no claim of this chapter has a check", location=self.get_location()
            )
        columns = ("Id", "The articles say", "Verdict")
        return [table("claims claims-settled", "Claims settled in this chapter", columns, rows)]


class ClaimLedger(ClaimsDirective):
    """The whole ledger with a summary; ledger.js fills the filters and shows them."""

    def run(self) -> list[nodes.Node]:
        """Render summary, filters and table."""
        claims = self.claims()
        ledger = table(
            "claims ledger",
            "Every claim, its verdict and the place that settles it",
            ("Id", "The articles say", "Verdict", "Settled in"),
            [self._row(claim) for claim in claims],
        )
        return [self._summary(claims), self._filters(), ledger]

    def _summary(self, claims: list[Claim]) -> nodes.Element:
        counted, settled = Counter(c.verdict for c in claims), Counter(c.verdict for c in claims if c.settled)
        lines = [(verdict_label(verdict), counted[verdict], settled[verdict]) for verdict in VERDICTS]
        lines.append((nodes.Text("all"), counted.total(), settled.total()))
        rows = [
            html("tr", html("th", name, scope="row"), *(html("td", str(number)) for number in numbers))
            for name, *numbers in lines
        ]
        return table("ledger-summary", "Claims by verdict", ("Verdict", "Claims", "Settled so far"), rows)

    def _filters(self) -> nodes.Element:
        selects = (
            html("label", name.capitalize(), html("select", html("option", "all", value=""), name=name))
            for name in ("verdict", "article", "chapter", "settled")
        )
        search = html("label", "Words", html("input", type="search", name="words"))
        clear = html("button", "Show all", type="reset")
        return html(
            "form",
            *selects,
            search,
            clear,
            html("p", role="status"),
            class_="ledger-filters",
            hidden="hidden",
        )

    def _row(self, claim: Claim) -> nodes.Element:
        docname = self.env.docname
        add_target(self.env, claim.row)
        page = f"chapters/{claim.chapter}"
        if claim.settled:
            place = [link(docname, claim.mark)]
        else:
            known = page in self.env.found_docs
            chapter = (
                link(docname, f"/{page}", kind="doc") if known else nodes.Text(chapter_title(claim.chapter))
            )
            place = [html("span", chapter), html("span", ", not settled yet", class_="ledger-note")]
        expected = [] if claim.settled else [html("span", " (expected)", class_="ledger-note")]
        where = html("span", f"{claim.article}, {claim.section}", class_="ledger-note")
        return html(
            "tr",
            html("th", claim.id, where, scope="row"),
            self.sentence(claim),
            html("td", verdict_label(claim.verdict), *expected, class_="claim-verdict"),
            html("td", *place),
            ids=claim.row,
            data_verdict=claim.verdict,
            data_article=claim.article,
            data_chapter=claim.chapter,
            data_settled="yes" if claim.settled else "not yet",
        )


def load_claims(app: Sphinx) -> None:
    """Read the ledger once a build.

    Parameters
    ----------
    app : Sphinx
        The application.
    """
    try:
        app.env.claims = read_claims()
    except (ClaimsError, OSError) as error:
        raise ExtensionError(f"{LEDGER}: {error}") from error


def name_marks(app: Sphinx, env: BuildEnvironment) -> None:
    """Give a link to a mark that has no text of its own the title of the mark's chapter.

    Parameters
    ----------
    app : Sphinx
        The application.
    env : BuildEnvironment
        Sphinx's environment, all pages read.
    """
    standard = env.get_domain("std")
    for claim in env.claims.values():
        if claim.mark in standard.anonlabels:
            docname, anchor = standard.anonlabels[claim.mark]
            standard.labels[claim.mark] = docname, anchor, env.titles[docname].astext()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register roles and directives."""
    app.setup_extension("html_node")
    app.add_role("claim", ClaimRole())
    app.add_role("claim-ref", ClaimRefRole())
    app.add_directive("claims-settled", ClaimsSettled)
    app.add_directive("claim-ledger", ClaimLedger)
    app.add_js_file("ledger.js", loading_method="defer")
    app.connect("builder-inited", load_claims)
    app.connect("env-updated", name_marks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
