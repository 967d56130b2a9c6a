# SPDX-License-Identifier: Apache-2.0
"""git sources: a bare clone in DL_DIR/git2, a checkout of the revision in the work folder.

What mirrors offer: git2_NAME.tar.gz, the clone in a tarball, and gitshallow_NAME_REVISION.tar.gz, a clone without most
of its history (git_shallow.py)."""

import contextlib
import os
import re
import shlex
import shutil
import urllib.parse

import bb
from bb import progress, utils
from bb.fetch2 import git_lfs, git_shallow, revision
from bb.fetch2.errors import FetchError, LocalModificationsError, NetworkAccess, ParameterError, RebaseError, UnpackError
from bb.fetch2.method import FetchMethod
from bb.fetch2.network import check_network_access, logger, runfetchcmd, trusted_network
from bb.fetch2.release import is_2_8

sha1_re = re.compile(r"^[0-9a-f]{40}$")
_PROTOCOLS = ("git", "file", "ssh", "http", "https", "rsync")
_NOT_RELEASED = re.compile(r"(alpha|beta|rc|final)+")
_NAME_OF = str.maketrans({"/": ".", "*": ".", " ": "_", "(": "_", ")": "_"})


class GitProgressHandler(progress.LineFilterProgressHandler):
    """Reads how far git says it is: stages, each with a part of the whole."""

    _STAGES = (("Counting objects", 0, 20), ("Compressing objects", 20, 5), ("Receiving objects", 25, 50), ("Resolving deltas", 75, 25))

    def __init__(self, d):
        super().__init__(d)
        self._seen, self._count, self._stage = "", 0, self._STAGES[0]
        self._fire_progress(-1)  # so that a bar is shown

    def write(self, string):
        self._seen = (self._seen + string)[-4096:]
        for stage in reversed(self._STAGES):
            if stage[0] in self._seen:
                self._stage, self._seen = stage, ""
                break
        percents, counts = re.findall(r"(\d+)%", string), re.findall(r": (\d+)", string)
        if percents:
            rates = re.findall(r"([\d.]+ [a-zA-Z]*/s+)", string)
            self.update(round(self._stage[1] + int(percents[-1]) * self._stage[2] / 100), rates[-1] if rates else None)
        elif counts and self._stage is self._STAGES[0] and int(counts[-1]) > self._count:
            self._count = int(counts[-1])
            self._fire_progress(-self._count)
        super().write(string)


def _is_on(ud, name):
    return ud.parm.get(name, "0") == "1"


@contextlib.contextmanager
def create_atomic(filename):
    """A file to write that gets its name when it is whole."""
    part = "%s.%d" % (filename, os.getpid())
    try:
        yield part
        os.rename(part, filename)
    finally:
        utils.remove(part)


