"""Draw the landing page's still picture: ``python book/cover.py`` writes book/_static/cover.png."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

import lasso_jit as lj
from lasso_jit import plotting

STATIC = Path(__file__).parent / "_static"
SHIFT = {"s2": 8, "bp": -7, "s4": 7, "s6": 2, "s3": -4, "age": -18}  # points, where labels would collide


def main() -> None:
    """Fit the diabetes data at 80 alphas and draw the coefficients."""
    data = load_diabetes(scaled=False)
    X = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    alphas = np.geomspace(lj.alpha_max(X, data.target), 0.05, 80)
    fits = [lj.coordinate_descent(X, data.target, alpha) for alpha in alphas]
    assert all(fit.certificate.holds for fit in fits)
    coefs = np.array([fit.coef for fit in fits])

    plt.style.use(STATIC / "lasso.mplstyle")
    fig, ax = plt.subplots(figsize=(4.8, 4.4))
    plotting.zero_line(ax)
    for name, line in zip(data.feature_names, coefs.T, strict=True):
        ax.plot(alphas, line, color=plotting.LASSO, linewidth=1.6)
        offset = (5, SHIFT.get(name, 0))
        plotting.label(ax, alphas[-1], line[-1], name, plotting.LASSO, xytext=offset)
    ax.set_xscale("log")
    ax.invert_xaxis()
    ax.set(xlabel="alpha, log scale (less penalty: right)", ylabel="coefficient")
    ax.set_title("As the penalty falls, features enter")
    fig.savefig(STATIC / "cover.png", metadata={"Software": None})


if __name__ == "__main__":
    main()
