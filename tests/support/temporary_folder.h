// SPDX-License-Identifier: Apache-2.0
#pragma once
// Folders that tests write into, and what is in a folder as text.

#include <string>

namespace hitz::testing {

/// An empty folder, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  /// "a/b" below it.
  std::string at(const std::string& name) const { return path_ + "/" + name; }
  /// Writes a file and the folders above it; its path.
  std::string write(const std::string& name, const std::string& text, unsigned mode = 0644) const;
  /// Makes a link and the folders above it; its path.
  std::string link(const std::string& name, const std::string& target) const;

 private:
  std::string path_;
};

/// A line for each thing below a folder, and for the folder itself: mode, time in ns, path, and a
/// file's content or a link's target.
std::string picture_of(const std::string& folder);
/// The names of all things below a folder but folders, one a line.
std::string files_of(const std::string& folder);

}  // namespace hitz::testing
