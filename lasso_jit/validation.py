"""What a user passes is checked here, once, before any solver sees it.

The common cases come first and take about a microsecond: a small fit should not spend its time here.
"""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csc_array


def as_array(values: object, name: str) -> np.ndarray:
    """Return `values` as a finite float64 array of any shape; the input is never modified.

    Raises
    ------
    TypeError
        `values` is sparse, or holds something that is not a real number.
    ValueError
        `values` is ragged, masked, or holds NaN, infinity or a number too large for a float.
    """
    array = _as_floats(values, name)
    check_finite(array, name)
    return array


def as_matrix(X: object, name: str = "X", *, finite: bool = True) -> np.ndarray:
    """Return `X` as by `as_array`, of shape (n_samples, n_features) with at least one of each.

    With ``finite=False`` it may hold NaN and infinity.
    """
    array = as_array(X, name) if finite else _as_floats(X, name)
    _check_design(array.ndim, array.shape, name)
    return array


def as_design(X: object, name: str = "X", *, finite: bool = True) -> np.ndarray | csc_array:
    """Return `X` dense as by `as_matrix` or, if it is sparse, in SciPy's compressed column format.

    The columns are float64, each with ascending row numbers and no row twice; the row numbers are 32-bit
    integers unless there are too many entries. What is already so is shared, not copied, and nothing of the
    input is modified. With ``finite=False`` it may hold NaN and infinity.

    Raises
    ------
    TypeError, ValueError
        As for `as_matrix`, or `X` is sparse and its row numbers do not fit its shape.
    """
    if not hasattr(X, "toarray"):
        return as_matrix(X, name, finite=finite)
    from scipy import sparse  # here, where somebody has imported it already

    if not sparse.issparse(X):
        raise TypeError(f"{name} is sparse, but not of scipy.sparse: pass {name}.toarray()")
    if X.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, got dtype {X.dtype}")
    _check_design(X.ndim, X.shape, name)
    columns = X.tocsc()
    try:
        # A new object on the same numbers: it finds out for itself whether they are in order, and leaves the
        # flags of the input alone.
        numbers = (columns.data.astype(np.float64, copy=False), columns.indices, columns.indptr)
        design = sparse.csc_array(numbers, shape=columns.shape)
        design.check_format(full_check=True)
    except ValueError as error:
        raise ValueError(f"{name} is not a valid sparse matrix: {error}") from error
    index = np.int32 if max(design.shape[0], design.nnz) <= np.iinfo(np.int32).max else np.int64
    design.indices = design.indices.astype(index, copy=False)
    design.indptr = design.indptr.astype(index, copy=False)
    if not design.has_canonical_format:
        design = design.copy()
        design.sum_duplicates()
    if finite:
        check_finite(design.data, name)
    return design


def as_vector(y: object, length: int | None = None, name: str = "y") -> np.ndarray:
    """Return `y` as by `as_array`, of shape (length,) or, without `length`, any but an empty one."""
    array = as_array(y, name)
    _check_vector(array, length, name)
    return array


def as_weights(sample_weight: object, n_samples: int) -> np.ndarray | None:
    """Return `sample_weight` divided by its largest entry, or None; no entry may be negative, nor all zero.

    Only the proportions matter, and weights of at most 1 have sums that no float is too small for.
    """
    if sample_weight is None:
        return None
    array = as_vector(sample_weight, n_samples, "sample_weight")
    if array.min() < 0:
        raise ValueError(f"sample_weight must not be negative, found {array.min()}")
    largest = array.max()
    if largest == 0:
        raise ValueError("sample_weight is zero everywhere: at least one sample must count")
    return array / largest


def as_penalty_weights(penalty_weights: object, n_features: int) -> np.ndarray | None:
    """Return `penalty_weights` as a vector of numbers from 0 to infinity (included), or None."""
    if penalty_weights is None:
        return None
    array = _as_floats(penalty_weights, "penalty_weights")
    _check_vector(array, n_features, "penalty_weights")
    if not array.min() >= 0:  # so, because a comparison with NaN is False
        raise ValueError(f"penalty_weights must not be negative or NaN, found {array.min()}")
    return array


def as_real(value: object, name: str) -> float:
    """Return `value` as a finite float."""
    if type(value) is not float:
        if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
            raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
        try:
            value = float(value)
        except OverflowError as error:
            raise ValueError(f"{name} is too large for a float") from error
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    return value


def as_nonnegative(value: object, name: str) -> float:
    """Return `value` as a finite float of at least 0."""
    number = as_real(value, name)
    if number < 0:
        raise ValueError(f"{name} must not be negative, got {number}")
    return number


def as_positive(value: object, name: str) -> float:
    """Return `value` as a finite float above 0."""
    number = as_real(value, name)
    if number <= 0:
        raise ValueError(f"{name} must be positive, got {number}")
    return number


def as_l1_ratio(value: object) -> float:
    """Return `value` as a float from 0 to 1."""
    number = as_nonnegative(value, "l1_ratio")
    if number > 1:
        raise ValueError(f"l1_ratio must not be above 1, got {number}")
    return number


def as_count(value: object, name: str) -> int:
    """Return `value` as an integer of at least 1."""
    if type(value) is not int and (isinstance(value, bool | np.bool_) or not isinstance(value, Integral)):
        raise TypeError(f"{name} must be an integer, got {type(value).__name__}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return int(value)


def as_flag(value: object, name: str) -> bool:
    """Return `value` if it is True or False: "no" and 0 are more often slips than meant."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def _as_floats(values: object, name: str) -> np.ndarray:
    """Return `values` as a float64 array, which may hold NaN and infinity."""
    if type(values) is np.ndarray and values.dtype == np.float64:
        return values
    if hasattr(values, "toarray"):
        raise TypeError(f"{name} is sparse; this needs a dense array: pass {name}.toarray()")
    if np.ma.is_masked(values):
        raise ValueError(f"{name} has masked entries: fill or drop them first")
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name} is not a rectangular array of numbers") from error
    if array.dtype.kind == "O":
        # A data frame with columns of several types arrives as objects. float("1.5") would turn text into
        # numbers in silence, so each entry has to be a number already.
        if not all(isinstance(value, Real | np.bool_) for value in array.flat):
            raise TypeError(f"{name} must hold real numbers only; found other objects in it")
    elif array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    try:
        return array.astype(np.float64, copy=False)
    except OverflowError as error:
        raise ValueError(f"{name} has entries too large for a float") from error


def check_finite(array: np.ndarray, name: str) -> None:
    """Raise ValueError if there is NaN or infinity in `array`."""
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has NaN or infinite entries")


def _check_design(ndim: int, shape: tuple[int, ...], name: str) -> None:
    if ndim != 2:
        hint = "; a single feature is X.reshape(-1, 1)" if ndim == 1 else ""
        raise ValueError(f"{name} must be 2-D (n_samples, n_features), got {ndim}-D{hint}")
    if 0 in shape:
        raise ValueError(f"{name} is empty: shape {shape}")


def _check_vector(array: np.ndarray, length: int | None, name: str) -> None:
    if array.ndim != 1:
        raise ValueError(f"{name} must be 1-D, got {array.ndim}-D of shape {array.shape}")
    if length is None and array.size == 0:
        raise ValueError(f"{name} is empty")
    if length is not None and array.size != length:
        raise ValueError(f"{name} must have length {length}, got {array.size}")
