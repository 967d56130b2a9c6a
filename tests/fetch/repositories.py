# SPDX-License-Identifier: Apache-2.0
"""Sources in repositories of this machine, by the tools themselves."""

import os
import zipfile

import bb
from support import Place, fails, logged, needs, same, test

GIT = "git init -q -b main . && printf '[user]\\nname=a\\nemail=a@example.org\\n[uploadpack]\\nallowAnySHA1InWant=true\\n' >> .git/config"


def commit(place, name, content, cwd="upstream"):
    """A new commit with a file; its revision."""
    place.write(os.path.join(cwd, name), content)
    return place.run("git add -A . && git commit -qm 'about %s' && git rev-parse HEAD" % name, cwd)


def repository(place, commits=3, cwd="upstream"):
    """A git repository with files f1, f2, ...; the revisions."""
    os.makedirs(place.path(cwd), exist_ok=True)
    stream = "".join("commit refs/heads/main\ncommitter a <a@example.org> %d +0000\ndata 1\n%d\nM 644 inline f%d\ndata 2\n%d\n\n" % (1000000000 + n, n, n, n)
                     for n in range(1, commits + 1))
    place.write("stream", stream)
    return place.run(GIT + " && git fast-import --quiet < ../stream && git checkout -q main && git rev-list --reverse main", cwd).split()


def url(place, kind="git", cwd="upstream", **parameters):
    text = "%s://%s;protocol=file" % (kind, place.path(cwd))
    parameters = {"branch": "main", **parameters}
    return text + "".join(";%s=%s" % item for item in parameters.items() if item[1] is not None)


def head(place, folder="work/git"):
    return place.run("git rev-parse HEAD", folder)


def count(place, folder="work/git"):
    return int(place.run("git rev-list --count HEAD", folder))


@test("git: the revision is checked out on its branch, which follows origin's")
def _():
    with Place() as place:
        revs = repository(place)
        place.unpack(url(place, rev=revs[1]))
        same(head(place), revs[1])
        same(sorted(name for name in os.listdir(place.path("work/git")) if name != ".git"), ["f1", "f2"])
        same(place.run("git rev-parse --abbrev-ref HEAD main@{upstream}", "work/git").split(), ["main", "origin/main"])
        same(place.run("git config remote.origin.url", "work/git"), "file://" + place.path("upstream"))


@test("git: a clone that is there is not asked upstream for what it has")
def _():
    with Place() as place:
        revs = repository(place)
        place.fetch(url(place, rev=revs[0]))
        os.rename(place.path("upstream"), place.path("gone"))
        place.unpack(url(place, rev=revs[2]))
        same(head(place), revs[2])


@test("git: a clone is brought up to date for a revision that it has not")
def _():
    with Place() as place:
        revs = repository(place, 1)
        place.fetch(url(place, rev=revs[0]))
        new = commit(place, "new", "new")
        place.unpack(url(place, rev=new))
        same(head(place), new)


@test("git: a revision that is on another branch is refused, unless nobranch=1 says that it may be")
def _():
    with Place() as place, logged():
        repository(place, 1)
        place.run("git checkout -q -b side")
        rev = commit(place, "side", "x")
        fails(lambda: place.fetch(url(place, rev=rev)), bb.fetch2.FetchError)
        place.unpack(url(place, rev=rev, branch=None, nobranch="1"))
        same(head(place), rev)


@test("git: a clone that is broken off leaves nothing that is taken for one")
def _():
    with Place() as place, logged():
        revs = repository(place)
        place.write("git", "#!/bin/sh\ncase \"$*\" in *clone*) for to; do case $to in */git2/*) mkdir -p $to/objects;; esac; done; exit 1;; esac\n"
                    "exec /usr/bin/git \"$@\"\n")
        os.chmod(place.path("git"), 0o755)
        place.d.setVar("FETCHCMD_git", place.path("git"))
        fails(lambda: place.fetch(url(place, rev=revs[0])), bb.fetch2.FetchError)
        same(os.listdir(place.path("downloads/git2")), [])
        place.d.delVar("FETCHCMD_git")
        place.fetch(url(place, rev=revs[0]))


