// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/sigdata.h"

#include <cstdlib>

#include "engine/base/compression.h"
#include "engine/base/hash.h"
#include "engine/signature/json.h"
#include "engine/signature/task_hash.h"
#include "tests/signature/cases.h"
#include "tests/signature/recipe_fixture.h"

using namespace hitz;
using namespace hitz::signature;

namespace {

std::string base_hash_of(const SignatureData& data) {
  std::string text = data.values.at(data.task).value_or("");
  for (const auto& name : data.variables) text += name + data.values.at(name).value_or("");
  return sha256_hex(text);
}

std::string task_hash_of(const SignatureData& data) {
  TaskSignature signature;
  for (const auto& name : data.run->order)
    signature.dependencies.emplace_back(name, data.run->hashes.at(name));
  signature.file_checksums = data.run->files;
  signature.taint = data.taint;
  return task_hash(BaseHash{data.base_hash}, signature).hex;
}

SignatureData small() {
  SignatureData out;
  out.task = "do_a";
  out.values = {{"do_a", "\t:\n"}, {"A", "1"}};
  out.variables = {"A"};
  out.dependencies = {{"A", {}}};
  out.base_hash = base_hash_of(out);
  out.run = SignatureData::Run{"t", "u", {"b:do_a"}, {{"b:do_a", "h1"}}, {{"x", "m1"}}};
  return out;
}

}  // namespace

TEST_CASE("signature: data that BitBake wrote is read, checked and written byte for byte",
          "[signature]") {
  auto lines = split(need(read_file(tests::corpus("signature_data.txt"))), '\n');
  int seen = 0;
  for (const auto& line : lines) {
    if (!line.starts_with('{')) continue;
    ++seen;
    SignatureData data = need(from_json(line));
    CHECK(to_json(data) == line);
    CHECK(base_hash_of(data) == data.base_hash);
    REQUIRE(data.run.has_value());
    CHECK(task_hash_of(data) == data.run->task_hash);
  }
  CHECK(seen == 5);
}

TEST_CASE("signature: a data file is named by its hash and can be read back", "[signature]") {
  tests::RecipeFixture fixture(tests::Release::Wrynose);
  SignatureData data = small();
  std::string stamp = fixture.folder() + "/stamps/x-1.0";
  std::string path = need(write_signature(stamp, data));
  CHECK(path == stamp + ".do_a.sigdata.u");
  CHECK(to_json(need(read_signature(path))) == to_json(data));
  data.run.reset();
  CHECK(need(write_signature(stamp, data)) == stamp + ".do_a.sigbasedata." + data.base_hash);
  need(write_file(path, "no frame"));
  CHECK_FALSE(read_signature(path).has_value());
  CHECK_FALSE(from_json("{}").has_value());
}

TEST_CASE("signature: a manifest and a signature become data that hash to themselves",
          "[signature]") {
  tests::RecipeFixture fixture(tests::Release::Wrynose);
  auto d = need(
      fixture.recipe("addtask a\nA = \"${B} ${NOT}\"\nB = \"b\"\ndo_a () {\n\techo ${A}\n}\n"));
  ShellScanner scanner;
  BaseHashes hashes(*d, scanner);
  Manifest manifest = need(hashes.of("do_a"));
  TaskSignature signature;
  signature.dependencies = {{"b:do_a", "h"}};
  signature.taint = "nostamp:1";
  signature.hash = task_hash(manifest.hash, signature);
  auto data = signature_data(manifest, &signature, {"HOME"}, "");
  CHECK(base_hash_of(data) == manifest.hash.hex);
  CHECK(task_hash_of(data) == signature.hash.hex);
  CHECK(data.dependencies.at("A") == std::set<std::string>{"B", "NOT"});
  CHECK(data.values.at("NOT") == std::optional<std::string>(""));
  CHECK_FALSE(signature_data(manifest, nullptr, {}, "").run.has_value());
}

TEST_CASE("signature: a flag that holds a number stays one in the data of its task",
          "[signature]") {
  tests::RecipeFixture fixture(tests::Release::Wrynose);
  auto d = need(fixture.recipe(
      "addtask a\nexport A = \"1\"\nBB_SIGNATURE_EXCLUDE_FLAGS = \"doc\"\n"
      "do_a () {\n\techo ${A}\n}\n"));
  ShellScanner scanner;
  BaseHashes hashes(*d, scanner);
  auto data = signature_data(need(hashes.of("do_a")), nullptr, {}, "");
  need(find_literals(data, *d));
  std::string json = to_json(data);
  CHECK(json.find(R"("A":"1","A[export]":1)") != std::string::npos);
  CHECK(to_json(need(from_json(json))) == json);
  CHECK(data.values.at("A[export]") == "1");
}

TEST_CASE("signature: what changed is told in words", "[signature]") {
  using Lines = std::vector<std::string>;
  SignatureData before = small(), after = small();
  CHECK(explain(before, after).empty());
  after.values["A"] = "2";
  after.run->hashes["b:do_a"] = "h2";
  after.run->files = {{"y", "m2"}};
  CHECK(explain(before, after) == Lines{"A changed from '1' to '2'", "file y is new",
                                        "file x is gone", "task b:do_a changed from h1 to h2"});
  after = small();
  after.values["do_a"] = "\t:\n\tmore\n";
  CHECK(explain(before, after) == Lines{"do_a changed:\n  +\tmore"});
  before.values["A"] = "a b c d e f";
  after = before;
  after.values["A"] = "a b x d e f g";
  CHECK(explain(before, after) == Lines{"A changed in these words: -c +x +g"});
  after.values["A"] = "a  b c d e f";
  CHECK(explain(before, after) ==
        Lines{"A changed in its blanks, from 'a b c d e f' to 'a  b c d e f'"});
  after = before;
  after.values["B"] = "new";
  after.values.erase("A");
  after.taint = "x";
  CHECK(explain(before, after) == Lines{"B now counts: 'new'", "A no longer counts",
                                        "the taint of a forced run changed from none to 'x'"});
}

TEST_CASE("signature: JSON keeps every text, and damage is an error", "[signature]") {
  std::string text = "a\"b\\c\n\t\x01 é \xF0\x9F\x90\xA7 \x7F";
  CHECK(Json(text).dump() == R"("a\"b\\c\n\t\u0001 \u00e9 \ud83d\udc27 \u007f")");
  CHECK(need(Json::parse(Json(text).dump())).text() == text);
  CHECK(Json("\xff").dump() == R"("\udcff")");
  CHECK(need(Json::parse(R"("\udcff")")).text() == "\xff");
  CHECK(need(Json::parse(R"( { "b" : [ 1 , null ] , "a" : { } } )")).dump() ==
        R"({"a":{},"b":[1,null]})");
  for (const char* damaged :
       {"", "{", "[1", "\"a", "{\"a\"}", "[1] 2", "\"\\u12\"", "\"\\q\"", "{1:2}"}) {
    INFO(damaged);
    CHECK_FALSE(Json::parse(damaged).has_value());
  }
}
