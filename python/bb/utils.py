# SPDX-License-Identifier: Apache-2.0
"""What recipes and classes use most: words, versions, files, locks and paths."""

import builtins
import collections
import contextlib
import errno
import fcntl
import glob
import hashlib
import importlib
import logging
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time

import _hitz
import bb

# The globals that all metadata shares.
_context = {"__builtins__": builtins, "os": os, "bb": bb, "time": time}


def get_context():
    return _context


def set_context(ctx):
    """BitBake's own binds a local name only; so does this."""


def better_eval(source, locals, extraglobals=None):
    """eval() in the shared globals."""
    return eval(source, {**_context, **(extraglobals or {})}, locals)


_system_exit = os._exit
_home = None  # the process that hitz itself is


def _stay(status):
    """os._exit() of metadata may end a process that it has made, never hitz."""
    if os.getpid() == _home:
        raise SystemExit(status)
    _system_exit(status)


def _live_here():
    global _home
    _home = os.getpid()
    os._exit = _stay


def _flush():
    sys.stdout.flush()
    sys.stderr.flush()


def _set_environment(*names_and_values):
    """os.environ is what Python was started with; a task has an environment of its own."""
    os.environ.clear()
    os.environ.update(zip(names_and_values[::2], names_and_values[1::2]))


def _read_source(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def _add_library(folder, package, d):
    """addpylib: a folder on the path, its package and the modules of its BBIMPORTS in the shared globals."""
    if folder not in sys.path:
        sys.path.insert(0, folder)
    for name in (d.getVar("BB_GLOBAL_PYMODULES", False) or "").split():
        _context[name.split(".")[0]] = importlib.import_module(name)
    module = importlib.import_module(package)
    _context[package] = module
    for name in getattr(module, "BBIMPORTS", []):
        _add_module(package + "." + name)


def _public_callables(module):
    public = {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}
    return {name: value for name, value in public.items() if callable(value)}


def _add_module(name):
    import bb.codeparser as codeparser
    from hitz import late_modules
    if late := late_modules.late(name):
        codeparser.add_module_functions(late.__file__, lambda: _public_callables(late), name)
        return
    before = set(sys.modules)
    module = importlib.import_module(name)
    late_modules.came(module, before)
    codeparser.add_module_functions(module.__file__, _public_callables(module), name)


# ---- words

def contains(variable, checkvalues, truevalue, falsevalue, d):
    """truevalue when a variable holds every one of some words."""
    val = d.getVar(variable)
    if not val:
        return falsevalue
    wanted = set(checkvalues.split()) if isinstance(checkvalues, str) else set(checkvalues)
    return truevalue if wanted <= set(val.split()) else falsevalue


def contains_any(variable, checkvalues, truevalue, falsevalue, d):
    """truevalue when a variable holds any of some words."""
    val = d.getVar(variable)
    if not val:
        return falsevalue
    wanted = set(checkvalues.split()) if isinstance(checkvalues, str) else set(checkvalues)
    return truevalue if wanted & set(val.split()) else falsevalue


def filter_string(val, checkvalues):
    if not val:
        return ""
    wanted = set(checkvalues.split()) if isinstance(checkvalues, str) else set(checkvalues)
    return " ".join(sorted(wanted & set(val.split())))


def filter(variable, checkvalues, d):
    """Those words of checkvalues that a variable holds, sorted."""
    return filter_string(d.getVar(variable), checkvalues)


def to_boolean(string, default=None):
    if not string:
        return default
    if isinstance(string, int):
        return string != 0
    normalized = string.lower()
    if normalized in ("y", "yes", "1", "true"):
        return True
    if normalized in ("n", "no", "0", "false"):
        return False
    raise ValueError("Invalid value for to_boolean: %s" % string)


def to_filemode(input):
    """A file mode: a number as it is, a text as octal digits."""
    if isinstance(input, int):
        return input
    if isinstance(input, str):
        return int(input, 8)
    raise ValueError("Invalid file mode: %r" % (input,))


# ---- versions

def _runs(version):
    """A version as runs of (order, value): ~ before the end, numbers, letters, anything else."""
    out = []
    for number, letters, other in re.findall(r"(\d+)|([a-zA-Z]+)|(.)", version, re.S):
        if number:
            out.append((0, int(number)))
        elif letters:
            out.append((1, letters))
        else:
            out.append((-1, other) if other == "~" else (2, other))
    return out


def _compare_part(a, b):
    left, right = _runs(a), _runs(b)
    for i in range(max(len(left), len(right))):
        x = left[i] if i < len(left) else (0, None)
        y = right[i] if i < len(right) else (0, None)
        if x[0] != y[0]:
            return -1 if x[0] < y[0] else 1
        if x[1] is None or y[1] is None:
            if x[1] is y[1]:
                return 0
            return -1 if x[1] is None else 1
        if x[1] != y[1]:
            return -1 if x[1] < y[1] else 1
    return 0


def split_version(s):
    """"E:V-R" as (E, V, R)."""
    s = s.strip(" <>=")
    epoch = 0
    if s.count(":"):
        epoch = int(s.split(":")[0])
        s = s.split(":")[1]
    revision = ""
    if s.count("-"):
        revision = s.rsplit("-", 1)[1]
        s = s.rsplit("-", 1)[0]
    return (epoch, s, revision)


def vercmp(ta, tb):
    (ea, va, ra), (eb, vb, rb) = ta, tb
    return int(ea or 0) - int(eb or 0) or _compare_part(va, vb) or _compare_part(ra, rb)


def vercmp_string(a, b):
    return vercmp(split_version(a), split_version(b))


class VersionStringException(Exception):
    """A version or its operator cannot be understood."""


def vercmp_string_op(a, b, op):
    """Whether "a op b" holds."""
    res = vercmp_string(a, b)
    tests = {"=": res == 0, "==": res == 0, "<=": res <= 0, ">=": res >= 0, ">": res > 0, ">>": res > 0,
             "<": res < 0, "<<": res < 0, "!=": res != 0}
    if op not in tests:
        raise VersionStringException('Unsupported comparison operator "%s"' % op)
    return tests[op]


# ---- dependency lists

def explode_deps(s):
    """The names of a dependency list; versions are dropped, words from one that opens a parenthesis to one that closes it."""
    out, version = [], False
    for word in (s or "").split():
        version = version or word.startswith("(")
        if not version:
            out.append(word)
        elif word.endswith(")"):
            version = False
    return out


_VERSION_OPERATORS = ("<=", "=<", "<<", "==", "!=", ">=", "=>", ">>", "<", ">", "=")


def explode_dep_versions2(s, *, sort=True):
    """"a (>= 1) b" as a dict of name to a list of "op version". A parenthesis within a word is the word's own."""
    out = collections.OrderedDict()
    name, operator, version, wanted = None, "", "", "name"
    for word in (s or "").replace(",", "").split():
        if word.startswith("("):
            wanted, word = "operator", word[1:]
        if wanted == "operator" and word:
            operator = next((o for o in _VERSION_OPERATORS if word.startswith(o)), None)
            if operator is None:
                raise VersionStringException('Invalid version specification in "(%s" - invalid or missing operator' % word)
            wanted, word = "version", word[len(operator):]
        if not word:
            continue
        if wanted == "name":
            name, operator, version = word, "", ""
            if not out.get(name):
                out[name] = []
            continue
        if word.endswith(")"):
            wanted, word = "name", word[:-1]
            version += " " if version and word else ""
        if word:
            version += word
            out.setdefault(name, []).append("%s %s" % (operator, version))
    return collections.OrderedDict(sorted(out.items())) if sort else out


def explode_dep_versions(s):
    out = explode_dep_versions2(s)
    for name, versions in out.items():
        if len(versions) > 1:
            bb.warn("explode_dep_versions(): Item %s appeared in dependency string '%s' multiple times" % (name, s))
        out[name] = versions[0] if versions else None
    return out


def join_deps(deps, commasep=True):
    """The text of a dict of dependencies."""
    out = []
    for name, versions in deps.items():
        if isinstance(versions, (list, set, tuple)):
            out.extend("%s (%s)" % (name, v) for v in versions)
            if not versions:
                out.append(name)
        else:
            out.append("%s (%s)" % (name, versions) if versions else name)
    return (", " if commasep else " ").join(out)


# ---- files

def _digest(method, filename):
    digest = hashlib.new(method)
    with open(filename, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def md5_file(filename):
    return _digest("md5", filename)


def sha1_file(filename):
    return _digest("sha1", filename)


def sha256_file(filename):
    return _digest("sha256", filename)


def sha384_file(filename):
    return _digest("sha384", filename)


def sha512_file(filename):
    return _digest("sha512", filename)


def mkdirhier(directory):
    """Makes a folder and those above it."""
    if "${" in str(directory):
        bb.fatal("Directory name {} contains unexpanded bitbake variable. This may cause build failures and WORKDIR polution.".format(directory))
    os.makedirs(directory, exist_ok=True)


def _check_unsafe_delete_path(path):
    """Whether a path is one that nobody means to delete: the root, home folders, the user's own."""
    path = os.path.abspath(path)
    homes = {"/", "//", "/home", "/root", os.environ.get("HOME") or os.path.expanduser("~")}
    return path in homes or os.path.dirname(path) == "/home"


def remove(path, recurse=False, ionice=False):
    """Removes what a pattern matches; trees only with recurse."""
    if not path:
        return
    for name in glob.glob(path) if glob.has_magic(path) else [path]:
        if recurse:
            if _check_unsafe_delete_path(name):
                raise Exception("bb.utils.remove: called with dangerous path \"%s\" and recurse=True, refusing to delete!" % name)
            if os.path.isdir(name) and not os.path.islink(name):
                subprocess.check_call(["rm", "-rf", name])
                continue
        try:
            os.unlink(name)
        except OSError as exc:
            if exc.errno != errno.ENOENT:
                raise


def prunedir(topdir, ionice=False):
    """Removes a tree."""
    if _check_unsafe_delete_path(topdir):
        raise Exception("bb.utils.prunedir: called with dangerous path \"%s\", refusing to delete!" % topdir)
    remove(topdir, recurse=True, ionice=ionice)


def rename(src, dst):
    try:
        os.rename(src, dst)
    except OSError as exc:
        if exc.errno != errno.EXDEV:
            raise
        shutil.move(src, dst)


def _copy_owner(dest, info, link=False):
    try:
        os.chown(dest, info.st_uid, info.st_gid, follow_symlinks=not link)
    except PermissionError:
        pass


def copyfile(src, dest, newmtime=None, sstat=None):
    """Copies a file or a link with mode, owner and times; its modification time, or False."""
    try:
        info = sstat or os.lstat(src)
        if os.path.islink(dest) or (os.path.exists(dest) and not os.path.isdir(dest)):
            os.unlink(dest)
        if stat.S_ISLNK(info.st_mode):
            os.symlink(os.readlink(src), dest)
            return os.lstat(dest)
        if os.path.isdir(dest):
            dest = os.path.join(dest, os.path.basename(src))
        shutil.copyfile(src, dest)
        _copy_owner(dest, info)
        os.chmod(dest, stat.S_IMODE(info.st_mode))
        mtime = newmtime if newmtime is not None else info.st_mtime
        os.utime(dest, (info.st_atime, mtime))
        return mtime
    except OSError as exc:
        bb.warn("copyfile: copying %s to %s failed (%s)" % (src, dest, exc))
        return False


def movefile(src, dest, newmtime=None, sstat=None):
    """Moves a file, across file systems too."""
    try:
        info = sstat or os.lstat(src)
        try:
            os.rename(src, dest)
        except OSError as exc:
            if exc.errno != errno.EXDEV:
                raise
            if copyfile(src, dest, newmtime, info) is False:
                return None
            os.unlink(src)
        if stat.S_ISLNK(info.st_mode):
            return os.lstat(dest)
        if newmtime:
            os.utime(dest, (newmtime, newmtime))
            return newmtime
        return info.st_mtime
    except OSError as exc:
        bb.warn("movefile: moving %s to %s failed (%s)" % (src, dest, exc))
        return None


def break_hardlinks(src, sstat=None):
    """Gives a file contents of its own when it has several names."""
    info = sstat or os.lstat(src)
    if info.st_nlink == 1:
        return True
    return copyfile(src, src + ".unlinked") is not False and movefile(src + ".unlinked", src) is not None


def which(path, item, direction=0, history=False, executable=False):
    """The first file of that name on a search path; "" when there is none."""
    tried = []
    paths = (path or "").split(":")
    if not direction and not executable and type(item) is str and (searched := _hitz.search(path or "", item)) is not NotImplemented:
        found, tried = searched
        found = os.path.abspath(found) if found and not os.path.isabs(found) else found
        return (found, tried) if history else found
    for folder in reversed(paths) if direction else paths:
        candidate = os.path.join(folder, item)
        tried.append(candidate)
        found = os.path.isfile(candidate) and os.access(candidate, os.X_OK) if executable else os.path.exists(candidate)
        if found:
            candidate = candidate if os.path.isabs(candidate) else os.path.abspath(candidate)
            return (candidate, tried) if history else candidate
    return ("", tried) if history else ""


def which_wild(pathname, path=None, mode=os.F_OK, *, reverse=False, candidates=False):
    """All files of a search path that match a pattern, the first of each name."""
    paths = (path or os.environ.get("PATH", os.defpath)).split(os.pathsep)
    seen, out = set(), []
    for folder in reversed(paths) if reverse else paths:
        for found in sorted(glob.glob(os.path.join(folder, pathname))):
            name = os.path.relpath(found, folder)
            if name not in seen and os.access(found, mode):
                seen.add(name)
                out.append((found, []) if candidates else found)
    return out


# ---- locks

def lockfile(name, shared=False, retry=True, block=False):
    """An open, locked file; None when it is locked and retry is off."""
    folder, base = os.path.split(name)
    if len(base) > 255:
        name = os.path.join(folder, base[:255])
    mkdirhier(folder or ".")
    if not os.access(folder or ".", os.W_OK):
        bb.error("Unable to acquire lock '%s', directory is not writable" % name)
        sys.exit(1)
    operation = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if retry or block else fcntl.LOCK_NB)
    while True:
        file = open(name, "a+")
        try:
            fcntl.flock(file.fileno(), operation)
        except OSError:
            file.close()
            return None
        try:
            if os.fstat(file.fileno()).st_ino == os.stat(name).st_ino:
                return file
        except FileNotFoundError:
            pass
        file.close()


def unlockfile(lf):
    """Gives a lock back; the file goes when nobody else holds it."""
    try:
        fcntl.flock(lf.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(lf.name)
    except OSError:
        pass
    fcntl.flock(lf.fileno(), fcntl.LOCK_UN)
    lf.close()


@contextlib.contextmanager
def fileslocked(files, *args, **kwargs):
    locks = [lockfile(name, *args, **kwargs) for name in files or []]
    try:
        yield
    finally:
        for lock in locks:
            unlockfile(lock)


# ---- processes and environment

@contextlib.contextmanager
def environment(**envvars):
    """Some environment variables for the time of a block."""
    backup = dict(os.environ)
    os.environ.update(envvars)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(backup)


@contextlib.contextmanager
def umask(new_mask):
    current = os.umask(new_mask)
    try:
        yield
    finally:
        os.umask(current)


def nonblockingfd(fd):
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)


def cpu_count():
    return len(os.sched_getaffinity(0))



def is_local_uid(uid=""):
    """Whether a user is in the local password file."""
    wanted = str(os.getuid() if uid == "" else uid)
    with open("/etc/passwd") as file:
        return any(line.split(":")[2:3] == [wanted] for line in file)


def is_semver(version):
    return re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)"
                        r"(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?", version) is not None


