// SPDX-License-Identifier: Apache-2.0
#include "engine/base/text.h"

#include "engine/base/hash.h"
#include "tests/support/catch.h"

using namespace hitz;

TEST_CASE("base: words are cut at any run of blanks", "[base]") {
  CHECK(words(" a\tb \n c ") == std::vector<std::string>{"a", "b", "c"});
  CHECK(words("  ").empty());
  CHECK(words(" xinput-calibrator\u00a0 \u3000b\u2009c\u00e9 ") ==
        std::vector<std::string>{"xinput-calibrator", "b", "c\u00e9"});
}

TEST_CASE("base: a no-break space cuts words as any other blank, a letter of two bytes does not",
          "[base]") {
  CHECK(words("xinput-calibrator\u00a0\tmesa") ==
        std::vector<std::string>{"xinput-calibrator", "mesa"});
  CHECK(words("a\u2003b\u3000c\u0085d") == std::vector<std::string>{"a", "b", "c", "d"});
  CHECK(words("na\u00efve \u4e00") == std::vector<std::string>{"na\u00efve", "\u4e00"});
}

TEST_CASE("base: split keeps empty pieces", "[base]") {
  CHECK(split("a::b", ':') == std::vector<std::string>{"a", "", "b"});
  CHECK(split("", ':') == std::vector<std::string>{""});
}

TEST_CASE("base: a near miss is suggested, a far one is not", "[base]") {
  CHECK(near_miss("busbox", {"zlib", "busybox"}) == std::optional<std::string>("busybox"));
  CHECK_FALSE(near_miss("kernel", {"zlib", "busybox"}).has_value());
}

TEST_CASE("base: digests are those of the well-known empty message", "[base]") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
}