class Git(FetchMethod):
    make_shallow_path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../bin/git-make-shallow")
    has_revisions = True

    def supports(self, ud, d):
        return ud.type == "git"

    def supports_checksum(self, urldata):
        return False

    def cleanup_upon_failure(self):
        return False

    # ---- what a URL says

    def urldata_init(self, ud, d):
        self._read_protocol(ud)
        for name in ("nocheckout", "rebaseable", "nobranch", "usehead", "bareclone"):
            setattr(ud, name, _is_on(ud, name))
        if ud.usehead:
            if ud.proto != "file":
                raise ParameterError("The usehead option is only for use with local ('protocol=file') git repositories", ud.url)
            ud.nobranch = True
        ud.nocheckout = ud.nocheckout or ud.bareclone
        self._read_branches(ud)
        ud.noshared = d.getVar("BB_GIT_NOSHARED") == "1"
        ud.cloneflags = "-n" + ("" if ud.noshared else " -s") + (" --mirror" if ud.bareclone else "")
        git_shallow.read_settings(ud, d)
        remote_name = "" if is_2_8() else " -c clone.defaultRemoteName=origin"
        ud.basecmd = d.getVar("FETCHCMD_git") or "git -c gc.autoDetach=false -c core.pager=cat -c safe.bareRepository=all" + remote_name
        tarballs = d.getVar("BB_GENERATE_MIRROR_TARBALLS") or "0"
        ud.write_tarballs = tarballs != "0" or ud.rebaseable
        ud.write_shallow_tarballs = (d.getVar("BB_GENERATE_SHALLOW_TARBALLS") or tarballs) != "0"
        ud.setup_revisions(d)
        self._resolve_revisions(ud, d)
        self._name_places(ud, d.getVar("DL_DIR") or "", d.getVar("GITDIR"))

    def _read_protocol(self, ud):
        ud.proto = ud.parm.get("protocol") or ("git" if ud.host else "file")
        if ud.host == "github.com" and ud.proto == "git":
            ud.proto = "https"
            bb.warn("URL: %s uses git protocol which is no longer supported by github. Please change to ;protocol=https in the url." % ud.url)
        if ud.proto not in _PROTOCOLS:
            raise ParameterError("Invalid protocol type: '%s'" % ud.proto, ud.url)

    def _read_branches(self, ud):
        branches = ud.parm.get("branch", "").split(",")
        if branches == [""] and not ud.nobranch:
            if not is_2_8():
                raise ParameterError("The url does not set any branch parameter or set nobranch=1.", ud.url)
            bb.warn("URL: %s does not set any branch parameter, which will be an error; master is taken." % ud.url)
            branches = ["master"]
        if len(branches) != len(ud.names):
            raise ParameterError("The number of name and branch parameters is not balanced", ud.url)
        ud.branches = dict(zip(ud.names, branches))
        ud.branch = branches[0]
        ud.unresolved = {name: "HEAD" if ud.usehead else branch for name, branch in ud.branches.items()}
        ud.unresolvedrev = ud.unresolved[ud.names[0]]

    def _resolve_revisions(self, ud, d):
        """A name of a revision becomes the revision."""
        for name in ud.names:
            if not sha1_re.match(ud.revisions[name] or ""):
                ud.unresolved[name] = ud.revisions[name] or ud.unresolved[name]
                ud.unresolvedrev = ud.unresolved[ud.names[0]]
                ud.revisions[name] = self.latest_revision(ud, d, name)
        ud.revision = ud.revisions[ud.names[0]]

    def _name_places(self, ud, downloads, clones):
        name = ud.host.replace(":", ".") + ud.path.translate(_NAME_OF)
        name = name[1:] if name.startswith(".") else name
        if ud.rebaseable:  # its revision may be gone some day: the mirror keeps each
            name += "".join("_" + ud.revisions[one] for one in ud.names)
        ud.clonedir = os.path.join(clones or downloads + "/git2", name)
        ud.localfile = ud.clonedir
        tarball = "git2_%s.tar.gz" % name
        ud.fullmirror = os.path.join(downloads, tarball)
        ud.mirrortarballs = [tarball]
        if ud.shallow:
            ud.shallowtarball = git_shallow.tarball_name(ud, name, type(self).__name__.lower())
            ud.fullshallow = os.path.join(downloads, ud.shallowtarball)
            ud.mirrortarballs.insert(0, ud.shallowtarball)

    def localpath(self, urldata, d):
        return urldata.clonedir

    def _get_repo_url(self, ud):
        """The repository's address. It never holds a password: SRC_URI is written to many places."""
        return "%s://%s%s%s" % (ud.proto, ud.user + "@" if ud.user else "", ud.host, urllib.parse.quote(ud.path))

    # ---- what is here already

    def need_update(self, ud, d):
        return (self.clonedir_need_update(ud, d) or self.shallow_tarball_need_update(ud) or self.tarball_need_update(ud)
                or self.lfs_need_update(ud, d))

    def clonedir_need_update(self, ud, d):
        if not os.path.exists(ud.clonedir):
            return True
        if ud.shallow and ud.write_shallow_tarballs and self.clonedir_need_shallow_revs(ud, d):
            return True
        if not all(self._contains_ref(ud, d, name, ud.clonedir) for name in ud.names):
            return True
        return "tag" in ud.parm and not is_2_8() and not self._contains_ref(ud, d, ud.name, ud.clonedir, tag=True)

    def clonedir_need_shallow_revs(self, ud, d):
        """The first of BB_GIT_SHALLOW_REVS that the clone does not know."""
        for rev in ud.shallow_revs:
            try:
                runfetchcmd("%s rev-parse -q --verify %s" % (ud.basecmd, rev), d, quiet=True, workdir=ud.clonedir)
            except FetchError:
                return rev
        return None

    def shallow_tarball_need_update(self, ud):
        return ud.shallow and ud.write_shallow_tarballs and not os.path.exists(ud.fullshallow)

    def tarball_need_update(self, ud):
        return ud.write_tarballs and not os.path.exists(ud.fullmirror)

    def lfs_need_update(self, ud, d):
        return self._need_lfs(ud) and (self.clonedir_need_update(ud, d) or not git_lfs.is_complete(self, ud, d, ud.clonedir))

    def _need_lfs(self, ud):
        return ud.parm.get("lfs", "1") == "1"

    def _find_git_lfs(self, d):
        return shutil.which("git-lfs", path=d.getVar("PATH")) is not None

    def _contains_ref(self, ud, d, name, wd, tag=False):
        """Whether a repository has a revision, on its branch if it is to be on one."""
        wanted = "refs/tags/%s" % ud.parm["tag"] if tag else ud.revisions[name]
        if ud.nobranch:
            command = "%s log --pretty=oneline -n 1 %s -- 2> /dev/null" % (ud.basecmd, shlex.quote(wanted))
        else:
            command = "%s branch --contains %s --list %s 2> /dev/null" % (ud.basecmd, shlex.quote(wanted), shlex.quote(ud.branches[name]))
        try:
            return bool(runfetchcmd(command, d, quiet=True, workdir=wd).strip())
        except FetchError:
            return False

    # ---- download

    def try_premirror(self, urldata, d):
        """A clone that is there is brought up to date from upstream, where that may be asked: a premirror may be old."""
        if utils.to_boolean(d.getVar("BB_FETCH_PREMIRRORONLY")) or not trusted_network(d, urldata.url):
            return True
        return not os.path.exists(urldata.clonedir)

    def update_mirror_links(self, ud, origud):
        super().update_mirror_links(ud, origud)
        if origud.shallow and not os.path.exists(origud.fullshallow):
            self.ensure_symlink(ud.localpath, origud.fullshallow)

    def download(self, ud, d):
        """A clone that has the revision is best, then a shallow tarball, then a tarball with what upstream adds to it."""
        if ud.shallow and os.path.exists(ud.fullshallow) and self.need_update(ud, d):
            ud.localpath = ud.fullshallow
            return
        if os.path.exists(ud.fullmirror) and self.need_update(ud, d):
            self._take_tarball(ud, d)
        if not self._is_repository(ud, d) and not self._clone(ud, d):
            return
        if self.clonedir_need_update(ud, d):
            self._update(ud, d)
        for name in ud.names:
            if not self._contains_ref(ud, d, name, ud.clonedir):
                raise FetchError("Unable to find revision %s in branch %s even from upstream" % (ud.revisions[name], ud.branches[name]))
        missing = self.clonedir_need_shallow_revs(ud, d) if ud.shallow and ud.write_shallow_tarballs else None
        if missing:
            raise FetchError("Unable to find revision %s even from upstream" % missing)
        if self.lfs_need_update(ud, d):
            git_lfs.fetch(self, ud, d, ud.clonedir)

    def _take_tarball(self, ud, d):
        """What a mirror tarball holds becomes the clone, or is added to it."""
        if not os.path.exists(ud.clonedir):
            utils.mkdirhier(ud.clonedir)
            runfetchcmd("tar -xzf %s" % shlex.quote(ud.fullmirror), d, workdir=ud.clonedir, cleanup=[ud.clonedir])
            return
        import tempfile
        with tempfile.TemporaryDirectory(dir=d.getVar("DL_DIR")) as folder:
            runfetchcmd("tar -xzf %s" % shlex.quote(ud.fullmirror), d, workdir=folder)
            if "mirror" in runfetchcmd("%s remote" % ud.basecmd, d, quiet=True, workdir=ud.clonedir).split():
                runfetchcmd("%s remote rm mirror" % ud.basecmd, d, workdir=ud.clonedir)
            runfetchcmd("%s remote add --mirror=fetch mirror %s" % (ud.basecmd, shlex.quote(folder)), d, workdir=ud.clonedir)
            runfetchcmd("LANG=C %s fetch -f --update-head-ok --progress mirror" % ud.basecmd, d, workdir=ud.clonedir)

    def _is_repository(self, ud, d):
        """Whether the clone is a repository of its own, not a folder within another one. What is none is removed."""
        if not os.path.exists(ud.clonedir):
            return False
        try:
            top = runfetchcmd("LANG=C %s rev-parse --absolute-git-dir" % ud.basecmd, d, workdir=ud.clonedir).rstrip()
            if utils.path_is_descendant(top, ud.clonedir):
                return True
            logger.warning("Top level directory '%s' is not a descendant of '%s'. Re-cloning", top, ud.clonedir)
        except (FetchError, FileNotFoundError) as exc:
            logger.warning("Unable to get top level for %s (not a git directory?): %s", ud.clonedir, exc)
        if os.path.islink(ud.clonedir) or not os.path.isdir(ud.clonedir):
            os.unlink(ud.clonedir)
        else:
            shutil.rmtree(ud.clonedir)
        return False

    def _clone(self, ud, d):
        """Makes the clone; False when a shallow tarball will do instead."""
        address = self._get_repo_url(ud)
        if address.startswith("file://"):
            objects = os.path.join(ud.path, "objects")
            if os.path.isdir(objects) and not os.path.islink(objects):  # then git may link its files
                address = ud.path
        part = "%s.part.%d" % (ud.clonedir, os.getpid())
        command = "LANG=C %s clone --bare --mirror %s %s --progress" % (ud.basecmd, shlex.quote(address), shlex.quote(part))
        if ud.proto.lower() != "file":
            check_network_access(d, command, ud.url)
        if ud.shallow and not ud.shallow_skip_fast and not is_2_8():
            try:
                git_shallow.make_tarball(self, ud, d)
                ud.localpath = ud.fullshallow
                return False
            except FetchError as exc:
                logger.warning("Creating fast initial shallow clone failed, try initial regular clone now.")
                logger.debug(str(exc))
        utils.mkdirhier(os.path.dirname(ud.clonedir))
        try:
            runfetchcmd(command, d, log=GitProgressHandler(d))
            os.rename(part, ud.clonedir)
        finally:
            utils.remove(part, True)
        return True

    def _update(self, ud, d):
        """Brings the clone to what upstream has now."""
        address = shlex.quote(self._get_repo_url(ud))
        if "origin" in runfetchcmd("%s remote" % ud.basecmd, d, quiet=True, workdir=ud.clonedir).split():
            runfetchcmd("%s remote rm origin" % ud.basecmd, d, workdir=ud.clonedir)
        runfetchcmd("%s remote add --mirror=fetch origin %s" % (ud.basecmd, address), d, workdir=ud.clonedir)
        what = "refs/*:refs/*" if ud.nobranch else "refs/heads/*:refs/heads/* refs/tags/*:refs/tags/*"
        command = "LANG=C %s fetch -f --progress %s %s" % (ud.basecmd, address, what)
        if ud.proto.lower() != "file":
            check_network_access(d, command, ud.url)
        runfetchcmd(command, d, log=GitProgressHandler(d), workdir=ud.clonedir)
        for tidy in ("repack -adk", "pack-refs --all", "prune-packed"):
            runfetchcmd("%s %s" % (ud.basecmd, tidy), d, workdir=ud.clonedir)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(ud.fullmirror)  # it is old now

    def build_mirror_data(self, ud, d):
        if ud.shallow and ud.write_shallow_tarballs:
            if not os.path.exists(ud.fullshallow):
                utils.remove(ud.fullshallow)
                git_shallow.make_tarball(self, ud, d)
        elif ud.write_tarballs and not os.path.exists(ud.fullmirror):
            utils.remove(ud.fullmirror)
            logger.info("Creating tarball of git repository")
            day = runfetchcmd("%s log --all -1 --format=%%cD" % ud.basecmd, d, quiet=True, workdir=ud.clonedir).strip()
            with create_atomic(ud.fullmirror) as part:  # the same for everybody: no user, no time of day
                runfetchcmd("tar -czf %s --owner oe:0 --group oe:0 --mtime \"%s\" ." % (shlex.quote(part), day), d, workdir=ud.clonedir)
            runfetchcmd("touch %s.done" % shlex.quote(ud.fullmirror), d)

    def clone_shallow_local(self, ud, dest, d):
        """Makes the repository that a shallow tarball holds."""
        (git_shallow.clone_and_cut if is_2_8() else git_shallow.clone)(self, ud, dest, d)

    def clean(self, urldata, d):
        ud = urldata
        places = [ud.localpath, ud.fullmirror, ud.fullmirror + ".done"]
        if os.path.islink(ud.localpath):  # to what was cloned from a mirror
            places.append(os.path.realpath(ud.localpath))
        if ud.shallow:
            places += [ud.fullshallow, ud.fullshallow + ".done"]
        for place in places:
            if os.path.lexists(place):
                bb.note("Removing %s" % place)
                utils.remove(place, True)

    # ---- unpack

    def unpack_update(self, urldata, rootdir, data):
        return self.unpack(urldata, rootdir, data, update=True)

    def _destination(self, ud, root, d):
        suffix = (d.getVar("BB_GIT_DEFAULT_DESTSUFFIX") or "git") + "/"
        if ud.parm.get("subpath"):
            suffix = os.path.basename(ud.parm["subpath"].rstrip("/")) + "/"
        subdir = ud.parm.get("subdir")
        if subdir:
            suffix = ""
            if os.path.isabs(subdir) and not os.path.realpath(subdir).startswith(os.path.realpath(root)):
                raise UnpackError("subdir argument isn't a subdirectory of unpack root %s" % root, ud.url)
            root = os.path.join(root, subdir)
        return os.path.join(root, ud.parm.get("destsuffix", suffix))

    def unpack(self, urldata, rootdir, data, update=False):
        ud, d = urldata, data
        target = ud.destdir = self._destination(ud, rootdir, d)
        if os.path.exists(target) and not update:
            utils.prunedir(target)
        if not ud.bareclone:
            ud.unpack_tracer.unpack("git", target)
        if not self._need_lfs(ud) and not ud.basecmd.startswith("GIT_LFS"):
            ud.basecmd = "GIT_LFS_SKIP_SMUDGE=1 " + ud.basecmd
        if self._lay_out(ud, target, d, update and os.path.exists(target)):
            self._rebase(ud, target, d)
            return True
        self._check_tag(ud, target, d)
        address = self._get_repo_url(ud)
        runfetchcmd("%s remote set-url origin %s" % (ud.basecmd, shlex.quote(address)), d, workdir=target)
        if not is_2_8():
            self._add_download_remote(ud, target, d)
        if git_lfs.is_used(self, ud, d, target):
            if self._need_lfs(ud):
                git_lfs.require(self, ud, d)
                runfetchcmd("%s lfs install --local" % ud.basecmd, d, workdir=target)
            else:
                bb.note("Repository %s has LFS content but it is not being fetched" % address)
        if not ud.nocheckout:
            self._check_out(ud, target, d)
        return True

    def _lay_out(self, ud, target, d, update):
        """Clones the clone, or unpacks a shallow one; True when there is a checkout to be brought up to date instead."""
        why = []
        if not self.clonedir_need_update(ud, d):
            if not update:
                runfetchcmd("%s clone %s %s/ %s" % (ud.basecmd, ud.cloneflags, shlex.quote(ud.clonedir), shlex.quote(target)), d)
            return update
        why.append("clone directory not available or not up to date: " + ud.clonedir)
        if ud.shallow and os.path.exists(ud.fullshallow):
            if not update:
                utils.mkdirhier(target)
                runfetchcmd("tar -xzf %s" % shlex.quote(ud.fullshallow), d, workdir=target)
            return update
        why.append("shallow clone not available: " + ud.fullshallow if ud.shallow else "shallow clone not enabled")
        raise UnpackError("No up to date source found: " + "; ".join(why), ud.url)

    def _add_download_remote(self, ud, target, d):
        try:
            runfetchcmd("%s remote get-url dldir" % ud.basecmd, d, workdir=target)
        except FetchError:
            runfetchcmd("%s remote add dldir file://%s" % (ud.basecmd, shlex.quote(ud.clonedir)), d, workdir=target)

    def _rebase(self, ud, target, d):
        """The commits of a checkout are put on the new revision."""
        if ud.shallow:
            raise UnpackError("Can't update shallow clones checkouts without network access, not supported.", ud.url)
        changes = runfetchcmd("%s status --untracked-files=no --porcelain" % ud.basecmd, d, workdir=target)
        if changes:
            raise LocalModificationsError(target, ud.url, changes)
        self._add_download_remote(ud, target, d)
        try:
            runfetchcmd("%s fetch dldir" % ud.basecmd, d, workdir=target)
        except FetchError as exc:
            raise UnpackError("Failed to fetch from dldir remote: %s" % exc, ud.url) from exc
        try:
            runfetchcmd("%s rebase --no-autosquash --no-autostash %s" % (ud.basecmd, ud.revision), d, workdir=target)
        except FetchError as exc:
            with contextlib.suppress(FetchError):  # there may be none to give up
                runfetchcmd("%s rebase --abort" % ud.basecmd, d, workdir=target)
            raise RebaseError(target, ud.url, str(exc)) from exc

    def _check_tag(self, ud, target, d):
        """A tag and a revision that are both given have to be of one commit."""
        if "tag" not in ud.parm or is_2_8():
            return

        def commit(what):
            return runfetchcmd("%s rev-list -n 1 %s" % (ud.basecmd, shlex.quote(what)), d, workdir=target).strip()

        found = commit(ud.parm["tag"])
        if found != ud.revision and found != commit(ud.revision):  # the revision may be that of an annotated tag
            raise FetchError("The revision the git tag '%s' resolved to didn't match the SRCREV in use (%s vs %s)"
                             % (ud.parm["tag"], found, ud.revision), ud.url)

    def _check_out(self, ud, target, d):
        def git(command):
            runfetchcmd("%s %s" % (ud.basecmd, command), d, workdir=target)

        branch = shlex.quote(ud.branch)
        if ud.parm.get("subpath"):
            git("read-tree %s:%s" % (ud.revision, shlex.quote(ud.parm["subpath"])))
            git("checkout-index -q -f -a")
            if not is_2_8():
                git("update-ref --no-deref HEAD %s" % ud.revision)
                if not ud.nobranch:
                    git("update-ref refs/heads/%s %s" % (branch, ud.revision))
        elif ud.nobranch:
            git("checkout %s" % ud.revision)
        else:
            git("checkout -B %s %s" % (branch, ud.revision))
            git("branch %s --set-upstream-to origin/%s" % (branch, branch))

    # ---- what upstream says

    def _revision_key(self, ud, d, name):
        return "git:" + ud.host + re.sub("/+", ".", ud.path) + ud.unresolved[name]

    def _lsremote(self, ud, d, search):
        """What git ls-remote says."""
        if d.getVar("_BB_GIT_IN_LSREMOTE", False):  # PATH led through PV to here, and is not needed
            return ""
        d.setVar("_BB_GIT_IN_LSREMOTE", "1")
        try:
            address = self._get_repo_url(ud)
            command = "%s ls-remote %s %s" % (ud.basecmd, shlex.quote(address), search)
            if ud.proto.lower() != "file":
                check_network_access(d, command, address)
            found = runfetchcmd(command, d, True)
        finally:
            d.delVar("_BB_GIT_IN_LSREMOTE")
        if not found:
            raise FetchError("The command %s gave empty output unexpectedly" % command, ud.url)
        return found

    def _latest_revision(self, ud, d, name):
        what = ud.unresolved[name]
        if not d.getVar("__BBSRCREV_SEEN"):
            raise FetchError("Recipe uses a floating tag/branch '%s' for repo '%s' without a fixed SRCREV yet doesn't call "
                             "bb.fetch2.get_srcrev() (use SRCPV in PV for OE)." % (what, ud.host + ud.path))
        revision.mark_recipe_nocache(d)
        said = {}
        for line in self._lsremote(ud, d, "").splitlines():
            found, _, ref = line.partition("\t")
            said[ref.strip()] = found
        exact = what.startswith("refs/") or ud.usehead
        head, tag = (what, what) if exact else ("refs/heads/" + what, "refs/tags/" + what)
        for ref in (head, tag + "^{}", tag):
            if ref in said:
                return said[ref]
        raise FetchError("Unable to resolve '%s' in upstream git repository in git ls-remote output for %s" % (what, ud.host + ud.path))

    def latest_versionstring(self, ud, d):
        """The newest version that a tag names, by UPSTREAM_CHECK_GITTAGREGEX."""
        newest = ("", "")
        try:
            said = self._lsremote(ud, d, "refs/tags/*")
        except (FetchError, NetworkAccess) as exc:
            bb.note("Could not list remote: %s" % exc)
            return newest
        wanted = re.compile(d.getVar("UPSTREAM_CHECK_GITTAGREGEX") or r"(?P<pver>([0-9][\.|_]?)+)")
        for rev, tag in re.findall(r"^([0-9a-f]{40})\s+refs/tags/(.*)$", said, re.MULTILINE):
            found = None if _NOT_RELEASED.search(tag) else wanted.search(tag)
            version = found["pver"].replace("_", ".") if found else ""
            if found and not (newest[0] and utils.vercmp(("0", version, ""), ("0", newest[0], "")) < 0):
                newest = (version, rev)
        return newest

    def gitpkgv_revision(self, ud, d, name):
        """A revision that grows: how many commits lead to it. Known only once it is fetched."""
        rev = ud.revisions[name]
        if not os.path.exists(ud.localpath):
            return True, str(rev)
        kept = os.path.join(ud.localpath, "oe-gitpkgv_" + rev)
        count = ""
        if os.path.exists(kept):
            with open(kept) as file:
                count = file.readline().strip()
        if not count:
            count = runfetchcmd("git rev-list --count %s --" % shlex.quote(rev), d, quiet=True, workdir=ud.localpath).strip()
            with open(kept, "w") as file:
                file.write(count + "\n")
        return (False, "%s+%s" % (count, rev[:7])) if count else (True, str(rev))

    def checkstatus(self, fetch, urldata, d):
        try:
            self._lsremote(urldata, d, "")
            return True
        except FetchError:
            return False
