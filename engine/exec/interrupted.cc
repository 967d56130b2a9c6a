// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/interrupted.h"

#include <unistd.h>

#include <cstdio>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/exec/runner.h"

namespace hitz::exec {

Result<std::string> leave_mark(const std::string& folder, const Mark& mark) {
  TRY_VOID(make_folders(folder));
  std::string path = join_path(folder, sha256_hex(mark.stamp + "\n" + mark.label).substr(0, 32));
  TRY_VOID(write_file(path, mark.label + "\n" + mark.workdir + "\n" + mark.stamp + "\n"));
  return path;
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

}  // namespace

Result<std::vector<Mark>> recover(const std::string& folder) {
  std::vector<Mark> out;
  for (const auto& path : list_folder(folder)) {
    auto lines = split(TRY(read_file(path)), '\n');
    if (lines.size() == 4) {  // else the task was cut off before it did anything
      Mark mark{lines[0], lines[1], lines[2]};
      for (const auto& stamp : stamps_beginning(mark.stamp + ".")) ::unlink(stamp.c_str());
      TRY_VOID(set_aside(mark.workdir));
      out.push_back(std::move(mark));
    }
    ::unlink(path.c_str());
  }
  return out;
}

}  // namespace hitz::exec
