#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hitz as a client of the reference's hash equivalence server, over a socket and over TCP, and the private database of a
build directory against both.

hash_equivalence_test.py HITZ SOURCE_ROOT; without HITZ_REFERENCE_BITBAKE it is skipped."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77

# What is asked, in order; the answers are one JSON line. Run in hitz's interpreter.
QUESTIONS = '''
import json, sys
import hashserv
import hashserv.database
kind, address, user = sys.argv[1:4]
if kind == "database":
    hashserv.database.register(address, address + ".db")
    address = "unix://" + address
client = hashserv.create_client(address, *(user.split(":") if user else ()))
h = lambda n: "%064x" % n
method = "m"
out = [client.report_unihash(h(1), method, h(100), h(1), {"PN": "a", "task": "do_x"}),
       client.report_unihash(h(2), method, h(100), h(2)),
       client.report_unihash(h(2), method, h(101), h(3)),
       client.report_unihash(h(4), method, h(102), h(4), {"outhash_siginfo": "line \\u00e9 " * 20000}),
       client.report_unihash_equiv(h(5), method, h(1)),
       client.report_unihash_equiv(h(5), method, h(2)),
       client.get_unihash_batch((method, h(n)) for n in range(3000)),
       client.unihash_exists_batch(h(n) for n in range(6)),
       client.get_unihash(method, h(2)), client.get_unihash("other", h(2)), client.unihash_exists(h(4)), client.ping()]
if kind == "server":
    row = client.get_outhash(method, h(102), h(4))
    out.append(len(row["outhash_siginfo"]))
    try:
        client.report_unihash(h(6), method, h(103), "no hash")
        out.append("accepted")
    except Exception as error:
        out.append(type(error).__name__)
client.close()
print(json.dumps(out))
'''


def answers(hitz, folder, *arguments):
    script = folder / "questions.py"
    script.write_text(QUESTIONS)
    done = subprocess.run([hitz, "python", str(script), *arguments], capture_output=True, text=True, cwd=folder)
    if done.returncode != 0:
        sys.exit("the client failed:\n" + done.stdout + done.stderr)
    return json.loads(done.stdout)


def answering(address):
    kind, where = (socket.AF_UNIX, address) if isinstance(address, str) else (socket.AF_INET, address)
    with contextlib.suppress(OSError), socket.socket(kind) as probe:
        probe.connect(where)
        return True
    return False


@contextlib.contextmanager
def server(reference, folder, bind, address, database, *options):
    process = subprocess.Popen([str(reference / "bin/bitbake-hashserv"), "-b", bind, "-d", database, *options], cwd=folder,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(400):
            if answering(address):
                break
            time.sleep(0.05)
        else:
            sys.exit("the server does not answer at " + bind)
        yield
    finally:
        process.terminate()
        process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def signatures(hitz, build, *arguments):
    done = subprocess.run([hitz, "signatures", *arguments], cwd=build, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("hitz signatures failed:\n" + done.stdout + done.stderr)
    return {name: (taskhash, unihash) for name, taskhash, unihash in (line.split() for line in done.stdout.splitlines())}, done.stderr


def make_build_directory(folder, layer, lines):
    conf = folder / "conf"
    conf.mkdir(parents=True)
    for name in ("local.conf", "bblayers.conf"):
        text = (layer / "conf/templates" / (name + ".sample")).read_text().replace("##HITZ_CORE_LAYER##", str(layer))
        (conf / name).write_text(text + (lines if name == "local.conf" else ""))


def graph_follows_server(hitz, layer, folder, address, report):
    """What a server says of one task changes the hashes of those that need it, and is kept for the next run."""
    build = folder / "build"
    make_build_directory(build, layer, 'BB_SIGNATURE_HANDLER = "TestEquivHash"\nBB_HASHSERVE = "%s"\n' % address)
    before, _ = signatures(hitz, build, "core-image")
    changed = next(name for name in sorted(before) if name.endswith(":do_compile"))
    report(before[changed][0], "f" * 64)
    (build / "cache/bb_unihashes.dat").unlink()
    after, _ = signatures(hitz, build, "core-image")
    problems = []
    if after[changed] != (before[changed][0], "f" * 64):
        problems.append("the server's hash does not stand for " + changed)
    if not any(after[name][0] != before[name][0] for name in before):
        problems.append("no task's hash covers what stands for " + changed)
    return problems, lambda: [] if signatures(hitz, build, "core-image")[0] == after else ["hashes are not kept between runs"]


def main():
    hitz, layer = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve() / "recipes"
    if not os.environ.get("HITZ_REFERENCE_BITBAKE"):
        print("skipped: HITZ_REFERENCE_BITBAKE names no BitBake")
        return SKIPPED
    reference = pathlib.Path(os.environ["HITZ_REFERENCE_BITBAKE"])
    problems = []
    with tempfile.TemporaryDirectory(prefix="hitz-equiv-") as name:
        folder = pathlib.Path(name)
        path = str(folder / "one.sock")
        with server(reference, folder, "unix://" + path, path, "one.db"):
            told = answers(hitz, folder, "server", "unix://" + path, "")
        port = free_port()
        with server(reference, folder, "127.0.0.1:%d" % port, ("127.0.0.1", port), "two.db", "--anon-perms", "@none", "--admin-user", "boss",
                    "--admin-password", "secret"):
            if answers(hitz, folder, "server", "127.0.0.1:%d" % port, "boss:secret") != told:
                problems.append("answers over TCP are others")
        if told[1]["unihash"] != told[0]["unihash"] or told[-2:] != [140000, "InvokeError"]:
            problems.append("unexpected answers: %s" % told[-2:])
        own = answers(hitz, folder, "database", str(folder / "three"), "")
        if own != told[:len(own)]:
            problems += ["the database answers %s, the server %s" % pair for pair in zip(own, told) if pair[0] != pair[1]]
        path = str(folder / "four.sock")
        with server(reference, folder, "unix://" + path, path, "three.db"):
            if answers(hitz, folder, "server", "unix://" + path, "")[6] != told[6]:
                problems.append("the server reads something else from the database")

            def report(taskhash, unihash):
                text = 'import hashserv, sys; print(hashserv.create_client(sys.argv[1]).report_unihash_equiv(sys.argv[2], "sstate_output_hash", sys.argv[3]))'
                subprocess.run([hitz, "python", "-c", text, "unix://" + path, taskhash, unihash], check=True, stdout=subprocess.DEVNULL)
            found, again = graph_follows_server(hitz, layer, folder, "unix://" + path, report)
            problems += found
        problems += again()  # without a server
    for problem in problems:
        print(problem)
    print("%d answers, %d problems" % (len(told), len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
