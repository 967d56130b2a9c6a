# SPDX-License-Identifier: Apache-2.0
"""Packing tools for retro consoles: executables, discs and cartridges, from formats written down in each module."""
