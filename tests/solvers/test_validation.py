"""Whatever is wrong with an argument, the error is a TypeError or a ValueError and names it."""

import re

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import lasso_jit as lj
from lasso_jit.validation import as_design, as_l1_ratio, as_matrix, as_penalty_weights, as_weights

pytestmark = pytest.mark.filterwarnings("error")

X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.0, 1.0]])
Y = np.array([1.0, -1.0, 0.5])
GOOD = {"X": X, "y": Y, "coef": np.array([0.5, 0.0]), "theta": np.array([0.1, -0.1, 0.0]), "alpha": 0.1}

HUGE = 10**400  # an integer that no float can hold


def masked(values):
    return np.ma.array(values, mask=np.arange(np.size(values)).reshape(np.shape(values)) == 0)


def with_entry(values, entry):
    changed = np.array(values, dtype=object if not isinstance(entry, float) else float)
    changed[(0,) * changed.ndim] = entry
    return changed


def spoil(good):
    """Ways in which an array of numbers can be wrong whatever its shape."""
    return {
        "nan": with_entry(good, np.nan),
        "inf": with_entry(good, np.inf),
        "minus inf": with_entry(good, -np.inf),
        "nan among objects": with_entry(good.astype(object), np.nan).astype(object),
        "None entry": with_entry(good, None),
        "pandas NA entry": with_entry(good, pd.NA),
        "text": np.full(good.shape, "a"),
        "numbers as text": good.astype(str),
        "numbers as bytes": good.astype(str).astype("S"),
        "text entry among objects": with_entry(good, "1.5"),
        "dates": np.full(good.shape, np.datetime64("2020-01-01")),
        "durations": np.full(good.shape, np.timedelta64(1, "D")),
        "complex": good.astype(complex),
        "complex entry": with_entry(good, 1j),
        "list entry": with_entry(good, None).tolist(),
        "masked": masked(good),
        "records": np.zeros(good.shape, dtype=[("a", float)]),
        "integer beyond float": with_entry(good, HUGE),
        "None": None,
        "text alone": "1.5",
        "dict": {"a": 1.0},
        "set": {1.0, 2.0},
        "generator": (row for row in good),
        "ragged": [[1.0], [1.0, 2.0]],
    }


MATRICES = spoil(X) | {
    "scalar": 1.0,
    "1-D": X[:, 0],
    "3-D": X[None],
    "no rows": X[:0],
    "no columns": X[:, :0],
    "empty list": [],
    "csr": scipy.sparse.csr_array(X),
    "csc matrix": scipy.sparse.csc_matrix(X),
    "frame with text": pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": ["x", "y", "z"]}),
    "frame with dates": pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": pd.date_range("2020", periods=3)}),
    "frame with gaps": pd.DataFrame({"a": [1.0, None, 3.0], "b": [1, 2, 3]}),
    "frame with categories": pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": pd.Categorical(["x", "y", "x"])}),
    "frame with nullable gaps": pd.DataFrame({"a": pd.array([1, None, 3], dtype="Int64"), "b": [1, 2, 3]}),
}


def broken(row):
    """Return a sparse matrix with an entry in a row that it does not have."""
    matrix = scipy.sparse.csc_array(X)
    matrix.indices[1] = row
    return matrix


# Where sparse data are welcome, this is what may be wrong with them.
DESIGNS = {k: v for k, v in MATRICES.items() if k not in ("csr", "csc matrix")} | {
    "sparse nan": scipy.sparse.csr_array(with_entry(X, np.nan)),
    "sparse inf": scipy.sparse.coo_matrix(with_entry(X, np.inf)),
    "sparse sum beyond float": scipy.sparse.coo_array(([1e308, 1e308], ([0, 0], [0, 0])), shape=(3, 2)),
    "sparse complex": scipy.sparse.csc_array(X.astype(complex)),
    "sparse 1-D": scipy.sparse.coo_array(X[:, 0]),
    "sparse without columns": scipy.sparse.csr_array((3, 0)),
    "sparse without rows": scipy.sparse.csr_array((0, 2)),
    "sparse row too large": broken(3),
    "sparse row negative": broken(-1),
}