@test("git: what is in the clone's place and is none is replaced")
def _():
    with Place() as place, logged():
        revs = repository(place)
        place.write("downloads/git2/%s/junk" % place.path("upstream").strip("/").replace("/", "."), "x")
        place.unpack(url(place, rev=revs[0]))
        same(head(place), revs[0])


@test("git: destsuffix, subdir and subpath say where and what")
def _():
    with Place() as place:
        repository(place, 1)
        rev = commit(place, "inner/deep/file", "x")
        place.unpack(url(place, rev=rev, destsuffix="there"))
        assert os.path.exists(place.path("work/there/inner/deep/file"))
        place.unpack(url(place, rev=rev, subdir="sub"))
        assert os.path.exists(place.path("work/sub/inner/deep/file"))
        place.unpack(url(place, rev=rev, subpath="inner/deep"))
        same(sorted(os.listdir(place.path("work/deep"))), [".git", "file"])


@test("git: nocheckout has no files, bareclone no work tree")
def _():
    with Place() as place:
        revs = repository(place)
        place.unpack(url(place, rev=revs[0], nocheckout="1"))
        same(os.listdir(place.path("work/git")), [".git"])
        place.unpack(url(place, rev=revs[0], bareclone="1", destsuffix="bare"))
        assert os.path.exists(place.path("work/bare/HEAD"))


@test("git: AUTOREV is the newest revision of the branch, a tag's name that of the tag")
def _():
    with Place(SRCREV="${AUTOREV}") as place:
        revs = repository(place)
        place.run("git tag -a -m old old %s" % revs[0])
        place.unpack(url(place))
        same(head(place), revs[2])
        place.d.delVar("SRCREV")
        place.unpack(url(place, tag="old", branch=None, nobranch="1"))
        same(head(place), revs[0])


@test("git: a tag and a revision that are not of one commit are refused")
def _():
    with Place() as place, logged():
        revs = repository(place)
        place.run("git tag one %s" % revs[0])
        fails(lambda: place.unpack(url(place, tag="one", rev=revs[1])), bb.fetch2.FetchError)
        place.unpack(url(place, tag="one", rev=revs[0]))


@test("git: a URL without a branch is an error, and in 2.8 means master")
def _():
    with Place() as place:
        fails(lambda: place.fetch("git://%s;protocol=file;rev=%s" % (place.path("upstream"), "0" * 40)), bb.fetch2.ParameterError)
        version, bb.__version__ = bb.__version__, "2.8.0"
        try:
            with logged():
                same(bb.fetch2.FetchData("git://x.example/y;rev=" + "0" * 40, place.d).branch, "master")
        finally:
            bb.__version__ = version


@test("git: a mirror tarball is made when it is asked for, holds no user and no time, and is enough")
def _():
    with Place(BB_GENERATE_MIRROR_TARBALLS="1") as place:
        revs = repository(place)
        place.fetch(url(place, rev=revs[2]))
        name = "git2_%s.tar.gz" % place.path("upstream").strip("/").replace("/", ".")
        assert name in place.downloads() and place.is_done(name), place.downloads()
        assert "oe/oe" in place.run("tar -tvzf %s" % place.path("downloads", name)).split("\n")[0]
        os.rename(place.path("downloads", name), place.path("mirror", name))
        place.run("rm -rf downloads upstream; mkdir downloads", ".")
        place.d.setVar("PREMIRRORS", "git://.*/.* file://%s/" % place.path("mirror"))
        place.unpack(url(place, rev=revs[2]))
        same(head(place), revs[2])


@test("git: a mirror tarball that is too old is brought up to date from upstream")
def _():
    with Place(BB_GENERATE_MIRROR_TARBALLS="1") as place:
        revs = repository(place, 1)
        place.fetch(url(place, rev=revs[0]))
        place.run("rm -rf downloads/git2", ".")
        new = commit(place, "new", "new")
        place.unpack(url(place, rev=new))
        same(head(place), new)


