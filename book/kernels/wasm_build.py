"""Compile the kernels that pages call to WebAssembly: ``make kernels``.

Numba compiles the entries of ``wasm_entries.py``, as on the reader's own computer. The LLVM that comes with
it translates the code for WebAssembly, and Zig (``ziglang`` on PyPI) links it with ``runtime.c``. The module
needs nothing from the page. It is stored in a script, compressed and in base64, because a page that is opened
from disk may not fetch files. With it goes a digest of the sources, by which the tests see whether it is
up to date.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import llvmlite.binding as llvm

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCRIPT = ROOT / "book" / "_static" / "kernels.js"
SOURCES = [HERE / "wasm_entries.py", HERE / "wasm_build.py", HERE / "runtime.c"] + [
    ROOT / "lasso_jit" / f"{name}.py" for name in ("coordinate_descent", "engine", "fista", "ista")
]
TARGET = "wasm32-unknown-unknown"
#: Where `make kernels` installs Zig.
ZIG = ROOT / ".cache" / "zig"
#: What Numba calls, beside Python, to say that memory ran out or shapes do not match; here the module stops.
MESSAGES = {"NRT_Allocate", "NRT_Free", "NRT_MemInfo_alloc", "log10", "numba_gil_ensure", "numba_gil_release"}


def digest() -> str:
    """Return a digest of the sources; comments, docstrings and line breaks do not count.

    Returns
    -------
    str
        Sixteen hexadecimal digits.
    """
    parts = []
    for path in SOURCES:
        text = path.read_text("utf8")
        if path.suffix == ".py":
            tree = ast.parse(text)
            for node in ast.walk(tree):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
                    node.body = node.body[1:]
            text = ast.dump(tree)
        parts.append(text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def parameters(arguments: dict[str, str]) -> list[tuple[str, str]]:
    """Return names and kinds (size, integer, number or array) of a compiled entry's parameters, in order.

    Parameters
    ----------
    arguments : dict
        A value of ``ENTRIES``.

    Returns
    -------
    list of tuple of str
        The sizes in order of appearance, then the arguments.
    """
    given = [(name, kind if kind in ("integer", "number") else "array") for name, kind in arguments.items()]
    sizes = []
    for name, kind in given:
        if kind == "array":
            for size in re.split("[,;]", arguments[name]):
                if not size.isdigit() and size not in sizes and size not in arguments:
                    sizes.append(size)
    return [(size, "size") for size in sizes] + given


def _wrapper(name: str, arguments: dict[str, str]) -> str:
    """Return the source of a function of numbers and addresses that calls the entry."""
    names = ", ".join(name for name, _ in parameters(arguments))
    passed = []
    for argument, shape in arguments.items():
        if shape in ("integer", "number"):
            passed.append(argument)
        elif ";" in shape:  # column-major
            passed.append(f"carray({argument}, ({', '.join(reversed(shape.split(';')))})).T")
        else:
            passed.append(f"carray({argument}, ({shape},))")
    return f"def wrapper({names}):\n    entry({', '.join(passed)})\n"


def compile_entries(cache: str) -> tuple[list[str], bytes]:
    """Compile the entries.

    Parameters
    ----------
    cache : str
        An empty folder for Numba's cache.

    Returns
    -------
    tuple of list of str and bytes
        Their names, and an object file.
    """
    # Portable instructions, and no optimisation before the sizes of WebAssembly are known. The cache is our
    # own: Numba's would not know of it.
    os.environ |= {
        "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_OPT": "0", "NUMBA_CACHE_DIR": cache,
    }  # fmt: skip
    sys.path[:0] = [str(HERE), str(ROOT)]
    import llvmlite.binding as llvm
    import wasm_entries
    from numba import NumbaWarning, carray, cfunc, types

    warnings.simplefilter("ignore", NumbaWarning)  # that something cannot be cached

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(TARGET).create_target_machine(
        cpu="generic", features="+bulk-memory,+sign-ext,+nontrapping-fptoint", opt=2
    )
    kinds = {
        "size": types.int32, "integer": types.int32, "number": types.float64,
        "array": types.CPointer(types.float64),
    }  # fmt: skip
    names, whole = [], llvm.parse_assembly("")
    for entry, arguments in wasm_entries.ENTRIES.items():
        scope = {"carray": carray, "entry": entry}
        exec(_wrapper(entry.__name__, arguments), scope)
        signature = types.void(*(kinds[kind] for _, kind in parameters(arguments)))
        compiled = cfunc(signature, nopython=True, error_model="numpy")(scope["wrapper"])
        names.append(entry.__name__)
        whole.link_in(llvm.parse_assembly(_for_wasm(compiled.inspect_llvm(), names[-1], machine)))
    for item in [*whole.functions, *whole.global_variables]:
        if not item.is_declaration and item.name not in names:
            item.linkage = "internal"
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.inlining_threshold = 20
    options.loop_unrolling = options.loop_interleaving = options.loop_vectorization = False
    builder = llvm.create_pass_builder(machine, options)
    whole.verify()
    builder.getModulePassManager().run(whole, builder)
    return names, machine.emit_object(whole)


def _for_wasm(ir: str, name: str, machine: llvm.TargetMachine) -> str:
    """Return the code of one entry for WebAssembly, with the entry under its own name.

    What is not in ``runtime.c`` serves the messages of exceptions.
    """
    import llvmlite.binding as llvm

    native = re.search(r"^define [^@]*@((?!cfunc)[^( ]*wrapper[^( ]*)\(", ir, re.MULTILINE)[1]
    ir = re.sub(r'target datalayout = ".*"', f'target datalayout = "{machine.target_data}"', ir)
    ir = re.sub(r'target triple = ".*"', f'target triple = "{TARGET}"', ir)
    module = llvm.parse_assembly(ir)
    for item in [*module.functions, *module.global_variables]:
        if not item.is_declaration:
            item.linkage = "external" if item.name == native else "internal"
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=0))
    dead = llvm.create_new_module_pass_manager()
    dead.add_global_dead_code_eliminate_pass()
    dead.run(module, builder)
    for item in [*module.functions, *module.global_variables]:
        if not item.is_declaration and item.name != native:
            item.linkage = "linkonce_odr"
    runtime = (HERE / "runtime.c").read_text("utf8")

    def stop(declaration: re.Match) -> str:
        result, called, arguments = declaration.groups()
        if called.startswith("llvm.") or re.search(rf"\b{called}\(", runtime):
            return declaration[0]
        if not called.startswith("Py") and called not in MESSAGES:
            raise RuntimeError(f"{name} calls {called}, which is not in runtime.c")
        start = f"define linkonce_odr {result} @{called}({arguments}) alwaysinline noreturn"
        return start + " {\n  call void @llvm.trap()\n  unreachable\n}"

    text = re.sub(r"^declare ([^@]*?) ?@([\w.]+)\((.*)\).*$", stop, str(module), flags=re.MULTILINE)
    text = text.replace(f"@{native}(", f"@{name}(")
    return text if "declare void @llvm.trap()" in text else text + "\ndeclare void @llvm.trap()\n"


def build() -> bytes:
    """Compile and link.

    Returns
    -------
    bytes
        The WebAssembly module.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names, code = compile_entries(name)
        (folder / "entries.o").write_bytes(code)
        zig, path = [sys.executable, "-m", "ziglang"], os.environ | {"PYTHONPATH": str(ZIG)}
        subprocess.run(
            [*zig, "cc", "--target=wasm32-freestanding", "-Oz", "-fno-builtin", "-mbulk-memory", "-c",
             HERE / "runtime.c", "-o", "runtime.o"],
            cwd=folder, env=path, check=True,
        )  # fmt: skip
        subprocess.run(
            [*zig, "wasm-ld", "--no-entry", "--gc-sections", "--strip-all", "-O2", "-z", "stack-size=65536",
             *(f"--export={name}" for name in names), "runtime.o", "entries.o", "-o", "all.wasm"],
            cwd=folder, env=path, check=True,
        )  # fmt: skip
        return (folder / "all.wasm").read_bytes()


