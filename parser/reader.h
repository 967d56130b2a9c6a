// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reader: files and texts to statements. A .bbclass or .inc is parsed once per reader (BitBake
// keeps their statements for the life of the process); .bb, .bbappend and .conf are kept too and
// read again when their size or time stamp changes.

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/findings.h"
#include "engine/base/result.h"
#include "engine/base/source.h"
#include "parser/statement.h"

namespace hitz::parser {

/// Which statements a file may hold: a .conf knows neither functions nor tasks nor inherit.
enum class Dialect { Recipe, Configuration };

/// The release of BitBake whose rules count where they differ.
enum class Release { Scarthgap, Wrynose };

class Reader {
 public:
  Reader(Sources& sources, Release release);
  ~Reader();

  /// Dialect by extension: .conf, or .bb .bbappend .bbclass .inc. Errors: Kind::Parse with
  /// "path:line: …"; Blame::Environment when unreadable.
  Result<std::shared_ptr<const Unit>> file(const std::string& path);
  Result<std::shared_ptr<const Unit>> text(std::string_view text, const std::string& path,
                                           Dialect dialect);
  Sources& sources();
  Release release() const;
  /// Which release counts is known only once the layers are; files read before are forgotten when
  /// it changes.
  void set_release(Release release);
  /// Every file is read anew when it is named next.
  void forget();
  /// Where what the texts say that many recipes share is looked up, and added.
  void remember(Findings* findings);
  /// How much of such text had to be parsed, in bytes.
  std::size_t parsed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hitz::parser