@test("git: a shallow clone has as much history as BB_GIT_SHALLOW_DEPTH says, and its tarball is enough")
def _():
    with Place(BB_GIT_SHALLOW="1", BB_GENERATE_SHALLOW_TARBALLS="1", BB_GIT_SHALLOW_DEPTH="2") as place:
        revs = repository(place, 5)
        place.unpack(url(place, rev=revs[4]))
        same(count(place), 2)
        tarballs = [name for name in place.downloads() if name.startswith("gitshallow_")]
        same(tarballs, ["gitshallow_%s_%s-2_main.tar.gz" % (place.path("upstream").strip("/").replace("/", "."), revs[4][:7])])
        place.run("rm -rf downloads/git2 upstream work/git", ".")
        place.unpack(url(place, rev=revs[4]))
        same(head(place), revs[4])


@test("git: BB_GIT_SHALLOW_REVS cuts history off behind a tag")
def _():
    with Place(BB_GIT_SHALLOW="1", BB_GENERATE_SHALLOW_TARBALLS="1", BB_GIT_SHALLOW_DEPTH="0", BB_GIT_SHALLOW_REVS="v1") as place:
        revs = repository(place, 5)
        place.run("git tag v1 %s" % revs[1])
        place.unpack(url(place, rev=revs[4]))
        same(count(place), 3)


@test("git: unpack_update puts the checkout's own commits on the new revision")
def _():
    with Place() as place:
        revs = repository(place, 1)
        place.unpack(url(place, rev=revs[0]))
        place.run("git config user.email b@example.org; git config user.name b", "work/git")
        commit(place, "mine", "mine", "work/git")
        new = commit(place, "theirs", "theirs")
        fetcher = place.fetch(url(place, rev=new))
        fetcher.unpack_update(place.path("work"))
        same(place.run("git rev-parse HEAD~1", "work/git"), new)
        assert os.path.exists(place.path("work/git/mine"))


@test("git: unpack_update refuses a checkout with changes that are in no commit")
def _():
    with Place() as place:
        revs = repository(place, 1)
        place.unpack(url(place, rev=revs[0]))
        place.write("work/git/f1", "changed")
        new = commit(place, "theirs", "theirs")
        fetcher = place.fetch(url(place, rev=new))
        fails(lambda: fetcher.unpack_update(place.path("work")), bb.fetch2.LocalModificationsError)


@test("git: the newest release is the highest version among the tags")
def _():
    with Place(SRCREV="${AUTOREV}") as place:
        revs = repository(place)
        for tag, rev in (("v1.2", revs[0]), ("v1.10", revs[1]), ("v2.0-rc1", revs[2])):
            place.run("git tag %s %s" % (tag, rev))
        ud = bb.fetch2.FetchData(url(place), place.d)
        same(ud.method.latest_versionstring(ud, place.d), ("1.10", revs[1]))


@test("git: a repository that is not there is told as what git said")
def _():
    with Place() as place, logged() as texts:
        fails(lambda: place.fetch(url(place, cwd="nowhere", rev="0" * 40)), bb.fetch2.FetchError)
        assert any("nowhere" in text and "exit code" in text for text in texts), texts


@test("git: a server that is not there is the environment's fault")
def _():
    with Place() as place, logged():
        error = fails(lambda: place.fetch("git://127.0.0.1:1/x;branch=main;rev=" + "0" * 40), bb.fetch2.FetchError)
        assert error.of_environment, error


@test("git: two processes that want one repository at once get it")
def _():
    with Place() as place:
        revs = repository(place)
        children = []
        for name in ("a", "b"):
            pid = os.fork()
            if pid == 0:
                try:
                    place.unpack(url(place, rev=revs[2], destsuffix=name))
                    os._exit(0)
                finally:
                    os._exit(1)
            children.append(pid)
        same([os.waitpid(pid, 0)[1] for pid in children], [0, 0])
        same([head(place, "work/" + name) for name in "ab"], [revs[2]] * 2)


def with_modules(place):
    """A repository with a submodule that has one; (revision, place of the inner)."""
    repository(place, 1, "inner")
    repository(place, 1, "middle")
    place.run("git -c protocol.file.allow=always submodule --quiet add file://%s in && git commit -qm in" % place.path("inner"), "middle")
    repository(place, 1)
    place.run("git -c protocol.file.allow=always submodule --quiet add file://%s mid && git commit -qm mid" % place.path("middle"))
    return place.run("git rev-parse HEAD")


