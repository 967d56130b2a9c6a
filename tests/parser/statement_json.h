// SPDX-License-Identifier: Apache-2.0
#pragma once
// A statement as one line of JSON: a list whose first member names its kind.

#include <string>
#include <string_view>

#include "parser/statement.h"

/// Kinds and members are those that tests/compat/parser_statements.py makes of BitBake's own list;
/// the last member is always the line number.
std::string statement_json(const hitz::parser::Statement& statement);
/// A text as a JSON string.
std::string json_string(std::string_view text);
/// The words of the language for an operator, and for a way to include.
const char* text_of(hitz::parser::Operator op);
const char* text_of(hitz::parser::Include::Mode mode);
