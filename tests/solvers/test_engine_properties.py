"""What holds of the engine for any data: it is certified, or it warns and float64 is to blame.

Solutions need not be unique here, so fits of one problem are compared by their objectives: each is within its
own certified gap of the best. Many more examples: HYPOTHESIS_PROFILE=thorough.
"""

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pytest
import scipy.sparse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_fit import assert_certified_or_excused, assert_warned, explains_nothing, prove, top

from lasso_jit import elastic_net, elastic_net_path

pytestmark = pytest.mark.filterwarnings("error")
examples = settings(suppress_health_check=[HealthCheck.too_slow])


@dataclass
class Problem:
    X: np.ndarray
    y: np.ndarray
    sparse: bool
    options: dict

    def run(self, solve, **more):
        """Return a fit or path, and the warnings."""
        X = scipy.sparse.csc_array(self.X) if self.sparse else self.X
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            return solve(X, self.y, **self.options, **more), caught

    def fit(self, alpha, **more):
        fit, caught = self.run(elastic_net, alpha=alpha, **more)
        assert_warned(fit, caught)
        return fit

    def check(self, fit):
        assert_certified_or_excused(fit, self.X, self.y, **self.options)

    def value(self, coef, alpha):
        """Return the objective as a fraction of the empty model's, and what rounding makes of it."""
        proof = prove(coef, np.zeros(len(self.y)), self.X, self.y, alpha, **self.options)
        return proof.value, proof.blur


def columns(draw, rng, n, p):
    """Draw columns of one kind, then change some: copies, near copies, sums, constants, offsets."""
    kinds = {
        "normal": lambda: rng.normal(size=(n, p)),
        "integers": lambda: rng.integers(-2, 3, size=(n, p)).astype(float),
        "few nonzeros": lambda: rng.normal(size=(n, p)) * (rng.random((n, p)) < 0.2),
        "low rank": lambda: rng.normal(size=(n, 2)) @ rng.normal(size=(2, p)),
        "nearly parallel": lambda: rng.normal(size=(n, 1)) + 1e-5 * rng.normal(size=(n, p)),
    }
    changes = {
        "copy": lambda x, z: z,
        "mirror": lambda x, z: -z,
        "near copy": lambda x, z: z + 10.0 ** draw(st.integers(-16, -1)) * rng.normal(size=n),
        "sum": lambda x, z: x + z,
        "zero": lambda x, z: np.zeros(n),
        "constant": lambda x, z: np.full(n, draw(st.sampled_from([0.1, 5.0, 1e6 / 3]))),
        "offset": lambda x, z: x + 10.0 ** draw(st.integers(0, 8)),
    }
    X = kinds[draw(st.sampled_from(sorted(kinds)))]()
    column = st.integers(0, p - 1)
    for change in draw(st.lists(st.sampled_from(sorted(changes)), max_size=5)):
        j = draw(column)
        X[:, j] = changes[change](X[:, j], X[:, draw(column)])
    return X


def response(draw, rng, X):
    """Draw what X explains, what it does not, both, or nothing."""
    n, p = X.shape
    signal, noise = X @ (rng.normal(size=p) * (rng.random(p) < 0.3)), rng.normal(size=n)
    kinds = {
        "both": lambda: signal + draw(st.sampled_from([1e-8, 0.1, 1.0, 10.0])) * noise,
        "signal": lambda: signal,
        "noise": lambda: noise,
        "steps": lambda: rng.integers(0, 3, size=n).astype(float),
        "constant": lambda: np.full(n, draw(st.sampled_from([0.0, 0.1, 1e6 / 3]))),
    }
    return kinds[draw(st.sampled_from(sorted(kinds)))]()


def units(draw, rng, p, extreme):
    """Draw in which units the columns and the response are."""
    limit = draw(st.sampled_from([10, 150])) if extreme else draw(st.sampled_from([0, 0, 4]))
    chosen = rng.random(p) < draw(st.sampled_from([0.1, 1.0]))
    exponents = np.where(chosen, rng.integers(-limit, limit + 1, p), 0.0)
    return 10.0**exponents, 10.0 ** draw(
        st.sampled_from([0, 0, 0, -100, -10, 10, 100] if extreme else [0, 0, 0, 4])
    )


def penalty(draw, rng, p, extreme):
    """Draw the options of the penalty; extreme units have no squares, and no free features among others."""
    factors = [None, None, [1.0, 2.0, np.inf]] + [[0.0, 1.0, 1.0, 2.0, np.inf]] * (not extreme)
    chosen = draw(st.sampled_from(factors))
    return {
        "l1_ratio": 1.0 if extreme else draw(st.sampled_from([1.0, 1.0, 0.999999, 0.5, 0.01, 0.0])),
        "positive": draw(st.sampled_from([False, False, False, True])),
        "penalty_weights": None if chosen is None else rng.choice(chosen, p),
    }