def vectors(good):
    return spoil(good) | {
        "scalar": 1.0,
        "column": good[:, None],
        "row": good[None],
        "frame": pd.DataFrame({"a": good}),
        "no entries": good[:0],
        "empty list": [],
        "one too many": np.append(good, 1.0),
        "one too few": good[:-1],
        "sparse": scipy.sparse.csr_array(good[None]),
    }


NOT_NUMBERS = {
    "nan": np.nan,
    "inf": np.inf,
    "minus inf": -np.inf,
    "text": "0.1",
    "bool": True,
    "numpy bool": np.True_,
    "None": None,
    "array": np.array([0.1]),
    "0-d array": np.array(0.1),
    "list": [0.1],
    "complex": 0.1 + 0j,
    "beyond float": HUGE,
    "date": np.datetime64("2020-01-01"),
    "masked": np.ma.masked,
}
NOT_POSITIVE = NOT_NUMBERS | {"negative": -0.1, "zero": 0.0, "minus zero": -0.0, "zero integer": 0}
NEGATIVE = NOT_NUMBERS | {"negative": -0.1, "negative integer": -1}
NOT_COUNTS = {
    "zero": 0,
    "negative": -1,
    "float": 10.0,
    "nan": np.nan,
    "inf": np.inf,
    "text": "10",
    "bool": True,
    "None": None,
    "list": [10],
    "array": np.array([10]),
}
NOT_FLAGS = {
    "0": 0,
    "1": 1,
    "text": "no",
    "None": None,
    "float": 1.0,
    "list": [True],
    "array": np.array([True]),
}

ARRAYS = {"X": MATRICES, "y": vectors(Y), "coef": vectors(GOOD["coef"]), "theta": vectors(GOOD["theta"])}
OPTIONS = {
    "l1_ratio": NEGATIVE | {"above 1": 1.0000001},
    "sample_weight": {k: v for k, v in vectors(Y).items() if k != "None"}
    | {"negative": [1.0, -1e-9, 1.0], "zero": np.zeros(3), "too many": np.ones(4)},
    "penalty_weights": {k: v for k, v in vectors(GOOD["coef"]).items() if k not in ("None", "inf")}
    | {"negative": [1.0, -1e-9], "nan and inf": [np.nan, np.inf], "too few": [1.0]},
    "positive": NOT_FLAGS,
}
INTERCEPTS = {k: v for k, v in NOT_NUMBERS.items() if k != "None"}

SOLVER = {
    "X": MATRICES,
    "y": ARRAYS["y"],
    "alpha": NOT_POSITIVE,
    "fit_intercept": NOT_FLAGS,
    "tol": NOT_POSITIVE,
    "max_iter": NOT_COUNTS,
    "coef_init": {k: v for k, v in ARRAYS["coef"].items() if k != "None"},
    "history": NOT_FLAGS,
}
DATA_ARGUMENTS = {"X": DESIGNS, "y": ARRAYS["y"], "fit_intercept": NOT_FLAGS}
# A prox takes any shape, so only what is wrong with the entries counts.
ENTRIES = {k: v for k, v in spoil(X).items() if k != "integer beyond float"} | {
    "csr": scipy.sparse.csr_array(X),
    "integer beyond float": [HUGE],
}
WEIGHTED = {k: v for k, v in OPTIONS.items() if k != "l1_ratio"}
RUN = DATA_ARGUMENTS | {
    "tol": NOT_POSITIVE,
    "max_iter": NOT_COUNTS,
    "n_threads": {k: v for k, v in NOT_COUNTS.items() if k != "None"},
}
FIT = RUN | {"alpha": NEGATIVE, "coef_init": SOLVER["coef_init"]}
PATH = RUN | {
    "alphas": {
        "zero": 0,
        "negative": -1,
        "float": 10.0,
        "nan": np.nan,
        "text": "10",
        "bool": True,
        "None": None,
        "empty": [],
        "negative entry": [0.1, -0.1],
        "nan entry": [0.1, np.nan],
        "2-D": [[0.1, 0.2]],
    },
    "eps": NOT_POSITIVE | {"above 1": 1.5},
}
CV = PATH | {
    "cv": {
        "one": 1,
        "more than samples": 4,
        "float": 2.5,
        "bool": True,
        "None": None,
        "text": "folds",
        "empty": [],
        "no pairs": [1, 2],
        "rows that are not there": [([0, 1], [3])],
    }
}