def is_path_on_nfs(path):
    """Whether the nearest existing folder of a path is on NFS."""
    path = os.path.abspath(path)
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True).stdout.strip() == "nfs"


def export_proxies(d):
    """The fetchers' variables into this process's environment; whether there were any."""
    from bb.fetch2 import get_fetcher_environment
    found = get_fetcher_environment(d)
    os.environ.update(found)
    return bool(found)


def signal_on_parent_exit(signame):
    import ctypes
    ctypes.CDLL("libc.so.6", use_errno=True).prctl(1, getattr(signal, signame))



@contextlib.contextmanager
def lock_timeout(lock):
    """Holds a lock for the time of a block; ends the process when it cannot be had in five minutes."""
    if not lock.acquire(timeout=5 * 60):
        bb.error("A lock could not be had within 5 minutes; giving up")
        os._exit(1)
    try:
        yield True
    finally:
        lock.release()


@contextlib.contextmanager
def lock_timeout_nocheck(lock):
    """Holds a lock for the time of a block, or does without it after ten seconds."""
    held = lock.acquire(timeout=10)
    try:
        yield held
    finally:
        if held:
            lock.release()


def disable_network(uid=None, gid=None):
    """Takes the network from this process and its children; where the kernel refuses, nothing happens."""
    import ctypes
    uid = os.getuid() if uid is None else uid
    gid = os.getgid() if gid is None else gid
    clone_newnet, clone_newuser = 0x40000000, 0x10000000
    if ctypes.CDLL("libc.so.6", use_errno=True).unshare(clone_newnet | clone_newuser) != 0:
        bb.debug(1, "the kernel does not let this process give up the network")
        return
    for path, text in (("/proc/self/uid_map", "%s %s 1" % (uid, uid)), ("/proc/self/setgroups", "deny"),
                       ("/proc/self/gid_map", "%s %s 1" % (gid, gid))):
        with open(path, "w") as file:
            file.write(text)


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    """A temporary file whose name no other process of this machine makes up."""
    import tempfile
    own = "%s%d-" % (prefix if prefix is not None else tempfile.gettempprefix(), os.getpid())
    return tempfile.mkstemp(suffix=suffix, prefix=own, dir=dir, text=text)


