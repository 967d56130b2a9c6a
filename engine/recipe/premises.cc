// SPDX-License-Identifier: Apache-2.0
// Written premises, numbers and texts as engine/base/bytes.h has them:
//
//   premises = version all-variables count (variable value)* latest count (program answer)*
//              count (shared rest facts)* count (shared rest facts names)*
//
// latest    count (path facts)*: of the paths those that were changed last; who edits a file edits
//           it again, and this is seen at once
// variable  a name; value is the digest of "=" and what it was, or "" when there was none
// shared    how much of the path before a path begins with, rest what follows
// facts     of a path and, when it is a link, of where it leads to; "" when nothing is there; of a
//           folder that may have changed while it was read, "?"
// names     what was asked of a folder: count (name kind)*; it is asked again when the facts differ
#include "engine/recipe/premises.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>

#include "engine/base/bytes.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/base/times.h"
#include "engine/data/clock.h"
#include "engine/recipe/halves.h"
#include "engine/recipe/program.h"
#include "engine/recipe/watched_files.h"

namespace hitz::recipe {

namespace {

constexpr std::uint64_t kVersion = 1;
constexpr const char* kUncertain = "?";
constexpr std::size_t kLatest = 32;

struct Facts {
  std::string bytes;
  std::int64_t changed_ns = 0;  // the later one of a link and of where it leads to; 0: not there
};

void add_facts(Facts& facts, ByteWriter& bytes, const struct stat& info) {
  facts.changed_ns = std::max(facts.changed_ns, nanoseconds(info.st_ctim));
  bytes.number(static_cast<std::uint64_t>(nanoseconds(info.st_ctim)));
  bytes.number(static_cast<std::uint64_t>(nanoseconds(info.st_mtim)));
  bytes.number(static_cast<std::uint64_t>(info.st_size));
  bytes.number(info.st_ino);
  bytes.number(info.st_dev);
  bytes.number(info.st_mode);
}

Facts facts_of(const std::string& path) {
  Facts out;
  ByteWriter bytes;
  struct stat info{};
  if (::fstatat(AT_FDCWD, path.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return out;
  add_facts(out, bytes, info);
  if (S_ISLNK(info.st_mode) && ::fstatat(AT_FDCWD, path.c_str(), &info, 0) == 0)
    add_facts(out, bytes, info);
  out.bytes = bytes.take();
  return out;
}

std::string digest_of(const Environment& environment, const std::string& name) {
  auto found = environment.find(name);
  return found == environment.end() ? "" : sha256_hex("=" + found->second);
}

std::string names_of(const Environment& environment) {
  std::string out;
  for (const auto& [name, value] : environment) out += name + "\n";
  return sha256_hex(out);
}

// Sorted paths, each without what it shares with the one before.
class PathWriter {
 public:
  explicit PathWriter(ByteWriter& out) : out_(out) {}
  void write(const std::string& path) {
    auto end = std::mismatch(path.begin(), path.end(), before_.begin(), before_.end()).first;
    const auto shared = static_cast<std::size_t>(end - path.begin());
    out_.number(shared);
    out_.text(std::string_view(path).substr(shared));
    before_ = path;
  }

 private:
  ByteWriter& out_;
  std::string before_;
};

class PathReader {
 public:
  explicit PathReader(ByteReader& in) : in_(in) {}
  const std::string& read() {
    path_.resize(std::min<std::size_t>(in_.number(), path_.size()));
    return path_ += in_.text();
  }

 private:
  ByteReader& in_;
  std::string path_;
};

/// What is claimed of the paths: taken apart first, so that two threads can look at them.
struct Claim {
  std::string path;
  std::string_view facts;
  std::optional<std::string_view> names;  // of a folder
};

bool stands(const Claim& claim) {
  if (claim.facts != kUncertain && facts_of(claim.path).bytes == claim.facts) return true;
  if (!claim.names) return false;
  ByteReader in(*claim.names);
  std::vector<std::pair<std::string, unsigned char>> names;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    std::string name(in.text());
    names.emplace_back(std::move(name), static_cast<unsigned char>(in.number()));
  }
  return in.ok() && LocalFiles::has_names(claim.path, names);
}

bool all_stand(const std::vector<Claim>& claims) {
  std::atomic<bool> fall = false;
  in_two_threads(claims.size(), [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to && !fall; ++i) {
      if (!stands(claims[i])) fall = true;
    }
  });
  return !fall;
}

using PathFacts = std::pair<std::string, Facts>;

std::vector<PathFacts> facts_of_all(const std::vector<std::string>& paths) {
  std::vector<PathFacts> out(paths.size());
  auto look = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) out[i] = {paths[i], facts_of(paths[i])};
  };
  in_two_threads(paths.size(), look);
  return out;
}

