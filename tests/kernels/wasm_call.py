"""Call the compiled kernels from Python, the way a page calls them: for the tests."""

from __future__ import annotations

import numpy as np
import wasmtime
from wasm_build import parameters


class Kernels:
    """A WebAssembly module with the entries as methods; arrays are copied in, and what was written back.

    Parameters
    ----------
    module : bytes
        The module.
    entries : dict
        ``ENTRIES``, by name.
    """

    def __init__(self, module: bytes, entries: dict[str, dict[str, str]]) -> None:
        self.entries = entries
        self.store = wasmtime.Store()
        instance = wasmtime.Instance(self.store, wasmtime.Module(self.store.engine, module), [])
        self.exports = instance.exports(self.store)
        self.memory = self.exports["memory"]

    def __call__(self, name: str, *arguments: object) -> None:
        """Call an entry.

        Parameters
        ----------
        name : str
            The entry.
        *arguments : object
            Its arguments; arrays must be of doubles, and hold afterwards what the entry wrote.
        """
        mark = self.exports["mark"](self.store)
        allocate = self.exports["allocate"]
        shapes = self.entries[name]
        sizes, passed, places = {}, {}, {}
        for (argument, shape), value in zip(shapes.items(), arguments, strict=True):
            if not isinstance(value, np.ndarray):
                passed[argument] = value
                continue
            assert value.dtype == np.float64
            order = "F" if ";" in shape else "C"
            for size, length in zip(shape.replace(";", ",").split(","), value.shape, strict=True):
                sizes[size] = length
            data = value.tobytes(order)
            places[argument] = (allocate(self.store, len(data)), value, order, len(data))
            passed[argument] = places[argument][0]
            self.memory.write(self.store, data, passed[argument])
        scratch = allocate(self.store, 16)
        listed = [sizes[name] if kind == "size" else passed[name] for name, kind in parameters(shapes)]
        status = self.exports[name](self.store, scratch, scratch + 8, *listed)
        assert status == 0, f"{name} returned {status}"
        for place, value, order, length in places.values():
            data = bytes(self.memory.read(self.store, place, place + length))
            value[...] = np.frombuffer(data).reshape(value.shape, order=order)
        self.exports["rewind"](self.store, mark)