def path_is_descendant(descendant, ancestor):
    """Whether a path lies in a folder or is that folder, whatever links lead there."""
    wanted = os.stat(ancestor)
    path = os.path.realpath(descendant)
    while True:
        if os.path.exists(path) and os.path.samestat(os.stat(path), wanted):
            return True
        if path == os.path.dirname(path):
            return False
        path = os.path.dirname(path)


def prune_suffix(var, suffixes, d):
    """A name without the first of some suffixes that it ends with."""
    return next((var[:-len(suffix)] for suffix in suffixes if suffix and var.endswith(suffix)), var)


def goh1_file(filename):
    """What a Go module's h1 digest covers, in hexadecimal: of an archive (a zip) or of a single file."""
    import zipfile
    lines = []
    if zipfile.is_zipfile(filename):
        with zipfile.ZipFile(filename) as archive:
            for name in sorted(archive.namelist()):
                lines.append("%s  %s\n" % (hashlib.sha256(archive.read(name)).hexdigest(), name))
    else:
        lines.append("%s  go.mod\n" % sha256_file(filename))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


# ---- code

def clean_context():
    return {"os": os, "bb": bb, "time": time}


def better_compile(text, file, realfile, mode="exec", lineno=0):
    """compile() that tells the user where a mistake is, then raises BBHandledException."""
    try:
        return compile("\n" * int(lineno) + text, realfile, mode)
    except (SyntaxError, ValueError) as exc:
        bb.error("Error in compiling python function in %s, line %s: %s" % (realfile, getattr(exc, "lineno", "?"), exc))
        raise bb.BBHandledException(exc) from exc


