// SPDX-License-Identifier: Apache-2.0
//
// All marks are lines of one file, as tasks come faster than a file system makes and removes files:
// '+' for a mark and '-' for one that has been taken away, then label, work folder and stamp, each
// ended by 0x1f. A line begins with its newline: what a full disk cuts off is no mark. Only the
// sign of a line is ever written over, which a full disk lets happen.

#include "engine/exec/interrupted.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <map>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/exec/runner.h"

namespace hitz::exec {

namespace {

constexpr char kField = '\x1f';
constexpr std::size_t kFields = 4;  // the last is empty

std::string journal_of(const std::string& folder) {
  return join_path(folder, "journal");
}

}  // namespace

Result<LeftMark> leave_mark(const std::string& folder, const Mark& mark) {
  std::string path = journal_of(folder);
  constexpr int kHow = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
  int fd = ::open(path.c_str(), kHow, 0644);
  if (fd < 0) {
    TRY_VOID(make_folders(folder));
    fd = ::open(path.c_str(), kHow, 0644);
  }
  if (fd < 0) return fail(system_error("open", path));
  std::string line = "\n+" + mark.label + kField + mark.workdir + kField + mark.stamp + kField;
  ssize_t written = ::write(fd, line.data(), line.size());
  off_t end = ::lseek(fd, 0, SEEK_CUR);
  auto error = system_error("write", path);
  ::close(fd);
  if (written != static_cast<ssize_t>(line.size())) return fail(std::move(error));
  return LeftMark{path, end - written + 1};
}

void take_away(const LeftMark& mark) {
  if (mark.path.empty()) return;
  int fd = ::open(mark.path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (::pwrite(fd, "-", 1, mark.at) < 0) errno = 0;
  ::close(fd);
}

namespace {

// Somebody may have worked on the sources there.
Result<void> set_aside(const std::string& workdir) {
  std::string aside = join_path(workdir, kAside);
  TRY_VOID(remove_tree(aside));
  for (const auto& entry : list_folder(workdir)) {
    std::string name = base_name(entry);
    if (name == "temp" || name == kAside) continue;
    TRY_VOID(make_folders(aside));
    std::string to = join_path(aside, name);
    if (::rename(entry.c_str(), to.c_str()) != 0) return fail(system_error("move", entry));
  }
  return {};
}

// By stamp and label: of a task that was tried again its last mark counts.
std::map<std::string, Mark> standing_in(const std::string& journal) {
  std::map<std::string, Mark> out;
  for (const auto& line : split(journal, '\n')) {
    auto fields = split(line, kField);
    if (fields.size() != kFields) continue;
    Mark mark{fields[0].substr(1), fields[1], fields[2]};
    std::string name = mark.stamp + kField + mark.label;
    if (line[0] == '+') {
      out[name] = std::move(mark);
    } else {
      out.erase(name);
    }
  }
  return out;
}

}  // namespace

Result<std::vector<Mark>> recover(const std::string& folder) {
  std::vector<Mark> out;
  std::string path = journal_of(folder);
  if (!exists(path)) return out;
  for (auto& [stamp_and_label, mark] : standing_in(TRY(read_file(path)))) {
    for (const auto& stamp : stamps_beginning(mark.stamp + ".")) ::unlink(stamp.c_str());
    TRY_VOID(set_aside(mark.workdir));
    out.push_back(std::move(mark));
  }
  if (::truncate(path.c_str(), 0) != 0) return fail(system_error("write", path));
  return out;
}

}  // namespace hitz::exec
