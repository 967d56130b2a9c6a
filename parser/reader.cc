// SPDX-License-Identifier: Apache-2.0
#include "parser/reader.h"

#include <sys/stat.h>

#include <ctime>
#include <unordered_map>

#include <fmt/format.h>

#include "engine/base/file.h"
#include "engine/base/shared_text.h"
#include "engine/base/times.h"
#include "parser/fault.h"
#include "parser/kept_unit.h"
#include "parser/lower.h"
#include "parser/utf8.h"

namespace hitz::parser {

namespace {

/// What tells one content of a path from another without reading it.
struct Stamp {
  std::int64_t size = 0, seconds = 0, nanoseconds = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

Result<Stamp> stamp_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return fail(system_error("open", path));
  return Stamp{status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

/// The stamp of a file that may change again unseen is not trusted.
bool is_settled(const Stamp& stamp) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now) - nanoseconds({stamp.seconds, stamp.nanoseconds}) > kFileTick;
}

/// "\r\n" and "\r" to "\n", as Python reads text.
std::string with_plain_line_ends(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\r') {
      out += text[at];
    } else if (text.substr(at, 2) != "\r\n") {
      out += '\n';
    }
  }
  return out;
}

Result<Dialect> dialect_of(const std::string& path) {
  auto ends = [&](std::string_view extension) { return path.ends_with(extension); };
  if (ends(".conf")) return Dialect::Configuration;
  if (ends(".bb") || ends(".bbappend") || ends(".bbclass") || ends(".inc")) return Dialect::Recipe;
  return parse_error(path, 0, "not a BitBake file");
}

/// Findings' letter.
char rules_of(const Input& input) {
  const bool configuration = input.dialect == Dialect::Configuration;
  if (input.release == Release::Scarthgap) return configuration ? 'C' : 'R';
  return configuration ? 'c' : 'r';
}

}  // namespace

struct Reader::State {
  struct Kept {
    Stamp stamp;
    std::shared_ptr<const Unit> unit;
  };
  Sources& sources;
  Release release;
  Grammar grammar;
  std::unordered_map<std::string, Kept> kept;
  Findings* findings = nullptr;
  std::size_t parsed = 0;

  Result<Unit> unit(const Input& input);
};

// What a text says depends on nothing but its path and by which rules it is read.
Result<Unit> Reader::State::unit(const Input& input) {
  if (findings == nullptr || !is_shared_text(input.path)) return lower(grammar, input);
  const char rules = rules_of(input);
  const std::string subject = std::string(input.path) + '\n' + std::string(input.text);
  if (auto known = findings->find(rules, subject)) {
    if (auto unit = decode(*known, input.file)) return std::move(*unit);
  }
  Unit unit = TRY(lower(grammar, input));
  findings->add(rules, subject, encode(unit));
  parsed += input.text.size();
  return unit;
}

Reader::Reader(Sources& sources, Release release)
    : state_(new State{sources, release, Grammar(), {}, nullptr, 0}) {}

Reader::~Reader() = default;

Result<std::shared_ptr<const Unit>> Reader::file(const std::string& path) {
  Dialect dialect = TRY(dialect_of(path));
  bool for_life = path.ends_with(".bbclass") || path.ends_with(".inc");
  auto found = state_->kept.find(path);
  if (for_life && found != state_->kept.end()) return found->second.unit;
  Stamp stamp = TRY(stamp_of(path));
  bool settled = is_settled(stamp);
  if (found != state_->kept.end() && found->second.stamp == stamp) return found->second.unit;
  std::string content = TRY(read_file(path));
  std::shared_ptr<const Unit> unit = TRY(text(content, path, dialect));
  if (for_life || settled) state_->kept[path] = State::Kept{stamp, unit};
  return unit;
}

Result<std::shared_ptr<const Unit>> Reader::text(std::string_view text, const std::string& path,
                                                 Dialect dialect) {
  if (auto bad = first_invalid_utf8(text)) {
    return parse_error(path, bad->line, fmt::format("the text is not UTF-8 at byte {}", bad->at));
  }
  std::string plain;
  if (text.find('\r') != std::string_view::npos) {
    plain = with_plain_line_ends(text);
    text = plain;
  }
  if (text.starts_with("\xef\xbb\xbf")) {
    LogicalLine line = logical_line(text, 0, 1, dialect);
    return line.fault == JoinFault::None ? unparsed_line(path, line, dialect)
                                         : join_error(path, line);
  }
  Input input{text, path, state_->sources.add(path), dialect, state_->release};
  return std::make_shared<const Unit>(TRY(state_->unit(input)));
}

Sources& Reader::sources() {
  return state_->sources;
}

void Reader::set_release(Release release) {
  if (state_->release == release) return;
  state_->release = release;
  state_->kept.clear();
}

void Reader::forget() {
  state_->kept.clear();
}

void Reader::remember(Findings* findings) {
  state_->findings = findings;
}

std::size_t Reader::parsed() const {
  return state_->parsed;
}

Release Reader::release() const {
  return state_->release;
}

}  // namespace hitz::parser