def better_exec(code, context, text=None, realfile="<code>", pythonexception=False):
    """Runs code in the shared globals; unknown exceptions are told and become BBHandledException."""
    if not hasattr(code, "co_filename"):
        code = better_compile(code, realfile, realfile)
    try:
        exec(code, _context, context)
    except (bb.BBHandledException, bb.parse.SkipRecipe, bb.data_smart.ExpansionError, bb.process.ExecutionError):
        raise
    except Exception as exc:
        if pythonexception:
            raise
        import traceback
        bb.error("Error executing a python function in %s:\n%s" % (realfile, traceback.format_exc()))
        raise bb.BBHandledException() from exc


def simple_exec(code, context):
    exec(code, _context, context)


def exec_flat_python_func(func, *args, **kwargs):
    """Runs a function of metadata by its name."""
    return better_eval("func(*args, **kwargs)", {"func": _context[func], "args": args, "kwargs": kwargs})


def get_referenced_vars(start_expr, d):
    """The variables that a text refers to, then those that these refer to, and so on."""
    empty = bb.data.init()
    found, texts = [], [start_expr]
    while texts:
        met = set().union(*(empty.expandWithRefs(text, None).references for text in texts if isinstance(text, str)))
        new = sorted(met - set(found))
        found += new
        texts = [d.getVar(name, False) for name in new]
    return found


