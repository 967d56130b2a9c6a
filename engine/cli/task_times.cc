// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/task_times.h"

#include "engine/base/file.h"

namespace hitz::cli {

Result<void> TaskTimes::open(const std::string& topdir) {
  std::string folder = topdir + "/cache";
  TRY_VOID(make_folders(folder));
  database_ = TRY(Database::open(folder + "/hitz-times.sqlite"));
  TRY_VOID(database_->run("CREATE TABLE IF NOT EXISTS times (task TEXT PRIMARY KEY, ms INTEGER)"));
  for (const auto& row : TRY(database_->rows("SELECT task, ms FROM times")))
    known_[std::get<std::string>(row[0])] = std::get<std::int64_t>(row[1]);
  return {};
}

std::optional<std::int64_t> TaskTimes::of(const std::string& pn, const std::string& task) const {
  auto at = known_.find(pn + ":" + task);
  if (at == known_.end()) return std::nullopt;
  return at->second;
}

void TaskTimes::note(const std::string& pn, const std::string& task, std::int64_t ms) {
  std::string name = pn + ":" + task;
  known_[name] = ms;
  if (database_) (void)database_->run("INSERT OR REPLACE INTO times VALUES (?, ?)", {name, ms});
}

}  // namespace hitz::cli