@st.composite
def problems(draw, largest=40):
    sizes = st.one_of(st.integers(1, 6), st.integers(1, largest))
    n, p = draw(sizes), draw(sizes)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = columns(draw, rng, n, p)
    y = response(draw, rng, X)
    weights = {
        "none": None,
        "integers": rng.integers(0, 3, n),
        "reals": rng.random(n) * (rng.random(n) < 0.8),
        "tiny": np.where(rng.random(n) < 0.5, 1.0, 1e-6),
    }[draw(st.sampled_from(["none", "none", "none", "integers", "reals", "tiny"]))]
    extreme = draw(st.sampled_from([False, False, True]))
    column_units, response_unit = units(draw, rng, p, extreme)
    options = {
        "fit_intercept": draw(st.booleans()),
        "sample_weight": None if weights is None or not weights.any() else weights,
    }
    options |= penalty(draw, rng, p, extreme)
    return Problem(X * column_units, y * response_unit, draw(st.booleans()), options)


fractions = st.sampled_from([0.0, 1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.1, 0.5, 1.0, 2.0])


def alpha_for(problem, fraction):
    """Return a fraction of alpha_max; where only rounding is left of that, of the size of the data."""
    size = np.abs(problem.X).max() * np.abs(problem.y).max()
    highest = top(problem.X, problem.y, problem.options)
    return fraction * (highest if highest > 1e-10 * size else size)


@examples
@given(problem=problems(), fraction=fractions)
def test_a_fit_is_certified_or_float64_is_to_blame(problem, fraction):
    problem.check(problem.fit(alpha_for(problem, fraction)))


@examples
@given(problem=problems(largest=20), fractions=st.lists(fractions, min_size=1, max_size=6))
def test_a_path_is_certified_or_float64_is_to_blame(problem, fractions):
    alphas = [alpha_for(problem, fraction) for fraction in fractions]
    path, caught = problem.run(elastic_net_path, alphas=alphas)
    failed = ~(path.gaps <= path.tol)
    assert len(caught) == failed.any()
    for k in range(len(alphas)):
        problem.check(path.fit(k))


@examples
@given(problem=problems(), fraction=fractions, max_iter=st.integers(1, 4))
def test_few_rounds_come_to_an_end_and_do_no_harm(problem, fraction, max_iter):
    alpha = alpha_for(problem, fraction)
    fit = problem.fit(alpha, max_iter=max_iter)
    assert np.isfinite(fit.coef).all() and np.isfinite(fit.dual).all()
    if not explains_nothing(problem.y, **problem.options):
        assert problem.value(fit.coef, alpha)[0] <= 1 + 1e-9


@examples
@given(problem=problems(), fraction=fractions, seed=st.integers(0, 2**32 - 1))
def test_the_start_does_not_matter(problem, fraction, seed):
    rng = np.random.default_rng(seed)
    alpha = alpha_for(problem, fraction)
    fit = problem.fit(alpha)
    start = rng.choice([0.0, 1.0, -1.0, 1e-6], fit.coef.size) * np.maximum(np.abs(fit.coef), rng.random())
    problem.check(problem.fit(alpha, coef_init=start))


def permuted(problem, rng):
    rows, order = rng.permutation(len(problem.y)), rng.permutation(problem.X.shape[1])
    options = dict(problem.options)
    for name, places in (("sample_weight", rows), ("penalty_weights", order)):
        options[name] = None if options[name] is None else options[name][places]
    changed = replace(problem, X=problem.X[rows][:, order], y=problem.y[rows], options=options)
    return changed, lambda coef: coef[np.argsort(order)]


def mirrored(problem, rng):
    signs = np.ones(problem.X.shape[1])
    if not problem.options["positive"]:
        signs = rng.choice([-1.0, 1.0], signs.size)
    return replace(problem, X=problem.X * signs), lambda coef: coef * signs


def stacked(problem, rng):
    weights = problem.options["sample_weight"]
    options = problem.options | {"sample_weight": None if weights is None else np.tile(weights, 2)}
    changed = replace(problem, X=np.vstack([problem.X] * 2), y=np.tile(problem.y, 2), options=options)
    return changed, lambda coef: coef


def transposed_storage(problem, rng):
    return replace(problem, sparse=not problem.sparse), lambda coef: coef


@examples
@given(
    problem=problems(),
    fraction=fractions,
    change=st.sampled_from([permuted, mirrored, stacked, transposed_storage]),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_same_problem_in_another_form_has_the_same_objective(problem, fraction, change, seed):
    if explains_nothing(problem.y, **problem.options):
        return
    alpha = alpha_for(problem, fraction)
    changed, back = change(problem, np.random.default_rng(seed))
    fits = problem.fit(alpha), changed.fit(alpha)
    values = [problem.value(coef, alpha) for coef in (fits[0].coef, back(fits[1].coef))]
    allowed = fits[0].gap + fits[1].gap + 10 * (values[0][1] + values[1][1]) + 1e-12
    assert abs(values[0][0] - values[1][0]) <= allowed
