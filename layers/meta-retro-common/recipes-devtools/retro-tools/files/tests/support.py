# SPDX-License-Identifier: Apache-2.0
"""A folder for each test, and a tool run as people run it."""

import contextlib
import io
import os
import shutil
import tempfile
import unittest

from retrotools import tool


class ToolTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run_tool(self, module, *argv):
        """(exit status, what it said)"""
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            status = tool.run(module.main, [str(a) for a in argv])
        return status, said.getvalue()

    def runs(self, module, *argv):
        status, said = self.run_tool(module, *argv)
        self.assertEqual(status, 0, said)
        return said

    def fails(self, text, module, *argv):
        """The tool refuses its input, and says why in one line."""
        status, said = self.run_tool(module, *argv)
        self.assertEqual(status, 1, said)
        self.assertIn(text, said)
        self.assertEqual(said.count("\n"), 1, said)
