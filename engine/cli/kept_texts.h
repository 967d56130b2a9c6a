// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the texts of metadata say, as statements and as compiled Python code, kept from run to run
// in a build directory. That depends on the texts and the program alone.

#include <cstddef>
#include <string>

#include "engine/base/findings.h"
#include "parser/reader.h"
#include "python/interpreter.h"

namespace hitz::cli {

class KeptTexts {
 public:
  /// Both look up there from now on, and must outlive this.
  KeptTexts(const std::string& build_directory, parser::Reader& reader,
            python::Interpreter& python);
  ~KeptTexts();
  KeptTexts(const KeptTexts&) = delete;
  KeptTexts& operator=(const KeptTexts&) = delete;
  Findings& findings() { return findings_; }
  /// Writes what is new, when that is worth it and the build directory has a cache.
  void save();

 private:
  std::string folder_;
  Findings findings_;
  parser::Reader& reader_;
  python::Interpreter& python_;
  std::size_t saved_ = 0;  // bytes of text
};

}  // namespace hitz::cli
