# SPDX-License-Identifier: Apache-2.0
"""What classes of the retro layers share: building by command templates, memory budgets, ELF files."""

BBIMPORTS = ["build", "budget", "ca65", "elf", "sdk"]
