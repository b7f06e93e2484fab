"""Proximal operators against their definition: each minimises (w - z)^2 / 2 + penalty(w)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lasso_jit import hard_threshold, prox_elastic_net, prox_ridge, soft_threshold

examples = settings(deadline=None, derandomize=True, max_examples=50)
numbers = st.floats(-100, 100)
sizes = st.floats(0, 50)

PENALTIES = {
    "soft": (lambda z, t: soft_threshold(z, t), lambda w, t: t * np.abs(w)),
    "hard": (lambda z, t: hard_threshold(z, t), lambda w, t: t**2 / 2 * (w != 0)),
    "ridge": (lambda z, t: prox_ridge(z, t), lambda w, t: t * w**2 / 2),
    "elastic net": (
        lambda z, t: prox_elastic_net(z, t, 0.3),
        lambda w, t: t * (0.3 * np.abs(w) + 0.7 * w**2 / 2),
    ),
}


@pytest.mark.parametrize("name", PENALTIES)
@examples
@given(z=numbers, t=sizes)
def test_minimises_its_objective_over_a_grid(name, z, t):
    prox, penalty = PENALTIES[name]
    grid = np.concatenate([np.linspace(-110, 110, 2201), [z, prox(z, t)], z + np.linspace(-0.01, 0.01, 21)])
    values = (grid - z) ** 2 / 2 + penalty(grid, t)
    at_prox = (prox(z, t) - z) ** 2 / 2 + penalty(prox(z, t), t)
    assert at_prox <= values.min() + 1e-12 * (1 + z**2 + t**2)  # rounding of the values themselves


@examples
@given(z=numbers, t=sizes)
def test_soft_threshold_is_odd_and_shrinks(z, t):
    w = soft_threshold(z, t)
    assert soft_threshold(-z, t) == -w
    assert w == 0 if abs(z) <= t else (np.sign(w) == np.sign(z) and abs(w) == abs(z) - t)


@examples
@given(a=numbers, b=numbers, t=sizes)
def test_soft_threshold_is_nonexpansive(a, b, t):
    # Subtracting rounds once, by half a unit in the last place of a number below 100.
    assert abs(soft_threshold(a, t) - soft_threshold(b, t)) <= abs(a - b) + 100 * np.finfo(float).eps


@examples
@given(z=numbers, t=sizes)
def test_moreau_decomposition(z, t):
    """The prox of t|w| and the projection onto [-t, t], its conjugate's prox, add up to z."""
    assert soft_threshold(z, t) + min(max(z, -t), t) == pytest.approx(z, abs=100 * np.finfo(float).eps)


@examples
@given(z=numbers, t=sizes)
def test_elastic_net_at_its_ends(z, t):
    assert prox_elastic_net(z, t, 1.0) == soft_threshold(z, t)
    assert prox_elastic_net(z, t, 0.0) == prox_ridge(z, t)


def test_zero_threshold_changes_nothing():
    z = np.array([-1.5, -0.0, 0.0, 1e-300, 2.0])
    for prox in (soft_threshold, hard_threshold, prox_ridge):
        np.testing.assert_array_equal(prox(z, 0.0), z)


def test_thresholds_give_plain_zeros():
    for prox in (soft_threshold, hard_threshold):
        inside = prox([-0.1, 0.1, -0.0, 0.0, -1.0, 1.0], 1.0)
        assert not inside.any() and not np.signbit(inside).any()


@pytest.mark.parametrize("op", [soft_threshold, hard_threshold, prox_ridge], ids=lambda f: f.__name__)
def test_shapes_types_and_no_modification(op):
    def prox(z):
        return op(z, 0.5)

    for shape in [(), (3,), (0,), (2, 3), (2, 1, 2)]:
        z = np.ones(shape)
        z.flags.writeable = False
        result = prox(z)
        assert np.shape(result) == shape and result.dtype == np.float64
    z = np.array([-3, 1, 2])
    np.testing.assert_array_equal(prox(z), prox(z.astype(float)))
    np.testing.assert_array_equal(prox(list(z)), prox(z.astype(float)))
    np.testing.assert_array_equal(prox(z.astype(np.float32)), prox(z.astype(float)))
    np.testing.assert_array_equal(z, [-3, 1, 2])
