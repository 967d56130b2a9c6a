# SPDX-License-Identifier: Apache-2.0
"""Which expressions of metadata are pure: what they give depends on nothing but what they get from d.getVar().
Such a one need not run again while these values are the same.

An expression is pure when everything in it is known to be: literals, operators, comprehensions, methods of texts
and containers, and calls of functions whose own text is pure. Functions that metadata defines are not looked into:
another recipe may define them otherwise."""

import ast
import builtins
import inspect
import textwrap
import types

import bb.utils

_BUILTINS = {getattr(builtins, name) for name in (
    "abs all any bool dict enumerate filter float frozenset int isinstance len list map max min range repr reversed "
    "set sorted str sum tuple zip").split()}
_METHODS = set(
    "capitalize count endswith find format index isdigit isalpha isalnum isupper islower join lower lstrip partition "
    "removeprefix removesuffix replace rfind rindex rpartition rsplit rstrip split splitlines startswith strip title "
    "upper zfill copy get items keys values union intersection difference issubset issuperset".split())
# What changes a container is pure where the function itself has made the container.
_CHANGING = set("add append clear discard extend insert pop remove reverse setdefault sort update".split())
_EXPRESSIONS = (ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.List, ast.Tuple, ast.Set, ast.Dict,
                ast.Subscript, ast.Slice, ast.JoinedStr, ast.FormattedValue, ast.Starred, ast.Constant)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_CONSTANTS = (str, int, float, bool, bytes, type(None), tuple, frozenset)


def _outside():
    """Functions of Python's library, written in Python or C, that look at their arguments alone."""
    import os.path
    return {os.path.basename, os.path.dirname, os.path.isabs, os.path.join, os.path.normpath, os.path.splitext}


class _Impure(Exception):
    pass