// What is there of paths, those that were changed last.
std::string latest_of(std::vector<PathFacts>& paths) {
  const std::size_t count = std::min(kLatest, paths.size());
  std::partial_sort(
      paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(count), paths.end(),
      [](const auto& a, const auto& b) { return a.second.changed_ns > b.second.changed_ns; });
  ByteWriter out;
  out.number(count);
  for (std::size_t i = 0; i < count; ++i) {
    out.text(paths[i].first);
    out.text(paths[i].second.bytes);
  }
  return out.take();
}

bool do_latest_stand(std::string_view latest) {
  ByteReader in(latest);
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    const std::string path(in.text());
    if (facts_of(path).bytes != in.text()) return false;
  }
  return in.ok();
}

bool do_variables_stand(ByteReader& in, const Environment& environment) {
  const std::string_view all = in.text();
  if (!all.empty() && all != names_of(environment)) return false;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    const std::string name(in.text());
    if (digest_of(environment, name) != in.text()) return false;
  }
  return in.ok();
}

std::string packed_names(const LocalFiles::Looked::Folder& folder) {
  ByteWriter out;
  out.number(folder.names.size());
  for (const auto& [name, kind] : folder.names) {
    out.text(name);
    out.number(kind);
  }
  return out.take();
}

}  // namespace

Premises::Premises(Environment environment, std::int64_t since_ns)
    : environment_(std::move(environment)), since_ns_(since_ns) {}

void Premises::add_path(std::string path) {
  paths_.insert(std::move(path));
}

void Premises::add_modules(const std::string& folder) {
  constexpr const char* kCompiled = "__pycache__";
  paths_.insert(folder);
  for (const auto& path : list_folder(folder)) {
    if (path.ends_with(".py")) paths_.insert(path);
    if (base_name(path) != kCompiled && is_folder(path)) add_modules(path);
  }
}

void Premises::add_pattern(const std::string& pattern) {
  if (is_folder(pattern)) {
    paths_.insert(pattern);
    for (auto& path : tree_below(pattern).value_or(std::vector<std::string>())) {
      if (is_folder(path)) paths_.insert(std::move(path));
    }
    return;
  }
  std::size_t wild = pattern.find_first_of("*?[\\");
  if (wild == std::string::npos) {
    paths_.insert(pattern);
    return;
  }
  paths_.insert(parent_of(pattern.substr(0, wild)));  // which may not be there
  for (; wild != std::string::npos; wild = pattern.find('/', wild + 1)) {
    const std::string above = parent_of(pattern.substr(0, wild));
    if (!patterns_.insert(above).second) continue;
    for (auto& folder : glob_paths(above)) {
      if (is_folder(folder)) paths_.insert(std::move(folder));
    }
  }
  if (!patterns_.insert(parent_of(pattern)).second) return;
  for (auto& folder : glob_paths(parent_of(pattern))) paths_.insert(std::move(folder));
}

void Premises::add_variable(const std::string& name) {
  variables_.insert(name);
}

void Premises::add(const data::Reads& reads) {
  spoilt_ = spoilt_ || reads.unknown || reads.changed;
  paths_.insert(reads.files.begin(), reads.files.end());
  folders_made_.insert(reads.made.begin(), reads.made.end());
  for (const auto& [question, answer] : reads.programs)
    spoilt_ = programs_.try_emplace(question, answer).first->second != answer || spoilt_;
  add_answers(reads.answers);
}

void Premises::add_answers(const std::map<std::string, std::string>& answers) {
  for (const auto& [question, answer] : answers) {
    if (question == data::kClockQuestion) {
      on_clock_ = true;
    } else if (question.starts_with('v')) {
      variables_.insert(question.substr(1));
    } else if (question.starts_with('V')) {
      all_variables_ = true;
    } else {
      spoilt_ = answers_.try_emplace(question, answer).first->second != answer || spoilt_;
    }
  }
}