# function: (what to call it with, the bad values of each argument)
FUNCTIONS = {
    lj.lasso: (["X", "y", "alpha"], FIT | WEIGHTED),
    lj.elastic_net: (["X", "y", "alpha"], FIT | OPTIONS),
    lj.lasso_path: (["X", "y"], PATH | WEIGHTED),
    lj.elastic_net_path: (["X", "y"], PATH | OPTIONS),
    lj.lasso_cv: (["X", "y", "cv"], CV | WEIGHTED),
    lj.elastic_net_cv: (["X", "y", "cv"], CV | OPTIONS),
    lj.ista: (["X", "y", "alpha"], SOLVER | {"step": {k: v for k, v in NOT_POSITIVE.items() if k != "None"}}),
    lj.fista: (["X", "y", "alpha"], SOLVER | {"restart": NOT_FLAGS}),
    lj.coordinate_descent: (["X", "y", "alpha"], SOLVER),
    lj.primal: (
        ["X", "y", "coef", "alpha"],
        {
            "X": DESIGNS,
            "y": ARRAYS["y"],
            "coef": ARRAYS["coef"],
            "alpha": NEGATIVE,
            "intercept": NOT_NUMBERS,
        }
        | OPTIONS,
    ),
    lj.dual: (
        ["y", "theta", "X", "alpha"],
        {
            "y": ARRAYS["y"],
            "theta": ARRAYS["theta"],
            "X": {k: v for k, v in DESIGNS.items() if k != "None"},
            "alpha": {k: v for k, v in NEGATIVE.items() if k != "None"},
        }
        | OPTIONS,
    ),
    lj.dual_point: (
        ["X", "y", "coef", "alpha"],
        DATA_ARGUMENTS | {"coef": ARRAYS["coef"], "alpha": NEGATIVE} | OPTIONS,
    ),
    lj.duality_gap: (
        ["X", "y", "coef", "alpha"],
        DATA_ARGUMENTS
        | {
            "coef": ARRAYS["coef"],
            "alpha": NEGATIVE,
            "intercept": INTERCEPTS,
            "theta": {k: v for k, v in ARRAYS["theta"].items() if k != "None"},
        }
        | OPTIONS,
    ),
    lj.kkt_violation: (
        ["X", "y", "coef", "alpha"],
        DATA_ARGUMENTS | {"coef": ARRAYS["coef"], "alpha": NEGATIVE, "intercept": INTERCEPTS} | OPTIONS,
    ),
    lj.alpha_max: (["X", "y"], DATA_ARGUMENTS | OPTIONS),
    lj.alpha_of: (["X", "y", "coef"], DATA_ARGUMENTS | {"coef": ARRAYS["coef"]}),
    lj.constraint_of: (
        ["coef"],
        {"coef": {k: v for k, v in ARRAYS["coef"].items() if k not in ("one too many", "one too few")}},
    ),
    lj.soft_threshold: (["z", "threshold"], {"z": ENTRIES, "threshold": NEGATIVE}),
    lj.hard_threshold: (["z", "threshold"], {"z": ENTRIES, "threshold": NEGATIVE}),
    lj.prox_ridge: (["z", "alpha"], {"z": ENTRIES, "alpha": NEGATIVE}),
    lj.prox_elastic_net: (
        ["z", "alpha", "l1_ratio"],
        {"z": ENTRIES, "alpha": NEGATIVE, "l1_ratio": NEGATIVE | {"above 1": 1.0000001}},
    ),
    lj.convert_penalty: (
        ["value", "n_samples", "source", "target"],
        {
            "value": NEGATIVE,
            "n_samples": NOT_COUNTS,
            "source": {"unknown": "ridge", "None": None, "number": 2, "list": ["sse"], "case": "SSE"},
            "target": {"unknown": "ridge", "None": None, "number": 2, "list": ["sse"], "case": "SSE"},
        },
    ),
}
DEFAULTS = GOOD | {
    "z": X,
    "threshold": 0.1,
    "l1_ratio": 0.5,
    "value": 0.1,
    "n_samples": 10,
    "source": "sse",
    "target": "mse",
    "cv": 3,
}


