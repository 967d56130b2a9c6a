# SPDX-License-Identifier: Apache-2.0
"""Clones without most of their history, in tarballs: BB_GIT_SHALLOW.

BB_GIT_SHALLOW_DEPTH says how much of a branch's history is kept, BB_GIT_SHALLOW_REVS where it is cut off,
BB_GIT_SHALLOW_EXTRA_REFS what is kept besides; _NAME after the first two is for one name."""

import collections
import fnmatch
import os
import shlex

from bb import utils
from bb.fetch2 import git_lfs
from bb.fetch2.errors import FetchError
from bb.fetch2.network import logger, runfetchcmd
from bb.fetch2.release import is_2_8


def _depth(d, variable):
    """A number of commits; None when nothing is said."""
    text = d.getVar(variable)
    if text is None:
        return None
    if not (text or "0").isdigit():
        raise FetchError("Invalid depth for %s: %s" % (variable, text))
    return int(text or 0)


def read_settings(ud, d):
    ud.shallow_skip_fast = False
    ud.shallow = d.getVar("BB_GIT_SHALLOW") == "1"
    ud.shallow_extra_refs = (d.getVar("BB_GIT_SHALLOW_EXTRA_REFS") or "").split()
    if "tag" in ud.parm and not is_2_8():
        ud.shallow_extra_refs.append("refs/tags/" + ud.parm["tag"])
    usual = _depth(d, "BB_GIT_SHALLOW_DEPTH")
    ud.shallow_depths = collections.defaultdict(lambda: 1 if usual is None else usual)
    ud.shallow_revs = []
    for name in ud.names:
        own = _depth(d, "BB_GIT_SHALLOW_DEPTH_%s" % name)
        if own is not None:
            ud.shallow_depths[name] = own
        revs = d.getVar("BB_GIT_SHALLOW_REVS_%s" % name)
        ud.shallow_revs += (d.getVar("BB_GIT_SHALLOW_REVS") or "" if revs is None else revs).split()
    if not ud.shallow_revs and not any(ud.shallow_depths[name] for name in ud.names):
        ud.shallow = False


def tarball_name(ud, name, kind):
    """What the tarball is called: all that decides what is in it."""
    parts = [name] + (["bare"] if ud.bareclone else []) + sorted(ud.shallow_revs)
    for one, revision in sorted(ud.revisions.items()):
        depth = ud.shallow_depths[one]
        parts.append(revision[:7] + ("-%d" % depth if depth else ""))
    refs = [] if ud.nobranch else list(ud.branches.values())
    refs += [ref.replace("refs/heads/", "").replace("*", "ALL") for ref in ud.shallow_extra_refs]
    if refs:
        parts.append("_".join(sorted(refs)).replace("/", "."))
    return "%sshallow_%s.tar.gz" % (kind, "_".join(parts))


def make_tarball(method, ud, d):
    """Writes the shallow tarball: right from upstream if there is no clone and that works, or out of the clone."""
    import tempfile
    from bb.fetch2.git import create_atomic
    ways = [False] if is_2_8() else [True, False]
    for fast in ways:
        ud.shallow_skip_fast = not fast
        with tempfile.TemporaryDirectory(dir=d.getVar("DL_DIR")) as folder:
            clone = os.path.join(folder, "git")
            try:
                method.clone_shallow_local(ud, clone, d)
            except FetchError:
                if not fast or not os.path.exists(ud.clonedir):
                    raise
                logger.warning("Fast shallow clone failed, try to skip fast mode now.")
                continue
            logger.info("Creating tarball of git repository")
            with create_atomic(ud.fullshallow) as part:
                runfetchcmd("tar -czf %s ." % shlex.quote(part), d, workdir=clone)
            runfetchcmd("touch %s.done" % shlex.quote(ud.fullshallow), d)
            return


def _ref_of(ud, name):
    """What keeps a revision in the clone: its branch, cut off there."""
    if ud.nobranch:
        return "refs/shallow/%s" % name
    return ("refs/heads/%s" if ud.bareclone else "refs/remotes/origin/%s") % ud.branches[name]


def _extra_refs(ud, there):
    """BB_GIT_SHALLOW_EXTRA_REFS by what there is."""
    out = []
    for ref in ud.shallow_extra_refs:
        ref = ref if ud.bareclone else ref.replace("refs/heads/", "refs/remotes/origin/")
        out += [one for one in there if fnmatch.fnmatchcase(one, ref)] if "*" in ref else [ref]
    return out


def clone(method, ud, dest, d):
    """Fetches the revisions with so much history as is wanted into a new repository."""
    address = shlex.quote(method._get_repo_url(ud))

    def git(command):
        return runfetchcmd("%s %s" % (ud.basecmd, command), d, workdir=dest)

    utils.mkdirhier(dest)
    git("init -q" + (" --bare" if ud.bareclone else ""))
    from_upstream = not ud.shallow_skip_fast and not os.path.exists(ud.clonedir)
    git("remote add origin %s" % (address if from_upstream else shlex.quote(ud.clonedir)))
    exclude = "".join(" --shallow-exclude=%s" % shlex.quote(rev) for rev in ud.shallow_revs)
    for name in ud.names:
        revision, depth = ud.revisions[name], ud.shallow_depths[name]
        if depth and exclude:  # git takes one of the two
            raise FetchError("BB_GIT_SHALLOW_REVS is set, but BB_GIT_SHALLOW_DEPTH is not 0.")
        if ud.shallow_skip_fast:  # old servers give only what a ref leads to
            runfetchcmd("git branch -f advertise-%s %s" % (revision, revision), d, workdir=ud.clonedir)
        git("fetch origin %s%s%s" % (revision, " --depth %s" % depth if depth else "", exclude))
        git("update-ref %s %s" % (shlex.quote(_ref_of(ud, name)), revision))
    git_lfs.fetch(method, ud, d, dest)
    for ref in _extra_refs(ud, [line.split()[-1] for line in git("ls-remote origin 'refs/*'").splitlines()]):
        asked = ref.replace("refs/heads/", "").replace("refs/remotes/origin/", "").replace("refs/tags/", "")
        git("fetch origin --depth 1 -- %s" % shlex.quote(asked))
        git("update-ref %s %s" % (shlex.quote(ref), git("rev-parse FETCH_HEAD").strip()))
    git("remote set-url origin %s" % address)


def clone_and_cut(method, ud, dest, d):
    """The way of 2.8: the whole clone is cloned, then its history is cut off."""
    def git(command):
        return runfetchcmd("%s %s" % (ud.basecmd, command), d, workdir=dest)

    runfetchcmd("%s clone %s %s %s" % (ud.basecmd, ud.cloneflags, shlex.quote(ud.clonedir), shlex.quote(dest)), d)
    cuts, refs = [], []
    for name in ud.names:
        if ud.shallow_depths[name]:
            cuts.append("%s~%d^{}" % (ud.revisions[name], ud.shallow_depths[name] - 1))
        refs.append(_ref_of(ud, name))
        git("update-ref %s %s" % (shlex.quote(refs[-1]), ud.revisions[name]))
    cuts += ["%s^{}" % rev for rev in ud.shallow_revs]
    revisions = git("rev-parse " + " ".join(map(shlex.quote, cuts))).split()
    refs += _extra_refs(ud, git("for-each-ref --format='%(refname)'").splitlines())
    command = [method.make_shallow_path, "-s"] + [word for ref in refs for word in ("-r", ref)] + revisions
    runfetchcmd(shlex.join(command), d, workdir=dest)