void Premises::add_sources(const std::vector<std::string>& file_checksums) {
  spoilt_ = spoilt_ || !files_.same(file_checksums);
}

void Premises::add(const LocalFiles::Looked& looked) {
  for (const auto& [path, changed] : looked.paths)
    spoilt_ = looked_paths_.try_emplace(path, changed).first->second != changed || spoilt_;
  for (const auto& folder : looked.folders) {
    auto [known, fresh] = looked_folders_.try_emplace(folder.path, folder);
    if (fresh) continue;
    auto& names = known->second.names;
    names.insert(names.end(), folder.names.begin(), folder.names.end());
    known->second.changed_ns = std::min(known->second.changed_ns, folder.changed_ns);
  }
}

// Whether it is as it was before the run began.
bool Premises::is_settled(const std::string& path, std::int64_t changed_ns) const {
  if (!path.starts_with('/')) return false;
  return changed_ns != 0 ? changed_ns < since_ns_ - kFileTick : is_steady(parent_of(path));
}

// Nothing has been taken out of the folder that would hold what is not there.
bool Premises::is_steady(const std::string& path) const {
  if (path.empty()) return false;
  const std::int64_t changed = changed_at(path);
  if (changed == 0) return path != "/" && is_steady(parent_of(path));
  return changed < since_ns_ - kFileTick;
}

std::optional<std::string> Premises::written() {
  for (const auto& [question, answer] : answers_) {
    if (spoilt_ || outside_.answer(question) != answer) return std::nullopt;
  }
  for (const auto& folder : folders_made_) {
    if (files_.type_of(folder, LocalFiles::Links::Followed) != DT_DIR) return std::nullopt;
  }
  add(files_.looked());
  add(LocalFiles::Looked{{outside_.looked().begin(), outside_.looked().end()}, {}});
  if (spoilt_) return std::nullopt;
  ByteWriter out;
  out.number(kVersion);
  out.text(all_variables_ ? names_of(environment_) : "");
  out.number(variables_.size());
  for (const auto& name : variables_) {
    out.text(name);
    out.text(digest_of(environment_, name));
  }
  for (const auto& [path, changed] : looked_paths_) {
    if (path.empty()) continue;  // nothing is ever there
    if (changed_at(path) != changed) return std::nullopt;
    paths_.insert(path);
  }
  auto all = facts_of_all({paths_.begin(), paths_.end()});
  for (const auto& [path, facts] : all) {
    if (!is_settled(path, facts.changed_ns)) return std::nullopt;
  }
  auto latest = all;
  out.text(latest_of(latest));
  out.number(programs_.size());
  for (const auto& [question, answer] : programs_) {
    if (answer.empty()) return std::nullopt;
    out.text(question);
    out.text(answer);
  }
  out.number(all.size());
  PathWriter paths(out);
  for (const auto& [path, facts] : all) {
    paths.write(path);
    out.text(facts.bytes);
  }
  write_folders(out);
  return out.take();
}

void Premises::write_folders(ByteWriter& out) const {
  out.number(looked_folders_.size());
  PathWriter folders(out);
  for (const auto& [path, folder] : looked_folders_) {
    const Facts facts = facts_of(path);
    const bool certain =
        is_settled(path, facts.changed_ns) && changed_at(path) == folder.changed_ns;
    folders.write(path);
    out.text(certain ? facts.bytes : kUncertain);
    out.text(packed_names(folder));
  }
}

bool do_stand(std::string_view premises, const Environment& environment) {
  ByteReader in(premises);
  if (in.number() != kVersion || !do_variables_stand(in, environment) ||
      !do_latest_stand(in.text()))
    return false;
  std::vector<std::pair<Program, std::string_view>> programs;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    auto program = Program::start(in.text());
    if (!program) return false;
    programs.emplace_back(std::move(*program), in.text());
  }
  std::vector<Claim> claims;
  PathReader paths(in), folders(in);
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    std::string path = paths.read();
    claims.push_back({std::move(path), in.text(), std::nullopt});
  }
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    std::string path = folders.read();
    const std::string_view facts = in.text();
    claims.push_back({std::move(path), facts, in.text()});
  }
  if (!in.ok() || !in.at_end() || !all_stand(claims)) return false;
  return std::all_of(programs.begin(), programs.end(),
                     [](auto& program) { return program.first.answer() == program.second; });
}

}  // namespace hitz::recipe