@pytest.mark.parametrize(
    ("function", "name"),
    [pytest.param(f, name, id=f"{f.__name__}-{name}") for f, (_, bad) in FUNCTIONS.items() for name in bad],
)
def test_bad_input_is_named(function, name):
    required, bad = FUNCTIONS[function]
    wrong = []
    for what, value in bad[name].items():
        try:
            result = function(**({key: DEFAULTS[key] for key in required} | {name: value}))
        except (TypeError, ValueError) as error:
            # A vector that does not fit the other is the fault of either.
            names = {name} | ({"theta"} if function is lj.dual else set())
            if not any(re.search(rf"\b{n}\b", str(error)) for n in names):
                wrong.append(f"{what}: message does not name it: {error}")
        except Exception as error:
            wrong.append(f"{what}: {type(error).__name__}: {error}")
        else:
            wrong.append(f"{what}: accepted, gave {result!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_the_good_input_is_good(function):
    required, _ = FUNCTIONS[function]
    function(**{key: DEFAULTS[key] for key in required})


def test_every_public_function_is_tested():
    tested = {function.__name__ for function in FUNCTIONS}
    results = {"Certificate", "CVResult", "History", "HomotopyPath", "LassoResult", "PathResult"}
    elsewhere = {
        "Lasso",
        "LassoCV",
        "ElasticNet",
        "ElasticNetCV",
        "PathDisplay",
        "CVDisplay",
        "homotopy_path",
    }
    assert set(lj.__all__) - tested == results | elsewhere | {"warmup"}
    assert all(hasattr(lj, name) for name in lj.__all__)


@pytest.mark.parametrize("solver", [lj.ista, lj.fista, lj.coordinate_descent], ids=lambda f: f.__name__)
def test_mismatched_lengths_say_both_numbers(solver):
    with pytest.raises(ValueError, match=r"y must have length 3, got 2"):
        solver(X, Y[:2], 0.1)
    with pytest.raises(ValueError, match=r"coef_init must have length 2, got 3"):
        solver(X, Y, 0.1, coef_init=Y)
    with pytest.raises(ValueError, match=r"reshape\(-1, 1\)"):
        solver(X[:, 0], Y, 0.1)
    with pytest.raises(TypeError, match="toarray"):
        solver(scipy.sparse.csr_array(X), Y, 0.1)


@pytest.mark.parametrize("solver", [lj.ista, lj.fista, lj.coordinate_descent], ids=lambda f: f.__name__)
def test_options_are_keyword_only(solver):
    with pytest.raises(TypeError):
        solver(X, Y, 0.1, False)


def test_numbers_of_every_kind_are_accepted():
    expected = lj.coordinate_descent(X, Y, 0.25).coef
    for alpha in (np.float64(0.25), np.float32(0.25), np.float16(0.25)):
        np.testing.assert_array_equal(lj.coordinate_descent(X, Y, alpha).coef, expected)
    lj.coordinate_descent(X, Y, np.int64(1), max_iter=np.int32(50), fit_intercept=np.True_)


FORMATS = ["bsr", "coo", "csc", "csr", "dia", "dok", "lil"]
SPARSE = np.array([[0.0, 2.0, 0.0], [-1.0, 0.0, 0.0], [5.0, 3.0, 0.0], [0.0, 0.0, 0.0]])


@pytest.mark.parametrize("kind", [f"{f}_{k}" for f in FORMATS for k in ("array", "matrix")])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.int8, bool])
def test_every_sparse_format_becomes_canonical_columns(kind, dtype):
    dense = SPARSE.astype(dtype)
    design = as_design(getattr(scipy.sparse, kind)(dense))
    np.testing.assert_array_equal(design.toarray(), dense.astype(float))
    assert design.format == "csc" and design.data.dtype == np.float64
    assert design.indices.dtype == design.indptr.dtype == np.int32
    assert design.indices.tolist() == [1, 2, 0, 2][: design.nnz] and design.indptr.tolist() == [0, 2, 4, 4]
    assert isinstance(design, scipy.sparse.csc_array)