def load_plugins(logger, plugins, pluginpath):
    """Imports every module of a folder; what its plugin_init() gives, or the module, is appended to plugins."""
    import importlib.util
    for path in sorted(glob.glob(os.path.join(pluginpath, "*.py"))):
        name = os.path.basename(path)[:-3]
        if name == "__init__":
            continue
        logger.debug("Loading plugin %s" % name)
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made = module.plugin_init(plugins) if hasattr(module, "plugin_init") else None
        plugins.append(made or module)


class LogCatcher(logging.Handler):
    """Keeps the messages that it gets."""

    def __init__(self):
        self.messages = []
        super().__init__()

    def emit(self, record):
        self.messages.append(bb.build.logformatter.format(record))

    def contains(self, message):
        return message in self.messages


# ---- the environment

def preserved_envvars_exported():
    return ["BB_TASKHASH", "HOME", "LOGNAME", "PATH", "PWD", "SHELL", "USER", "LC_ALL", "BBSERVER"]


def preserved_envvars():
    return preserved_envvars_exported() + ["BBPATH", "BB_PRESERVE_ENV", "BB_ENV_PASSTHROUGH_ADDITIONS"]


def approved_variables():
    """The names of the environment that may reach metadata."""
    if "BB_PRESERVE_ENV" in os.environ:
        return list(os.environ)
    if "BB_ENV_PASSTHROUGH" in os.environ:
        names = os.environ["BB_ENV_PASSTHROUGH"].split() + ["BB_ENV_PASSTHROUGH"]
    else:
        names = preserved_envvars()
    if "BB_ENV_PASSTHROUGH_ADDITIONS" in os.environ:
        names = names + os.environ["BB_ENV_PASSTHROUGH_ADDITIONS"].split() + ["BB_ENV_PASSTHROUGH_ADDITIONS"]
    return names