@test("gitsm: submodules come with the repository, to any depth, without asking for them at unpacking")
def _():
    with Place() as place:
        rev = with_modules(place)
        fetcher = place.fetch(url(place, "gitsm", rev=rev))
        place.run("rm -rf inner middle upstream", ".")
        fetcher.unpack(place.path("work"))
        same(place.read("work/git/mid/in/f1"), b"1\n")
        same(len([name for name in os.listdir(place.path("downloads/git2")) if not name.endswith((".done", ".lock"))]), 3)


@test("gitsm: the submodules are URLs that come with the one")
def _():
    with Place() as place:
        rev = with_modules(place)
        fetcher = place.fetch(url(place, "gitsm", rev=rev))
        same([os.path.basename(ud.path) for ud in fetcher.expanded_urldata()], ["upstream", "middle", "inner"])


@test("gitsm: shallow mirror tarballs are enough, of the submodules too")
def _():
    with Place(BB_GIT_SHALLOW="1", BB_GENERATE_SHALLOW_TARBALLS="1") as place:
        rev = with_modules(place)
        place.fetch(url(place, "gitsm", rev=rev))
        os.rename(place.path("downloads"), place.path("offered"))
        place.run("rm -rf inner middle upstream offered/git2; mkdir downloads", ".")
        place.d.setVar("PREMIRRORS", "gitsm://.*/.* file://%s/" % place.path("offered"))
        place.unpack(url(place, "gitsm", rev=rev))
        same(place.read("work/git/mid/in/f1"), b"1\n")


@needs("git-lfs")
def lfs():
    with Place() as place:
        repository(place, 1)
        place.run("git lfs install --local > /dev/null && git lfs track '*.big' > /dev/null")
        rev = commit(place, "a.big", "the large file\n")
        fetcher = place.fetch(url(place, rev=rev))
        place.run("rm -rf upstream", ".")
        fetcher.unpack(place.path("work"))
        same(place.read("work/git/a.big"), b"the large file\n")
        place.run("rm -rf work/git", ".")
        bb.fetch2.Fetch([url(place, rev=rev, lfs="0")], place.d).unpack(place.path("work"))
        assert b"git-lfs" in place.read("work/git/a.big")


test("git: large files of git-lfs come with the revision, unless lfs=0")(lfs)


@needs("git-annex")
def annex():
    with Place() as place:
        repository(place, 1)
        place.write(".gitconfig", "[user]\nname = a\nemail = a@example.org\n")
        place.run("git annex init > /dev/null 2>&1")
        place.write("upstream/large", "the large file\n")
        place.run("git annex add -q large && git commit -qm large && chmod -R u+w .")
        rev = place.run("git rev-parse HEAD")
        place.unpack(url(place, "gitannex", rev=rev))
        same(place.read("work/git/large"), b"the large file\n")


test("gitannex: files that git-annex keeps come with the revision")(annex)


@needs("svn", "svnadmin")
def svn():
    with Place() as place:
        place.run("svnadmin create repo && mkdir -p in/trunk && echo 1 > in/trunk/f && svn -q import -m 1 in file://$PWD/repo")
        place.run("svn -q co file://$PWD/repo/trunk co && echo 2 > co/f && svn -q commit -m 2 co")
        base = "svn://%s;protocol=file;module=trunk" % place.path("upstream/repo")
        place.unpack(base + ";rev=1")
        same(place.read("work/trunk/f"), b"1\n")
        assert not os.path.exists(place.path("work/trunk/.svn"))
        place.d.setVar("SRCREV", "${AUTOREV}")
        fetcher = place.unpack(base)
        same(place.read("work/trunk/f"), b"2\n")
        tarball = os.path.basename(fetcher.localpaths()[0])
        assert tarball.endswith("_2_1.tar.gz") and place.is_done(tarball), tarball
        place.run("rm -rf repo")
        place.d.delVar("SRCREV")
        place.unpack(base + ";rev=1")


test("svn: revisions and AUTOREV, packed into a tarball that is enough")(svn)


