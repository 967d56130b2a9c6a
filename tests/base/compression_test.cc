// SPDX-License-Identifier: Apache-2.0
#include "engine/base/compression.h"

#include "tests/support/catch.h"

using namespace hitz;

TEST_CASE("base: what is compressed with little memory is read as any other frame", "[base]") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "do_compile[" + std::to_string(i % 977) + "] ";
  for (const auto& one : {std::string(), std::string("x"), text}) {
    std::string frame = zstd_compress_sparingly(one);
    CHECK(zstd_decompress(frame).value() == one);
    CHECK(frame.size() < one.size() / 4 + 32);
  }
}
