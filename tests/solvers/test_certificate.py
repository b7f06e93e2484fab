"""What a result says about itself."""

import dataclasses

import numpy as np
import pytest
import reference as ref

from lasso_jit import Certificate, coordinate_descent


def certificate(gap=1e-11, tol=1e-10, kkt=1e-7, support=(0, 2), n_features=4):
    return Certificate(gap, tol, kkt, np.array(support, dtype=int), n_features)


@pytest.mark.parametrize(
    ("gap", "holds"),
    [(0.0, True), (1e-10, True), (np.nextafter(1e-10, 1), False), (np.inf, False), (np.nan, False)],
)
def test_holds_exactly_up_to_the_tolerance(gap, holds):
    assert certificate(gap=gap).holds is holds
    assert ("NOT reached" in str(certificate(gap=gap))) is not holds


def test_text():
    assert str(certificate()) == (
        "relative duality gap  1.0e-11  (asked for 1e-10: reached)\n"
        "worst KKT violation   1.0e-07 of alpha\n"
        "support               2 of 4 features: 0, 2"
    )
    assert "0 of 4 features" in str(certificate(support=())) and not str(certificate(support=())).endswith(
        ":"
    )
    assert "< 1e-13" in str(certificate(gap=0.0)) and "nan" in str(certificate(gap=np.nan))


def test_long_supports_are_cut():
    assert str(certificate(support=range(12), n_features=20)).endswith("9, 10, 11")
    assert str(certificate(support=range(13), n_features=20)).endswith("10, 11, ...")
    assert "13 of 20" in str(certificate(support=range(13), n_features=20))


def test_results_cannot_be_reassigned():
    X, y = ref.regression(20, 3)
    fit = coordinate_descent(X, y, 0.1, history=True)
    for thing, field in [(fit, "coef"), (fit.certificate, "gap"), (fit.history, "gaps")]:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, field, None)


def test_certificate_of_a_fit():
    X, y = ref.regression(30, 4)
    fit = coordinate_descent(X, y, 0.5)
    assert fit.certificate.holds and "reached" in str(fit.certificate)
    ref.assert_certified(fit, X, y)


def test_a_result_is_equal_to_itself():
    X, y = ref.regression(20, 3)
    fit, again = coordinate_descent(X, y, 0.1), coordinate_descent(X, y, 0.1)
    assert fit == fit
    assert (fit == again) in (True, False)  # an answer, not the ValueError of comparing arrays
