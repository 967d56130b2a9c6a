// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/disk_monitor.h"

#include "tests/support/catch.h"

using namespace hitz;
using namespace hitz::schedule;

namespace {

constexpr std::int64_t kMega = 1 << 20;

struct Disk {
  DiskFree free{2000 * kMega, 100'000};
  DiskMonitor monitor;
  explicit Disk(const std::string& dirs)
      : monitor(need(disk_rules(dirs, "")), [this](const std::string&) { return free; }) {}
  std::vector<std::string> check() {
    std::vector<std::string> out;
    auto found = monitor.check();
    last = found.action;
    for (const auto& line : found.lines) out.push_back(line.message);
    return out;
  }
  DiskAction last = DiskAction::Warn;
};

}  // namespace

TEST_CASE("a disk that runs low is told once, and again when much more is gone", "[schedule]") {
  Disk disk("WARN,/build,1G,");
  CHECK(disk.check().empty());
  disk.free.space = 1000 * kMega;
  CHECK(disk.check() ==
        std::vector<std::string>{"The free space of /build is running low (0.977GB left)"});
  disk.free.space = 990 * kMega;
  CHECK(disk.check().empty());
  disk.free.space = 900 * kMega;
  CHECK(disk.check().size() == 1);
  CHECK(disk.last == DiskAction::Warn);
}

TEST_CASE("STOPTASKS starts no more tasks, and says so once", "[schedule]") {
  Disk disk("STOPTASKS,/build,,200K");
  CHECK(disk.check() ==
        std::vector<std::string>{"The free inode of /build is running low (97.656K left)",
                                 "No new tasks can be executed since the disk space monitor "
                                 "action is \"STOPTASKS\"!"});
  CHECK(disk.last == DiskAction::StopTasks);
  CHECK(disk.check().empty());
}

TEST_CASE("HALT, or ABORT as it was called, stops at once", "[schedule]") {
  Disk disk("ABORT,/build,3G,1K");
  CHECK(disk.check().size() == 2);
  CHECK(disk.last == DiskAction::Halt);
}

TEST_CASE("a file system without a number of inodes cannot run out of them", "[schedule]") {
  Disk disk("HALT,/build,,200K");
  disk.free.inodes = std::nullopt;
  CHECK(disk.check().empty());
}

TEST_CASE("a rule for disks that is none is an error with what is wrong", "[schedule]") {
  auto text = [](const std::string& dirs) { return disk_rules(dirs, "").error().text(); };
  CHECK(text("PANIC,/build,1G,") == "BB_DISKMON_DIRS: 'PANIC' is none of HALT, STOPTASKS, WARN");
  CHECK(text("WARN,/build,much,") == "BB_DISKMON_DIRS: 'much' is no number with K, M or G above 0");
  CHECK(text("WARN,/build,,") ==
        "BB_DISKMON_DIRS: 'WARN,/build,,' says neither how much space "
        "nor how many inodes are the least");
}