def filter_environment(good_vars):
    """Leaves only the named variables in the environment; those taken out."""
    removed = {name: os.environ.pop(name) for name in list(os.environ) if name not in good_vars}
    os.environ["LC_ALL"] = "en_US.UTF-8"
    return removed


def clean_environment():
    return {} if "BB_PRESERVE_ENV" in os.environ else filter_environment(approved_variables())


def empty_environment():
    for name in list(os.environ):
        del os.environ[name]


def build_environment(d):
    """The exported variables into the environment."""
    for name, value in bb.data.exported_vars(d):
        os.environ[name] = value


# ---- layers

from bb.edit import edit_bblayers_conf, edit_metadata, edit_metadata_file  # noqa: E402,F401


def get_collection_res(d):
    """collection -> the pattern of its files."""
    names = (d.getVar("BBFILE_COLLECTIONS") or "").split()
    return {name: d.getVar("BBFILE_PATTERN_%s" % name) or "" for name in names}


def get_file_layer(filename, d, collection_res={}):
    """The layer that a recipe file belongs to, by the longest pattern that matches."""
    patterns = collection_res or get_collection_res(d)

    def layer_of(path):
        matching = [(len(pattern), name) for name, pattern in patterns.items() if pattern and re.match(pattern, path)]
        return max(matching)[1] if matching else None

    import fnmatch
    found = None
    bbfiles = (d.getVar("BBFILES_PRIORITIZED") or "").split()
    for pattern in bbfiles:
        if fnmatch.fnmatchcase(filename, pattern):
            found = layer_of(pattern)
            break
    return found or layer_of(filename) or filename
