// SPDX-License-Identifier: Apache-2.0
#include "parser/reader.h"

#include <sys/stat.h>

#include <array>
#include <unordered_map>

#include "engine/base/file.h"
#include "parser/lower.h"

namespace hitz::parser {

namespace {

struct Stamp {
  std::int64_t size = -1, seconds = 0, nanoseconds = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

Stamp stamp_of(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

struct Kept {
  Stamp stamp;
  std::shared_ptr<const Unit> unit;
};

bool keeps_for_life(const std::string& path) {
  return path.ends_with(".bbclass") || path.ends_with(".inc");
}

}  // namespace

struct Reader::State {
  Sources& sources;
  Release release;
  std::unordered_map<std::string, Kept> kept;
};

Reader::Reader(Sources& sources, Release release)
    : state_(std::make_unique<State>(State{sources, release, {}})) {}
Reader::~Reader() = default;

Result<std::shared_ptr<const Unit>> Reader::file(const std::string& path) {
  auto found = state_->kept.find(path);
  if (found != state_->kept.end() && keeps_for_life(path)) return found->second.unit;
  Stamp stamp = stamp_of(path);
  if (found != state_->kept.end() && found->second.stamp == stamp) return found->second.unit;
  std::string content = TRY(read_file(path));
  Dialect dialect = path.ends_with(".conf") ? Dialect::Configuration : Dialect::Recipe;
  auto unit = TRY(text(content, path, dialect));
  state_->kept.insert_or_assign(path, Kept{stamp, unit});
  return unit;
}

Result<std::shared_ptr<const Unit>> Reader::text(std::string_view text, const std::string& path,
                                                 Dialect dialect) {
  return lower(Source{text, path, state_->sources.add(path), dialect, state_->release});
}

Sources& Reader::sources() {
  return state_->sources;
}

Release Reader::release() const {
  return state_->release;
}

void Reader::forget() {
  state_->kept.clear();
}

void Reader::set_release(Release release) {
  if (state_->release == release) return;
  state_->release = release;
  state_->kept.clear();
}

}  // namespace hitz::parser
