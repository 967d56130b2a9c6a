// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/watched_files.h"

#include <sys/stat.h>

#include <utility>

#include "engine/base/hash.h"
#include "engine/base/times.h"

namespace hitz::recipe {

namespace {

constexpr const char* kAbsent = "-";
constexpr const char* kUncertain = "?";

enum class Thing { None, File, Folder, Other };

// Fills in all but the content.
Thing fill(FileRecord& record) {
  struct stat info{};
  if (::stat(record.path.c_str(), &info) != 0) {
    record.mtime_ns = record.changed_ns = record.size = record.inode = 0;
    return Thing::None;
  }
  record.mtime_ns = nanoseconds(info.st_mtim);
  record.changed_ns = nanoseconds(info.st_ctim);
  record.size = info.st_size;
  record.inode = static_cast<std::int64_t>(info.st_ino);
  if (S_ISDIR(info.st_mode)) return Thing::Folder;
  return S_ISREG(info.st_mode) ? Thing::File : Thing::Other;
}

}  // namespace

std::int64_t file_clock_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now);
}

bool may_have_changed(const std::string& path, std::int64_t since_ns) {
  FileRecord record;
  record.path = path;
  return fill(record) != Thing::None && record.changed_ns >= since_ns - kFileTick;
}

std::int64_t changed_at(const std::string& path) {
  FileRecord record;
  record.path = path;
  (void)fill(record);
  return record.changed_ns;
}

bool WatchedFiles::settled() const {
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (checks_[i] != Check::Open && changed_at(records_[i].path) != records_[i].changed_ns)
      return false;
  }
  return true;
}

std::vector<std::pair<std::string, std::int64_t>> WatchedFiles::looked() const {
  std::vector<std::pair<std::string, std::int64_t>> out;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (checks_[i] != Check::Open) out.emplace_back(records_[i].path, records_[i].changed_ns);
  }
  return out;
}

void WatchedFiles::look_again() {
  checks_.assign(checks_.size(), Check::Open);
  for (auto& [number, record] : known_before_) records_[number] = std::move(record);
  known_before_.clear();
}

void WatchedFiles::note_written() {
  known_before_.clear();
  taken_in_ = records_.size();
  changed_ = false;
}

void WatchedFiles::add_known(FileRecord record) {
  numbers_.emplace(record.path, records_.size());
  records_.push_back(std::move(record));
  checks_.push_back(Check::Open);
  ++taken_in_;
}

void WatchedFiles::look(FileRecord& record) const {
  const Thing thing = fill(record);
  if (thing == Thing::None) {
    record.content = kAbsent;
  } else if (record.changed_ns >= since_ns_ - kFileTick || thing == Thing::Other) {
    record.content = kUncertain;
  } else if (thing == Thing::Folder) {
    record.content = std::to_string(record.mtime_ns);
  } else {
    record.content = sha256_of_file(record.path).value_or(kUncertain);
  }
}

std::size_t WatchedFiles::number(const std::string& path) {
  auto [known, fresh] = numbers_.try_emplace(path, records_.size());
  if (fresh) {
    FileRecord record;
    record.path = path;
    look(record);
    records_.push_back(std::move(record));
    checks_.push_back(Check::Different);
    changed_ = true;
  } else {
    (void)same(known->second);  // the record is of now from here on
  }
  return known->second;
}

bool WatchedFiles::same(std::size_t number) {
  Check& check = checks_[number];
  if (check != Check::Open) return check == Check::Same;
  FileRecord& known = records_[number];
  FileRecord now;
  now.path = known.path;
  bool there = fill(now) != Thing::None;
  bool untouched = there && known.content != kUncertain && now.mtime_ns == known.mtime_ns &&
                   now.changed_ns == known.changed_ns && now.size == known.size &&
                   now.inode == known.inode;
  if (untouched || (!there && known.content == kAbsent)) {
    check = Check::Same;
    return true;
  }
  look(now);
  check =
      now.content == known.content && now.content != kUncertain ? Check::Same : Check::Different;
  known_before_.emplace(number, std::exchange(known, std::move(now)));
  changed_ = true;
  return check == Check::Same;
}

}  // namespace hitz::recipe
