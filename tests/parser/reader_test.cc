// SPDX-License-Identifier: Apache-2.0
#include "parser/reader.h"

#include <unistd.h>

#include "engine/base/file.h"
#include "tests/support/catch.h"

using namespace hitz;

TEST_CASE("parser: a recipe that is written again within a tick of the clock is read again", "[parser]") {
  std::string path = "/tmp/hitz-reader-test." + std::to_string(::getpid()) + ".bb";
  Sources sources;
  parser::Reader reader(sources, parser::Release::Wrynose);
  for (const char* value : {"1", "2", "3", "4", "5", "6", "7", "8"}) {
    need(write_file(path, std::string("A = \"") + value + "\"\n"));
    auto unit = need(reader.file(path));
    CHECK(std::get<parser::Assign>(unit->statements.at(0).body).value == value);
  }
  ::unlink(path.c_str());
}
