// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/pressure.h"

#include "engine/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace hitz;
using namespace hitz::schedule;

namespace {

constexpr std::int64_t kSecond = 1'000'000;

// A machine whose CPU has stalled for so many microseconds in all.
void stalled(const testing::TemporaryFolder& folder, const std::string& total) {
  folder.write("cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=" + total + "\n");
}

Pressure pressure(const testing::TemporaryFolder& folder, const std::string& cpu,
                  const std::string& load) {
  return Pressure(need(pressure_limits({cpu, "", ""}, load)),
                  {folder.path(), folder.at("load"), 2});
}

}  // namespace

TEST_CASE("no task starts while tasks stall for longer in a second than BB_PRESSURE_MAX_CPU",
          "[schedule]") {
  testing::TemporaryFolder folder;
  auto machine = pressure(folder, "1000", "");
  stalled(folder, "5000");
  CHECK(machine.exceeded(0).empty());
  stalled(folder, "5900");
  CHECK(machine.exceeded(kSecond).empty());
  stalled(folder, "7000");
  CHECK(machine.exceeded(kSecond + 1) == "CPU pressure (>1000us)");
  CHECK(machine.exceeded(3 * kSecond).empty());
}

TEST_CASE("BB_LOADFACTOR_MAX counts where no pressure is limited", "[schedule]") {
  testing::TemporaryFolder folder;
  auto machine = pressure(folder, "", "1.5");
  folder.write("load", "2.90 1.00 1.00 1/100 4711\n");
  CHECK(machine.exceeded(0).empty());
  folder.write("load", "3.10 1.00 1.00 1/100 4711\n");
  CHECK(machine.exceeded(0) == "load (>1.5)");
}

TEST_CASE("a kernel that tells no pressure limits nothing", "[schedule]") {
  testing::TemporaryFolder folder;
  CHECK(pressure(folder, "1000", "").exceeded(0).empty());
}

TEST_CASE("a limit that is no number is an error with the variable's name", "[schedule]") {
  auto wrong = pressure_limits({"", "lots", ""}, "");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().text() == "BB_PRESSURE_MAX_IO must be a number above 0, not 'lots'");
}
