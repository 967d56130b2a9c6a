# SPDX-License-Identifier: Apache-2.0
"""Whether importing a module of a layer's library does nothing but define things: then it does not matter when, nor in
which process, it is imported."""

import ast
import importlib.util
import sys

# What a process has of its own: said when a module is imported, it may be another when it comes late.
_OF_THE_PROCESS = {"environ", "getenv", "getcwd", "getpid", "argv", "open", "exec", "eval", "globals", "setattr", "modules"}


def is_of_python(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def parsed(file: str) -> ast.Module | None:
    """A file's code; None when it cannot be read or is none."""
    try:
        with open(file, encoding="utf-8") as text:
            return ast.parse(text.read())
    except (OSError, ValueError, SyntaxError):
        return None


def only_defines(tree: ast.Module | None, package: str, new) -> bool:
    """A file of a package; new: names of modules of layers that are imported with it and are looked at as well."""
    return tree is not None and _all_plain(tree.body, _strangers(tree, package, new))


def imports(tree: ast.Module, package: str):
    """The names of all that code of a package imports; of what comes from a module, which may be modules too, as well."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _source_of(node, package)
            yield source
            yield from (f"{source}.{a.name}" for a in node.names)


def _strangers(tree, package, new):
    """Names that a file has from modules which are neither Python's own nor come with it: to call one may do anything."""
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            out |= {a.asname or a.name.partition(".")[0] for a in node.names if not is_of_python(a.name)}
        elif isinstance(node, ast.ImportFrom):
            source = _source_of(node, package)
            if not is_of_python(source) and source not in new:
                out |= {a.asname or a.name for a in node.names}
    return out


def _source_of(node, package):
    return importlib.util.resolve_name("." * node.level + (node.module or ""), package)


def _all_plain(body, strangers):
    return all(_is_plain(node, strangers) for node in body)


def _is_plain(node, strangers):
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)):
        return True
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        parts = [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        return all(_is_harmless(one, strangers) for one in parts)
    if isinstance(node, ast.ClassDef):
        parts = [*node.decorator_list, *node.bases, *(one.value for one in node.keywords)]
        return all(_is_harmless(one, strangers) for one in parts) and _all_plain(node.body, strangers)
    if isinstance(node, ast.Assign):
        return all(_is_own(one) for one in node.targets) and _is_harmless(node.value, strangers)
    if isinstance(node, ast.AnnAssign):
        return _is_own(node.target) and (node.value is None or _is_harmless(node.value, strangers))
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If):
        return _is_harmless(node.test, strangers) and _all_plain(node.body + node.orelse, strangers)
    if isinstance(node, ast.Try):
        rest = [statement for handler in node.handlers for statement in handler.body]
        return _all_plain(node.body + rest + node.orelse + node.finalbody, strangers)
    return False


def _is_own(target):
    if isinstance(target, (ast.Tuple, ast.List)):
        return all(_is_own(one) for one in target.elts)
    return isinstance(target, ast.Name)


def _is_harmless(expression, strangers):
    for node in _evaluated(expression):
        if isinstance(node, ast.Name) and node.id in _OF_THE_PROCESS:
            return False
        if isinstance(node, ast.Attribute) and node.attr in _OF_THE_PROCESS:
            return False
        if isinstance(node, ast.Call) and _root_of(node.func) in strangers:
            return False
    return True


def _evaluated(node):
    """The parts of an expression, but for those that wait for a call."""
    yield node
    for part in ast.iter_child_nodes(node):
        if not isinstance(node, ast.Lambda) or part is not node.body:
            yield from _evaluated(part)


def _root_of(node):
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
