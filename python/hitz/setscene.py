# SPDX-License-Identifier: Apache-2.0
"""What metadata says of restored results: the functions that BB_HASHCHECK_FUNCTION and BB_SETSCENE_DEPVALID name."""

import bb.utils

_FIELD = "\x1f"


def available(d, function: str, stamped: str, summary: str, *records: str, siginfo: bool = False) -> str:
    """Of some tasks those whose results can be fetched; a record is task, hash, unihash and the recipe's BB_HASHFILENAME.
    stamped: how many others have their stamps; summary: whether the function shall tell how many there are."""
    found: dict = {"hash": {}, "hashfn": {}, "unihash": {}}
    for record in records:
        task, found["hash"][task], found["unihash"][task], found["hashfn"][task] = record.split(_FIELD)
    call = function + "(sq_data, d, siginfo=siginfo, currentcount=currentcount, summary=summary)"
    scope = {"sq_data": found, "d": d, "siginfo": siginfo, "currentcount": int(stamped), "summary": bool(summary)}
    return "\n".join(sorted(bb.utils.better_eval(call, scope)))


def not_needed(d, function: str, task: str, users: str, spared: str) -> str:
    """Whether a result is not needed; users are the task itself and those above it, as task, PN, name and file."""
    data = {}
    for record in users.split("\n"):
        user, pn, name, file = record.split(_FIELD)
        data[user] = [pn, name, file]
    scope = {"task": task, "taskdata": data, "notneeded": set(spared.split("\n")), "d": d}
    return "1" if bb.utils.better_eval(function + "(task, taskdata, notneeded, d)", scope) else ""
