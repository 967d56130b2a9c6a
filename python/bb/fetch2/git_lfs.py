# SPDX-License-Identifier: Apache-2.0
"""Large files of git repositories (git-lfs): fetched with the revision that names them."""

import os
import re

import bb
from bb.fetch2.errors import FetchError
from bb.fetch2.network import logger, runfetchcmd


def is_used(method, ud, d, folder):
    """Whether the attributes at the revision speak of lfs."""
    for name in ud.names:
        command = "%s grep '^[^#].*lfs' %s:.gitattributes | wc -l" % (ud.basecmd, ud.revisions[name])
        try:
            if int(runfetchcmd(command, d, quiet=True, workdir=folder)) > 0:
                return True
        except (FetchError, ValueError):  # no such file, or no such revision
            pass
    return False


def require(method, ud, d):
    """Raises unless git-lfs is on PATH."""
    if not method._find_git_lfs(d):
        raise FetchError("Repository %s has LFS content, install git-lfs on host to download (or set lfs=0 to ignore it)"
                         % method._get_repo_url(ud))


def is_complete(method, ud, d, folder):
    """Whether every large file of the revision is here (git-lfs's docs/spec.md has the layout)."""
    if not is_used(method, ud, d, folder):
        return True
    require(method, ud, d)
    for name in ud.names:
        for line in runfetchcmd("%s lfs ls-files -l %s" % (ud.basecmd, ud.revisions[name]), d, quiet=True, workdir=folder).splitlines():
            found = re.match(r"([a-fA-F0-9]{2})([a-fA-F0-9]{2})[a-fA-F0-9]+", line)
            if not found:
                bb.warn("git lfs ls-files output '%s' did not match expected format." % line)
            elif not os.path.exists(os.path.join(folder, "lfs/objects", found[1], found[2], found[0])):
                return False
    return True


def fetch(method, ud, d, folder):
    """Fetches the large files of the revisions. A worktree is needed, for .lfsconfig is read from there."""
    if not method._need_lfs(ud) or not is_used(method, ud, d, folder):
        return
    require(method, ud, d)
    for name in ud.names:
        try:
            runfetchcmd("%s worktree add wt %s" % (ud.basecmd, ud.revisions[name]), d, workdir=folder)
            runfetchcmd("%s lfs fetch" % ud.basecmd, d, workdir=os.path.join(folder, "wt"))
            runfetchcmd("%s worktree remove -f wt" % ud.basecmd, d, workdir=folder)
        except FetchError as exc:
            logger.warning("Fetching LFS did not succeed: %s", exc)