@needs("hg")
def hg():
    with Place(BB_GENERATE_MIRROR_TARBALLS="1") as place:
        place.run("mkdir repo && cd repo && hg init && echo 1 > f && hg add -q f && hg commit -m 1 && echo 2 > f && hg commit -m 2")
        first, second = place.run("hg log -r 0 -T '{node} ' && hg log -r 1 -T '{node}'", "upstream/repo").split()
        base = "hg://%s;protocol=file;module=repo" % place.path("upstream")
        place.unpack(base + ";rev=" + first)
        same(place.read("work/repo/f"), b"1\n")
        assert any(name.startswith("hg_") and place.is_done(name) for name in place.downloads()), place.downloads()
        place.run("echo 3 > f && hg commit -m 3", "upstream/repo")
        third = place.run("hg log -r 2 -T '{node}'", "upstream/repo")
        place.d.setVar("SRCREV", third)
        place.unpack(base + ";destsuffix=there")
        same(place.read("work/there/f"), b"3\n")
        place.run("rm -rf downloads/hg upstream/repo", ".")
        place.d.delVar("SRCREV")
        place.unpack(base + ";rev=" + second + ";destsuffix=again;scmdata=nokeep")
        same(place.read("work/again/f"), b"2\n")



test("hg: revisions, and a mirror tarball that is enough")(hg)


def old(function):
    """In the way of the older release."""
    def inner():
        version, bb.__version__ = bb.__version__, "2.8.0"
        try:
            function()
        finally:
            bb.__version__ = version
    inner.needs = getattr(function, "needs", ())
    return inner


@old
@needs("cvs")
def cvs():
    with Place() as place:
        place.run("mkdir root && cvs -d $PWD/root init && mkdir in && cd in && echo 1 > f && cvs -Q -d $PWD/../root import -m 1 mod v r")
        place.unpack("cvs://%s;method=dir;module=mod;date=now" % place.path("upstream/root"))
        same(place.read("work/mod/f"), b"1\n")
        assert not os.path.exists(place.path("work/mod/CVS"))


test("cvs (2.8): a module by day, packed into a tarball")(cvs)


@old
@needs("bzr")
def bzr():
    with Place(SRCREV="${AUTOREV}") as place:
        place.run("brz whoami 'a <a@example.org>'; brz init -q repo && cd repo && echo 1 > f && brz add -q f && brz commit -q -m 1")
        place.unpack("bzr://%s;protocol=file" % place.path("upstream/repo"))
        same(place.read("work/repo/f"), b"1\n")
        assert any(name.endswith("_1.tar.gz") for name in place.downloads())


test("bzr (2.8): a branch, packed into a tarball of its revision")(bzr)


@old
def two_branches():
    with Place() as place:
        revs = repository(place)
        place.run("git checkout -q -b side")
        side = commit(place, "side", "x")
        place.d.setVar("SRCREV_a", revs[2])
        place.d.setVar("SRCREV_b", side)
        place.d.setVar("SRCREV_FORMAT", "a_b")
        text = url(place, branch="main,side", name="a,b")
        place.d.setVar("SRC_URI", text)
        same(bb.fetch2.get_srcrev(place.d), "AUTOINC+%s_%s" % (revs[2][:10], side[:10]))
        place.unpack(text)
        same(head(place), revs[2])


test("git (2.8): a URL may have several names, each with its branch")(two_branches)


@test("gomodgit: a module out of its repository is what the go command finds in its cache")
def _():
    with Place(GO_MOD_CACHE_DIR="pkg/mod") as place:
        repository(place, 1)
        commit(place, "go.mod", "module example.org/It\n")
        rev = commit(place, "it.go", "package it\n")
        place.unpack("gomodgit://example.org/It;version=v1.0;repo=%s;protocol=file;srcrev=%s" % (place.path("upstream"), rev))
        stem = "work/pkg/mod/cache/download/example.org/!it/@v/v1.0"
        same(place.read(stem + ".mod"), b"module example.org/It\n")
        with zipfile.ZipFile(place.path(stem + ".zip")) as archive:
            same(sorted(archive.namelist()), ["example.org/It@v1.0/" + name for name in ("f1", "go.mod", "it.go")])
