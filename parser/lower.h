// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a concrete syntax tree to statements: the checks that are the engine's, not the grammar's.

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "parser/reader.h"
#include "parser/statement.h"

namespace hitz::parser {

/// The text of one file and whatever decides how it is read.
struct Source {
  std::string_view text;
  std::string path;
  FileId file;
  Dialect dialect = Dialect::Recipe;
  Release release = Release::Wrynose;
};

Result<std::shared_ptr<const Unit>> lower(const Source& source);

/// addtask's argument text to names and lists, by the release's rules.
AddTask add_task_of(std::string_view text, Release release);

}  // namespace hitz::parser
