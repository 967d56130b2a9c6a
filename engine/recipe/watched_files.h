// SPDX-License-Identifier: Apache-2.0
#pragma once
// Files by content: whether one is still what it was. A file is read again only when its size, its
// times or its place on the disk have changed.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hitz::recipe {

/// What is known of a path: a file, a folder (its time alone counts) or nothing there.
struct FileRecord {
  std::string path;
  std::int64_t mtime_ns = 0, changed_ns = 0, size = 0, inode = 0;  // changed: of the inode (ctime)
  std::string
      content;  // a digest; "-" for nothing there; "?" when it may have changed while it was read
};

/// The clock of file times, in nanoseconds.
std::int64_t file_clock_ns();
/// Whether a file may have changed after a moment; false when it is not there.
bool may_have_changed(const std::string& path, std::int64_t since_ns);
/// The time at which what is at a path was changed last, links followed; 0 for nothing there.
std::int64_t changed_at(const std::string& path);

class WatchedFiles {
 public:
  /// What changed after this moment may have changed after it was read.
  explicit WatchedFiles(std::int64_t since_ns) : since_ns_(since_ns) {}
  /// Takes in what an earlier run knew; its number is its place.
  void add_known(FileRecord record);
  /// The number of a path; one that is new is looked at now.
  std::size_t number(const std::string& path);
  bool same(std::size_t number);
  /// Forgets what same() has answered.
  void look_again();
  /// Whether each file that same() has answered for is still what it was then.
  bool settled() const;
  /// The paths of those files, each with the time of its last change then (0: not there).
  std::vector<std::pair<std::string, std::int64_t>> looked() const;
  const std::vector<FileRecord>& all() const { return records_; }
  /// Whether all() says more or something else than what was taken in.
  bool changed() const { return changed_; }
  /// all() is written: it counts as taken in.
  void note_written();
  /// Whether changed() holds for one number.
  bool changed(std::size_t number) const {
    return number >= taken_in_ || known_before_.contains(number);
  }

 private:
  enum class Check : char { Open, Same, Different };
  void look(FileRecord& record) const;
  std::int64_t since_ns_;
  bool changed_ = false;
  std::size_t taken_in_ = 0;
  std::vector<FileRecord> records_;
  std::vector<Check> checks_;
  std::unordered_map<std::size_t, FileRecord> known_before_;  // of those that have been replaced
  std::unordered_map<std::string, std::size_t> numbers_;
};

}  // namespace hitz::recipe