def script(module: bytes) -> str:
    """Return the script that a page loads: the parameters of each entry, and the module.

    Parameters
    ----------
    module : bytes
        The WebAssembly module.

    Returns
    -------
    str
        The text of the script.
    """
    import wasm_entries

    signatures = {entry.__name__: parameters(arguments) for entry, arguments in wasm_entries.ENTRIES.items()}
    return (
        "// Made by `make kernels` from book/kernels: lasso_jit's own kernels, for the explorables.\n"
        f"window.lassoKernels = {{\n  digest: {json.dumps(digest())},\n"
        f"  parameters: {json.dumps(signatures)},\n"
        f'  module: "{base64.b64encode(zlib.compress(module, 9)).decode()}",\n}};\n'
    )


def read_script() -> tuple[str, bytes]:
    """Return the digest and the module that are stored.

    Returns
    -------
    tuple of str and bytes
        Digest of the sources they were made from, and the WebAssembly module.
    """
    text = SCRIPT.read_text("utf8")
    found = re.search(r'digest: "(.*)"', text)[1], re.search(r'module: "(.*)"', text)[1]
    return found[0], zlib.decompress(base64.b64decode(found[1]))


if __name__ == "__main__":
    if not ZIG.exists():
        sys.exit("Zig is needed: make kernels installs it")
    compiled = build()
    SCRIPT.write_text(script(compiled), encoding="utf8")
    print(f"{SCRIPT.relative_to(ROOT)}: {SCRIPT.stat().st_size:,} bytes, {len(compiled):,} of WebAssembly")
