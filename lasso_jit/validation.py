"""What a user passes is checked here, once, before any solver sees it."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np


def as_array(values: object, name: str) -> np.ndarray:
    """Return `values` as a finite float64 array of any shape; the input is never modified.

    Raises
    ------
    TypeError
        `values` is sparse, or holds something that is not a real number.
    ValueError
        `values` is ragged, masked, or holds NaN, infinity or a number too large for a float.
    """
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
        array = array.astype(np.float64, copy=False)
    except OverflowError as error:
        raise ValueError(f"{name} has entries too large for a float") from error
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has NaN or infinite entries")
    return array


def as_matrix(X: object, name: str = "X") -> np.ndarray:
    """Return `X` as by `as_array`, of shape (n_samples, n_features) with at least one of each."""
    array = as_array(X, name)
    if array.ndim != 2:
        hint = "; a single feature is X.reshape(-1, 1)" if array.ndim == 1 else ""
        raise ValueError(f"{name} must be 2-D (n_samples, n_features), got {array.ndim}-D{hint}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: shape {array.shape}")
    return array


def as_vector(y: object, length: int | None = None, name: str = "y") -> np.ndarray:
    """Return `y` as by `as_array`, of shape (length,) or, without `length`, any but an empty one."""
    array = as_array(y, name)
    if array.ndim != 1:
        raise ValueError(f"{name} must be 1-D, got {array.ndim}-D of shape {array.shape}")
    if length is None and array.size == 0:
        raise ValueError(f"{name} is empty")
    if length is not None and array.size != length:
        raise ValueError(f"{name} must have length {length}, got {array.size}")
    return array


def as_real(value: object, name: str) -> float:
    """Return `value` as a finite float."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueError(f"{name} is too large for a float") from error
    if not np.isfinite(number):
        raise ValueError(f"{name} must be finite, got {number}")
    return number


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


def as_count(value: object, name: str) -> int:
    """Return `value` as an integer of at least 1."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer, got {type(value).__name__}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return int(value)


def as_flag(value: object, name: str) -> bool:
    """Return `value` if it is True or False: "no" and 0 are more often slips than meant."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)
