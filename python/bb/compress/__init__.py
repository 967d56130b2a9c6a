# SPDX-License-Identifier: Apache-2.0
"""Compressed files through the programs that make them."""
