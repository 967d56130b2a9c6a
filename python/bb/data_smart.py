# SPDX-License-Identifier: Apache-2.0
"""The datastore as Python sees it."""

from collections.abc import MutableMapping

import _hitz


class ExpansionError(Exception):
    """An expression that could not be expanded; varlist is the chain of variables that led there."""

    def __init__(self, varname, expression, exception):
        self.expression = expression
        self.variablename = varname
        self.exception = exception
        self.varlist = [varname or expression or ""]
        what = "%s: %s" % (type(exception).__name__, exception)
        if varname:
            self.msg = "Failure expanding variable %s, expression was %s which triggered exception %s" % (varname, expression, what)
        else:
            self.msg = "Failure expanding expression %s which triggered exception %s" % (expression, what)
        super().__init__(self.msg)

    def addVar(self, varname):
        if varname:
            self.varlist.append(varname)

    def __str__(self):
        return "%s\nThe variable dependency chain for the failure is: %s" % (self.msg, " -> ".join(self.varlist))


def expansion_error(message, chain):
    """The exception for an error that the engine met."""
    error = ExpansionError.__new__(ExpansionError)
    Exception.__init__(error, message)
    error.msg = message
    error.varlist = list(chain)
    error.variablename = chain[0] if chain else ""
    error.expression = ""
    error.exception = None
    return error


class VariableHistory:
    """Who set what where."""

    def __init__(self, d):
        self._d = d

    def variable(self, var):
        return self._d._history(var)

    def emit(self, var, oval, val, o, d):
        """Writes the history of a variable as comments, as bitbake -e shows it."""
        from hitz import listing
        o.write(listing._history(d, var, oval))

    def get_variable_files(self, var):
        """The file of each operation on a variable."""
        return [event["file"] for event in self.variable(var)]

    def get_variable_lines(self, var, f):
        """The lines of a file with operations on a variable."""
        return [event["line"] for event in self.variable(var) if event["file"] == f]

    def get_variable_refs(self, var):
        """file -> its lines with operations on a variable."""
        refs = {}
        for event in self.variable(var):
            refs.setdefault(event["file"], []).append(event["line"])
        return refs

    def get_variable_items_files(self, var):
        """word -> the file that put it into a variable; the words that are there in the end."""
        final = (self._d.getVar(var) or "").split()
        files, was_set = {}, False
        for event in self.variable(var):
            if "flag" in event or event["op"] == ":remove" or (was_set and event["op"] == "set?"):
                continue
            was_set = True
            for word in self._d.expand(str(event["detail"])).split():
                if word in final:
                    files.setdefault(word, event["file"])
        return files


class IncludeHistory:
    """The files that the configuration was read from."""

    def __init__(self, d):
        self._d = d

    def emit(self, o, level=0):
        from hitz import listing
        files = (self._d.getVar("BBINCLUDED") or "").split()
        o.write(listing.inclusions("0 " + path for path in files))


class VariableParse:
    """A text and what was met while it was expanded."""

    def __init__(self, varname, d, unexpanded_value=None, val=None):
        self.varname, self.d, self.unexpanded_value, self.value = varname, d, unexpanded_value, val
        self.references, self.execs, self.contains = set(), set(), {}


def _made_again(values, flags):
    d = DataSmart()
    for name, value in values.items():
        d.setVar(name, value)
    for name, own in flags.items():
        d.setVarFlags(name, own)
    return d


class DataSmart(_hitz.Store, MutableMapping):
    """d: variables with overrides, pending operations and flags."""

    def __getitem__(self, name):
        value = self.getVar(name, False)
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name, value):
        self.setVar(name, value)

    def __delitem__(self, name):
        self.delVar(name)

    def __iter__(self):
        return iter(self._names())

    def __len__(self):
        return len(self._names())

    def __reduce__(self):
        """For other processes: what each variable says, unexpanded, and its flags; without who set it."""
        values = {name: self.getVar(name, False) for name in self._names()}
        return _made_again, ({name: value for name, value in values.items() if value is not None},
                             {name: dict(self.getVarFlags(name) or {}) for name in values if self.getVarFlags(name)})

    def __contains__(self, name):
        return self.getVar(name, False) is not None

    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other

    def get(self, name, default=None):
        value = self.getVar(name, False)
        return default if value is None else value

    def setVarFlags(self, var, flags, **loginfo):
        for flag, value in flags.items():
            if flag != "_content":
                self.setVarFlag(var, flag, value)

    def delVarFlags(self, var, **loginfo):
        for flag in self.getVarFlags(var) or {}:
            self.delVarFlag(var, flag)

    def expandWithRefs(self, s, varname):
        if not isinstance(s, str):
            return VariableParse(varname, self, s, s)
        parse = VariableParse(varname, self, s)
        parse.value, parse.references, parse.execs, parse.contains = self._trace_text(s, varname)
        return parse

    def expandVarref(self, variable, parents=False):
        """Replaces ${variable} by its value in every variable, in place."""
        ref, value = "${%s}" % variable, self.getVar(variable, False)
        for key in self._names():
            text = self.getVar(key, False)
            if isinstance(text, str) and ref in text:
                self.setVar(key, text.replace(ref, value))

    def localkeys(self):
        return iter(self._names())

    def need_overrides(self):
        self._overrides()

    def enableTracking(self):
        self._track(True)

    def disableTracking(self):
        self._track(False)

    @property
    def varhistory(self):
        return VariableHistory(self)

    @property
    def inchistory(self):
        return IncludeHistory(self)

    @property
    def overrides(self):
        return self._overrides()
