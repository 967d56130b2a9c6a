# SPDX-License-Identifier: Apache-2.0
"""A program that hitz.outside began again: from here on it finds what python3 would give it."""

import atexit
import importlib
import json
import os
import signal
import sys
import threading
import types

_OWN = os.path.dirname(os.path.realpath(__file__))


def _surroundings(facts):
    import site
    for name in ("setquit", "setcopyright", "sethelper"):
        getattr(site, name)()
    # Another Python's own modules would not fit.
    foreign = [] if tuple(facts["version"]) == sys.version_info[:2] else facts["prefix"]
    sys.path += [entry for entry in facts["path"]
                 if entry not in sys.path and not any(entry.startswith(prefix + "/lib/") for prefix in foreign)]
    sys.executable, sys.orig_argv = facts["executable"], facts["words"]
    sys.dont_write_bytecode = not facts["bytecode"]
    if facts["unbuffered"]:
        sys.stdout.reconfigure(write_through=True)
        sys.stderr.reconfigure(write_through=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    # os._exit() of a script and of its children is their own affair.
    os._exit = importlib.import_module("bb.utils")._system_exit


def _main(path=None):
    module = types.ModuleType("__main__")
    module.__dict__["__builtins__"] = __builtins__
    if path is not None:
        module.__file__ = path
    sys.modules["__main__"] = module
    return module.__dict__


def _run(kind, words):
    if kind == "file":
        sys.argv = words
        sys.path.insert(0, os.path.dirname(os.path.realpath(words[0])))
        with open(words[0], "rb") as file:
            code = compile(file.read(), words[0], "exec")
        exec(code, _main(os.path.abspath(words[0])))
    elif kind == "text":
        sys.argv = ["-c"] + words[1:]
        sys.path.insert(0, "")
        exec(compile(words[0], "<string>", "exec"), _main())
    else:
        import runpy
        sys.argv = ["-m"] + words[1:]
        sys.path.insert(0, os.getcwd())
        _main()
        runpy._run_module_as_main(words[0])


def _end():
    """What Python does when it ends; hitz leaves without that."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass


def _show(error):
    """The traceback of an exception that nobody caught, without hitz's own frames."""
    trace = error.__traceback__
    while trace is not None and os.path.dirname(trace.tb_frame.f_code.co_filename) == _OWN:
        trace = trace.tb_next
    sys.excepthook(type(error), error.with_traceback(trace), trace)


def main(facts, kind, *words):
    _surroundings(json.loads(facts))
    try:
        _run(kind, list(words))
    except SystemExit:
        raise
    except KeyboardInterrupt as error:
        _show(error)
        raise SystemExit(130)
    except BaseException as error:
        _show(error)
        raise SystemExit(1)
    finally:
        _end()


if __name__ == "__main__":
    importlib.import_module("hitz.inside").main(*sys.argv[1:])
