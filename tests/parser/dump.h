// SPDX-License-Identifier: Apache-2.0
#pragma once
// A statement as a line that a person can read and write: "LINE: statement".

#include <string>

#include "parser/statement.h"

std::string readable(const hitz::parser::Statement& statement);
