#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints "PASSED FAILED" of a JUnit file, and the failures; a file that is not there is one failure."""

import sys
import xml.etree.ElementTree as tree


def main():
    try:
        root = tree.parse(sys.argv[1]).getroot()
    except (OSError, tree.ParseError) as exc:
        print("no result: %s" % exc, file=sys.stderr)
        print("0 1")
        return
    passed = failed = 0
    for case in root.iter("testcase"):
        problems = case.findall("failure") + case.findall("error")
        if problems:
            failed += 1
            print("FAILED %s\n%s" % (case.get("name"), problems[0].text or ""), file=sys.stderr)
        else:
            passed += 1
    print("%d %d" % (passed, failed or (1 if passed == 0 else 0)))


if __name__ == "__main__":
    main()