class _Check:
    """One function's text, or an expression: `stores` are the names that stand for d."""

    def __init__(self, globals, stores, names, known):
        self.globals, self.stores, self.known = globals, set(stores), known
        self.locals = set(names) | self.stores
        self.modules = {}
        self.made = set()

    def value_of(self, node):
        """What a chain of names is outside of the function; _Impure for anything else."""
        if isinstance(node, ast.Name):
            if node.id in self.modules:
                return self.modules[node.id]
            if node.id in self.locals:
                raise _Impure
            if node.id in self.globals:
                return self.globals[node.id]
            if hasattr(builtins, node.id):
                return getattr(builtins, node.id)
            raise _Impure
        if isinstance(node, ast.Attribute):
            module = self.value_of(node.value)
            if isinstance(module, types.ModuleType) and hasattr(module, node.attr):
                return getattr(module, node.attr)
        raise _Impure

    def expression(self, node):
        if isinstance(node, ast.Name):
            if node.id in self.stores:
                raise _Impure
            # What a module holds may be another thing tomorrow; a type handed to isinstance() or map() may not.
            if node.id not in self.locals and self.value_of(node) not in _BUILTINS:
                raise _Impure
        elif isinstance(node, ast.Call):
            self.call(node)
        elif isinstance(node, _COMPREHENSIONS):
            self.comprehension(node)
        elif isinstance(node, ast.Lambda):
            names = {a.arg for a in node.args.args}
            if node.args.defaults or node.args.kwonlyargs or node.args.vararg or node.args.kwarg:
                raise _Impure
            self.inner(names, [node.body])
        elif isinstance(node, _EXPRESSIONS):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.expression(child)
        else:
            raise _Impure

    def inner(self, names, nodes):
        new = names - self.locals
        self.locals |= new
        for node in nodes:
            self.expression(node)
        self.locals -= new

    def comprehension(self, node):
        names = set()
        for generator in node.generators:
            for target in ast.walk(generator.target):
                if isinstance(target, ast.Name):
                    names.add(target.id)
                elif isinstance(target, ast.expr) and not isinstance(target, (ast.Tuple, ast.List)):
                    raise _Impure
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for generator in node.generators:
            parts += [generator.iter, *generator.ifs]
        if names & self.stores:
            raise _Impure
        self.inner(names, parts)

    def call(self, node):
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) \
                and node.func.value.id in self.stores:
            if node.func.attr != "getVar" or node.keywords or not 1 <= len(node.args) <= 2:
                raise _Impure
            for argument in node.args:
                self.expression(argument)
            return
        try:
            function = self.value_of(node.func)
        except _Impure:
            self.method(node)
            return
        stores = set()
        for place, argument in enumerate(node.args):
            if isinstance(argument, ast.Name) and argument.id in self.stores:
                stores.add(place)
            else:
                self.expression(argument)
        for keyword in node.keywords:
            self.expression(keyword.value)
        if function in _BUILTINS or function in _outside():
            if stores:
                raise _Impure
        elif not (isinstance(function, types.FunctionType) and _is_pure_function(function, frozenset(stores), self.known)):
            raise _Impure

    def method(self, node):
        if not isinstance(node.func, ast.Attribute):
            raise _Impure
        made = isinstance(node.func.value, ast.Name) and node.func.value.id in self.made
        if node.func.attr not in _METHODS and not (node.func.attr in _CHANGING and made):
            raise _Impure
        self.expression(node.func.value)
        for argument in node.args:
            self.expression(argument)
        for keyword in node.keywords:
            self.expression(keyword.value)

    def bind(self, target, value=None):
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self.bind(part)
        elif isinstance(target, ast.Name) and target.id not in self.stores:
            self.locals.add(target.id)
            fresh = isinstance(value, (ast.List, ast.Set, ast.Dict, *_COMPREHENSIONS)) or (
                isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
                and value.func.id in ("list", "set", "dict", "sorted"))
            (self.made.add if fresh else self.made.discard)(target.id)
        else:
            raise _Impure

    def statements(self, body):
        for node in body:
            self.statement(node)

    def statement(self, node):
        if isinstance(node, ast.Return):
            if node.value is not None:
                self.expression(node.value)
        elif isinstance(node, ast.Assign):
            self.expression(node.value)
            for target in node.targets:
                self.bind(target, node.value)
        elif isinstance(node, ast.AugAssign):
            # += changes a list in place: only one that was made here.
            self.expression(node.value)
            if not isinstance(node.target, ast.Name) or node.target.id not in self.locals - self.stores:
                raise _Impure
        elif isinstance(node, ast.If):
            self.expression(node.test)
            self.statements(node.body)
            self.statements(node.orelse)
        elif isinstance(node, ast.For):
            self.expression(node.iter)
            self.bind(node.target)
            self.statements(node.body)
            self.statements(node.orelse)
        elif isinstance(node, ast.Expr):
            self.expression(node.value)
        elif isinstance(node, ast.Raise):
            pass  # what fails is never kept
        elif isinstance(node, ast.Import):
            import sys
            for alias in node.names:
                if alias.name not in sys.modules or (alias.asname and "." in alias.name):
                    raise _Impure
                root = alias.name.split(".")[0]
                self.modules[alias.asname or root] = sys.modules[root]
        elif not isinstance(node, (ast.Pass, ast.Continue, ast.Break)):
            raise _Impure


def _is_pure_function(function, stores, known):
    """Whether a function is, when the arguments at these places are d. One that calls itself is not."""
    key = (function, stores)
    if key not in known:
        known[key] = False
        known[key] = _check_function(function, stores, known)
    return known[key]


def _check_function(function, stores, known):
    if not (getattr(function, "__module__", None) or "").startswith(("oe.", "bb.")) or function.__closure__ \
            or function.__kwdefaults__:
        return False
    if any(not isinstance(value, _CONSTANTS) for value in function.__defaults__ or ()):
        return False
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return False
    if not isinstance(tree, ast.FunctionDef) or tree.decorator_list or tree.args.vararg or tree.args.kwarg:
        return False
    names = [a.arg for a in tree.args.posonlyargs + tree.args.args]
    if any(place >= len(names) for place in stores):
        return False
    check = _Check(function.__globals__, {names[place] for place in stores}, names, known)
    try:
        check.statements(tree.body)
    except (_Impure, TypeError):
        return False
    return True


_known = {}


def is_pure(expression):
    """Whether an expression of a ${@...} block is pure."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
        check = _Check(bb.utils._context, {"d"}, (), _known)
        check.expression(tree)
    except (_Impure, SyntaxError, TypeError, ValueError, RecursionError):
        return False
    return True


def _is_pure_text(d, expression):
    """is_pure() for the engine's call."""
    return is_pure(expression)