def test_canonical_columns_are_shared():
    for kind in (scipy.sparse.csc_array, scipy.sparse.csc_matrix):
        given = kind(SPARSE)
        given.indices.flags.writeable = given.data.flags.writeable = False
        design = as_design(given)
        for part in ("data", "indices", "indptr"):
            assert np.shares_memory(getattr(design, part), getattr(given, part))


def test_sparse_entries_out_of_order_and_repeated():
    data, rows, starts = np.array([1.0, 2.0, 3.0, 4.0, 9.0]), np.array([2, 0, 2, 1, 7]), np.array([0, 3, 4])
    for index in (np.int32, np.int64):
        given = scipy.sparse.csc_array((data, rows.astype(index), starts.astype(index)), shape=(3, 2))
        # A flag that was computed, and is no longer true, is not believed.
        given.has_canonical_format = given.has_sorted_indices = True
        before = [getattr(given, part).tobytes() for part in ("data", "indices", "indptr")]
        design = as_design(given)
        np.testing.assert_array_equal(design.toarray(), [[2.0, 0.0], [0.0, 4.0], [4.0, 0.0]])
        assert design.indices.tolist() == [0, 2, 1] and design.indices.dtype == np.int32
        assert [getattr(given, part).tobytes() for part in ("data", "indices", "indptr")] == before
        assert given.indices.dtype == index and not np.shares_memory(design.data, given.data)


def test_long_integers_only_where_short_ones_do_not_do():
    tall = scipy.sparse.coo_array(([1.0], ([2**31], [0])), shape=(2**31 + 1, 1))
    assert as_design(tall).indices.dtype == np.int64
    almost = scipy.sparse.coo_array(([1.0], ([2**31 - 2], [0])), shape=(2**31 - 1, 1))
    assert as_design(almost).indices.dtype == np.int32
    # A number that would become a valid one if it were cut to 32 bits.
    wrong = scipy.sparse.csc_array((np.ones(1), np.array([2**32 + 1]), np.array([0, 1])), shape=(3, 1))
    with pytest.raises(ValueError, match="X is not a valid sparse matrix"):
        as_design(wrong)


def test_dense_designs_are_not_copied():
    for given in (X, np.asfortranarray(X), np.repeat(X, 2, axis=0)[::2], X[:, ::-1]):
        assert np.shares_memory(as_design(given), given)
        assert np.shares_memory(as_matrix(given), given)
    with pytest.raises(TypeError, match=r"Z is sparse.*Z\.toarray"):
        as_matrix(scipy.sparse.csr_array(X), "Z")


def test_something_else_that_calls_itself_sparse():
    class Other:
        def toarray(self):
            return X

    with pytest.raises(TypeError, match=r"X is sparse, but not of scipy\.sparse.*X\.toarray"):
        as_design(Other())


def test_weights():
    assert as_weights(None, 3) is None and as_penalty_weights(None, 3) is None
    assert as_weights([0, 1, 4], 3).tolist() == [0.0, 0.25, 1.0]  # only proportions count
    assert as_weights([1e308, 1e308], 2).sum() == 2.0
    assert as_weights([5e-324, 0.0], 2).tolist() == [1.0, 0.0]
    assert as_penalty_weights([0, np.inf, 4], 3).tolist() == [0.0, np.inf, 4.0]
    assert as_l1_ratio(1) == 1.0 and as_l1_ratio(0) == 0.0
    for wrong, name in ((as_weights, "sample_weight"), (as_penalty_weights, "penalty_weights")):
        with pytest.raises(ValueError, match=f"{name} must have length 3, got 2"):
            wrong([1.0, 2.0], 3)
