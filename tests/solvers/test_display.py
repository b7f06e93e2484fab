"""The displays: what is drawn, from which data, and where the names stand."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
import sklearn.linear_model as sk
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from scipy import sparse
from sklearn.exceptions import NotFittedError

from lasso_jit import elastic_net_cv, elastic_net_path, lasso_cv, lasso_path
from lasso_jit.display import CVDisplay, PathDisplay
from lasso_jit.estimators import ElasticNet, ElasticNetCV, Lasso, LassoCV
from lasso_jit.plotting import DATA, ELASTIC_NET, LASSO, RIDGE

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(autouse=True)
def screenless():
    backend = matplotlib.get_backend()
    plt.switch_backend("agg")
    yield
    plt.close("all")
    plt.switch_backend(backend)


def data(n=60, p=12):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p))
    return X, X[:, :4] @ [3.0, -2.0, 1.0, 0.5] + rng.standard_normal(n)


def drawn(display):
    """Return the horizontal positions, and the coefficients as rows."""
    assert all(line.axes is display.ax_ for line in display.lines_)
    return display.lines_[0].get_xdata(), np.array([line.get_ydata() for line in display.lines_])


def written(display):
    return [text.get_text() for text in display.ax_.texts]


def overlapping(texts):
    renderer = texts[0].figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in texts]
    return [(i, j) for i in range(len(boxes)) for j in range(i) if boxes[i].overlaps(boxes[j])]


def test_path_of_an_estimator():
    X, y = data()
    display = PathDisplay.from_estimator(Lasso(alpha=0.1), X, y)
    path = lasso_path(X, y)
    x, coefs = drawn(display)
    assert (x == path.alphas).all()
    np.testing.assert_allclose(coefs, path.coefs, atol=1e-12)
    assert display.ax_.get_xscale() == "log"
    assert display.ax_.xaxis.get_inverted()
    assert display.figure_ is display.ax_.figure
    assert r"$\alpha = 0.1$" in written(display)


@pytest.mark.parametrize("convert", [np.asarray, sparse.csr_array])
def test_path_has_the_settings_of_the_estimator(convert):
    X, y = data()
    settings = {"fit_intercept": False, "penalty_weights": np.arange(1.0, 13.0), "positive": True}
    sample_weight = np.linspace(0.5, 1.5, 60)
    model = ElasticNet(l1_ratio=0.7, **settings)
    display = PathDisplay.from_estimator(
        model, convert(X), y, sample_weight=sample_weight, alphas=20, eps=0.01, x_axis="l1"
    )
    path = elastic_net_path(X, y, l1_ratio=0.7, alphas=20, eps=0.01, sample_weight=sample_weight, **settings)
    x, coefs = drawn(display)
    np.testing.assert_allclose(coefs, path.coefs, atol=1e-8)
    np.testing.assert_allclose(x, np.abs(path.coefs).sum(axis=0), atol=1e-8)


def test_path_of_a_cross_validated_estimator_marks_its_choice():
    X, y = data()
    model = ElasticNetCV(l1_ratio=[0.5, 0.9], alphas=30)
    with pytest.raises(ValueError, match="fitted"):
        PathDisplay.from_estimator(model, X, y)
    model.fit(X, y)
    display = PathDisplay.from_estimator(model, X, y)
    assert display.l1_ratio == model.l1_ratio_
    assert display.alphas.size == 30
    assert f"$\\alpha = {model.alpha_:.3g}$" in written(display)
    unfitted = PathDisplay.from_estimator(LassoCV(alphas=[0.1, 1.0]), X, y)
    assert unfitted.alphas.tolist() == [1.0, 0.1]
    assert unfitted.alpha is None


def test_path_of_scikit_learns_estimators_is_exact():
    X, y = data()
    _, ours = drawn(PathDisplay.from_estimator(Lasso(), X, y))
    _, theirs = drawn(PathDisplay.from_estimator(sk.Lasso(tol=0.1), X, y))
    assert (ours == theirs).all()


def test_mark_along_the_sum_of_coefficients():
    X, y = data()
    path = lasso_path(X, y)
    display = PathDisplay.from_result(path, alpha=path.alphas[40], x_axis="l1")
    (mark,) = (line for line in display.ax_.lines if line.get_linestyle() == ":")
    np.testing.assert_allclose(mark.get_xdata(), np.abs(path.coefs[:, 40]).sum())
    outside = PathDisplay.from_result(path, alpha=100.0)
    assert not any(line.get_linestyle() == ":" for line in outside.ax_.lines)


def test_the_largest_coefficients_have_names_and_colour():
    X, y = data()
    display = PathDisplay.from_estimator(Lasso(), pd.DataFrame(X).add_prefix("gene "), y, n_labels=3)
    last = display.coefs[:, -1]
    largest = np.argsort(-np.abs(last))[:3]
    names = [label.get_text() for label in display.labels_]
    assert names == [f"gene {j}" for j in sorted(largest, key=lambda j: last[j])]
    assert [line.get_color() == LASSO for line in display.lines_] == [j in largest for j in range(12)]
    assert display.lines_[11].get_color() == DATA
    assert PathDisplay.from_estimator(Lasso(), X, y, n_labels=0).labels_ == []
    assert [t.get_text() for t in PathDisplay(alphas=[1, 0.5], coefs=[[0, 0], [0, 1]]).plot().labels_] == [
        "x1"
    ]


@pytest.mark.parametrize(("l1_ratio", "color"), [(1.0, LASSO), (0.5, ELASTIC_NET), (0.0, RIDGE)])
def test_colour_is_that_of_the_method(l1_ratio, color):
    X, y = data()
    path = elastic_net_path(X, y, l1_ratio=l1_ratio, alphas=[1.0, 0.1])
    assert PathDisplay.from_result(path).lines_[0].get_color() == color
    cv = elastic_net_cv(X, y, l1_ratio=l1_ratio, alphas=[1.0, 0.1])
    assert CVDisplay.from_result(cv).line_.get_color() == color


@pytest.mark.parametrize("x_axis", ["alpha", "l1"])
def test_names_do_not_cover_each_other(x_axis):
    ends = np.array([1.0, 1.01, 1.02, 1.03, -3.0, 0.99, 0.98, 5.0])
    coefs = np.outer(ends, [0.0, 0.5, 1.0])
    display = PathDisplay(alphas=[1.0, 0.1, 0.01], coefs=coefs).plot(x_axis=x_axis)
    display.figure_.draw_without_rendering()
    assert overlapping(display.labels_) == []
    heights = {text.get_text(): text.get_window_extent().y0 for text in display.labels_}
    assert sorted(heights, key=heights.get) == [f"x{j}" for j in np.argsort(ends)]
    # A name with room around it stands at the end of its line.
    at = display.ax_.transData.transform((0, 5.0))[1]
    box = display.labels_[-1].get_window_extent()
    assert box.y0 < at < box.y1


def test_path_of_unordered_alphas_and_of_alpha_zero():
    display = PathDisplay(alphas=[0.1, 1.0, 0.0], coefs=[[0.5, 0.0, 0.6]]).plot()
    x, coefs = drawn(display)
    assert x.tolist() == [1.0, 0.1, 0.0]
    assert coefs.tolist() == [[0.0, 0.5, 0.6]]
    assert display.ax_.get_xscale() == "symlog"


def test_options_of_the_plot_are_passed_on():
    X, y = data()
    _, (left, right) = plt.subplots(1, 2)
    path = PathDisplay.from_estimator(Lasso(), X, y, ax=left, linestyle="--", color="red")
    assert path.ax_ is left
    assert {line.get_linestyle() for line in path.lines_} == {"--"}
    assert path.plot(right) is path
    assert path.ax_ is right
    assert path.lines_[0].get_linestyle() == "-"
    cv = CVDisplay.from_estimator(LassoCV().fit(X, y), ax=left, color="red")
    assert cv.ax_ is left
    assert cv.line_.get_color() == "red"
    np.testing.assert_allclose(cv.fill_between_.get_facecolor()[0, :3], to_rgb("red"))


def test_cross_validation_of_an_estimator():
    X, y = data()
    model = LassoCV(cv=4).fit(X, y)
    display = CVDisplay.from_estimator(model)
    assert (display.line_.get_xdata() == model.alphas_).all()
    mean = model.mse_path_.mean(axis=1)
    np.testing.assert_allclose(display.line_.get_ydata(), mean)
    error = model.mse_path_.std(axis=1, ddof=1) / 2
    corners = display.fill_between_.get_paths()[0].vertices
    np.testing.assert_allclose(corners[:, 1].max(), (mean + error).max())
    np.testing.assert_allclose(corners[:, 1].min(), (mean - error).min())
    assert [mark.get_xdata()[0] for mark in display.marks_] == [model.alpha_, model.alpha_1se_]
    assert written(display) == ["least error", "one standard error"]
    assert display.ax_.xaxis.get_inverted()
    assert display.figure_ is display.ax_.figure


@pytest.mark.parametrize("alphas", [10, [1.0, 0.1, 0.01], 1])
@pytest.mark.parametrize("l1_ratio", [0.5, [0.5], [0.2, 0.9, 0.5]])
def test_cross_validation_is_that_of_the_chosen_l1_ratio(alphas, l1_ratio):
    X, y = data()
    model = ElasticNetCV(l1_ratio=l1_ratio, alphas=alphas).fit(X, y)
    expected = elastic_net_cv(X, y, l1_ratio=model.l1_ratio_, alphas=alphas)
    display = CVDisplay.from_estimator(model)
    np.testing.assert_allclose(display.alphas, expected.alphas)
    np.testing.assert_allclose(display.mse, expected.mse)
    assert display.l1_ratio == model.l1_ratio_


def test_cross_validation_of_a_result_with_alpha_zero_and_one_fold():
    X, y = data()
    cv = lasso_cv(X, y, alphas=[1.0, 0.1, 0.0], cv=[(np.arange(40), np.arange(40, 60))])
    display = CVDisplay.from_result(cv)
    assert display.ax_.get_xscale() == "symlog"
    assert (display.line_.get_ydata() == cv.mean).all()


def test_names_of_the_choices_do_not_cover_each_other():
    for alpha_1se in (0.5, 0.55):
        mse = [[3.0, 3.5], [1.0, 1.5], [2.0, 1.0]]
        display = CVDisplay(alphas=[1.0, 0.5, 0.1], mse=mse, alpha=0.5, alpha_1se=alpha_1se).plot()
        display.figure_.draw_without_rendering()
        assert overlapping(display.ax_.texts) == []


def test_errors():
    X, y = data()
    with pytest.raises(ValueError, match="x_axis"):
        PathDisplay.from_estimator(Lasso(), X, y, x_axis="lambda")
    with pytest.raises(ValueError, match="feature_names"):
        PathDisplay.from_estimator(Lasso(), X, y, feature_names=["a", "b"])
    with pytest.raises(ValueError, match="coefs"):
        PathDisplay(alphas=[1.0], coefs=[[1.0, 2.0]])
    with pytest.raises(ValueError, match="mse"):
        CVDisplay(alphas=[1.0], mse=[1.0, 2.0], alpha=1.0, alpha_1se=1.0)
    with pytest.raises(NotFittedError):
        CVDisplay.from_estimator(LassoCV())
    for model in (Lasso().fit(X, y), sk.LassoCV().fit(X, y)):
        with pytest.raises(TypeError, match="estimator"):
            CVDisplay.from_estimator(model)


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match="pip install"):
        CVDisplay(alphas=[1.0], mse=[[1.0]], alpha=1.0, alpha_1se=1.0).plot()
