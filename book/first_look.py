"""Condense the data of the landing page's explorable: ``python book/first_look.py`` writes its script.

All that the Lasso sees of its rows are the means and, per row, the Gram matrix of the centred columns. A
dozen rows that share both with hundreds of patients have the same fits and the same mean squared errors.
"""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
from scipy.linalg import helmert
from sklearn.datasets import load_diabetes

SCRIPT = Path(__file__).parent / "_static" / "explorables" / "first-look-data.js"
FOLDS = 5


def patients() -> tuple[np.ndarray, np.ndarray]:
    """Load the diabetes data.

    Returns
    -------
    tuple of numpy.ndarray of shapes (n, p) and (n,)
        Features in units of their standard deviations, and the progression of the disease.
    """
    data = load_diabetes(scaled=False)
    return (data.data - data.data.mean(axis=0)) / data.data.std(axis=0), data.target


def groups() -> list[np.ndarray]:
    """Choose the rows to fit to.

    Returns
    -------
    list of numpy.ndarray of shape (n_rows,)
        All rows; then, for each fifth in order, as in ``lasso_cv``, the rows outside it.
    """
    rows = np.arange(len(patients()[1]))
    return [rows] + [np.setdiff1d(rows, fold) for fold in np.array_split(rows, FOLDS)]


def condense(rows: np.ndarray) -> np.ndarray:
    """Find few rows with the means and, divided by the number of rows, the Gram matrix of many.

    Parameters
    ----------
    rows : numpy.ndarray of shape (n, k)
        Features and target, n > k.

    Returns
    -------
    numpy.ndarray of shape (k + 1, k)
        The rows that stand for them.
    """
    n, k = rows.shape
    mean = rows.mean(axis=0)
    triangle = np.linalg.qr(rows - mean, mode="r")
    triangle *= np.sign(np.diag(triangle))[:, None]
    # The columns of Helmert's matrix are orthonormal and sum to zero.
    return mean + np.sqrt((k + 1) / n) * helmert(k + 1).T @ triangle


def tables() -> np.ndarray:
    """Condense each group.

    Returns
    -------
    numpy.ndarray of shape (n_groups, p + 2, p + 1)
        The last column is the target.
    """
    rows = np.column_stack(patients())
    return np.array([condense(rows[group]) for group in groups()])


def read() -> np.ndarray:
    """Read the tables from the script.

    Returns
    -------
    numpy.ndarray of shape (n_groups, p + 2, p + 1)
        As `tables` made them.
    """
    packed = SCRIPT.read_text("utf8").split('"')[1]
    columns = np.frombuffer(base64.b64decode(packed), "<f8")
    return columns.reshape(len(groups()), patients()[0].shape[1] + 1, -1).transpose(0, 2, 1)


def main() -> None:
    """Write the script: the sizes of the groups, and their tables, column by column, in base64."""
    columns = tables().transpose(0, 2, 1)
    packed = base64.b64encode(columns.astype("<f8").tobytes()).decode()
    SCRIPT.write_text(
        "// Made by book/first_look.py: rows that stand for all patients, then five times for four fifths.\n"
        f'window.firstLook = {{ sizes: {[len(group) for group in groups()]}, tables: "{packed}" }};\n',
        "utf8",
    )


if __name__ == "__main__":
    main()
