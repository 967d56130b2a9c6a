// SPDX-License-Identifier: Apache-2.0
#include "engine/cache/local_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/sqlite.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace hitz;
using hitz::testing::files_of;
using hitz::testing::TemporaryFolder;

namespace {

/// A cache in a folder of its own, and what a test does to its files.
struct Store {
  TemporaryFolder folder;
  std::unique_ptr<cache::LocalCache> cache = need(cache::LocalCache::open(folder.path()));

  std::string blob(const std::string& bytes) const {
    std::string hash = sha256_hex(bytes);
    return folder.at("blobs/" + hash.substr(0, 2) + "/" + hash + ".zst");
  }
  /// Other bytes in the blob's place; the file's length stays.
  void damage(const std::string& bytes) const {
    std::string text = need(read_file(blob(bytes)));
    text.replace(text.size() / 2, 4, "!!!!");
    need(write_file(blob(bytes), text));
  }
  /// A result with one file.
  void record(const std::string& key, const std::string& bytes) const {
    action::OutputNode node;
    node.digest = need(cache->put(bytes));
    need(cache->record({key}, {{{key, {node}}}, key, 1}));
  }
  void used_before(const std::string& table, int seconds) const {
    auto index = need(Database::open(folder.at("index.sqlite")));
    need(index.run("UPDATE " + table + " SET used = strftime('%s','now') - ?", {seconds}));
  }
  bool knows(const std::string& key) const { return need(cache->find({key})).has_value(); }
};

std::string text_of_length(std::size_t length) {
  std::string out;
  for (std::size_t i = 0; out.size() < length; ++i) out += sha256_hex(std::to_string(i));
  out.resize(length);
  return out;
}

}  // namespace

TEST_CASE("cache: a blob is got back by the SHA-256 of its content, from a text or a file",
          "[cache]") {
  Store store;
  auto digest = need(store.cache->put("some bytes"));
  CHECK(digest.hash == sha256_hex("some bytes"));
  CHECK(digest.size == 10);
  CHECK(need(store.cache->get(digest)) == "some bytes");
  CHECK(need(store.cache->put_file(store.folder.write("file", "some bytes"))) == digest);
  CHECK(need(store.cache->stats()).blobs == 1);
  CHECK_FALSE(store.cache->has({sha256_hex("others"), 6}));
}

TEST_CASE("cache: files of every length come back whole", "[cache]") {
  Store store;
  constexpr std::size_t kMebi = std::size_t{1} << 20;
  for (std::size_t length : {std::size_t{0}, std::size_t{1}, kMebi - 1, kMebi, kMebi + 1,
                             kMebi + 65536, 2 * kMebi + 131072, 3 * kMebi + 4095}) {
    for (const auto& text : {text_of_length(length), std::string(length, '\0')}) {
      auto digest = need(store.cache->put_file(store.folder.write("in", text)));
      need(store.cache->get_file(digest, store.folder.at("out"), 0644));
      CHECK(need(read_file(store.folder.at("out"))) == text);
      CHECK(need(store.cache->get(digest)) == text);
    }
  }
}

TEST_CASE("cache: a second process sees what the first has put and recorded", "[cache]") {
  Store store;
  auto other = need(cache::LocalCache::open(store.folder.path()));
  store.record("key", "content");
  auto found = need(other->find({"key"}));
  REQUIRE(found.has_value());
  CHECK(found->task == "key");
  CHECK(need(other->get(found->outputs.at(0).nodes.at(0).digest)) == "content");
}

TEST_CASE("cache: a damaged blob is named by verify and taken out; its result is known no more",
          "[cache]") {
  Store store;
  store.record("sound", text_of_length(1000));
  store.record("hurt", text_of_length(2000));
  store.damage(text_of_length(2000));
  auto verified = need(store.cache->verify());
  CHECK(verified.checked == 2);
  CHECK(verified.damaged == std::vector<std::string>{sha256_hex(text_of_length(2000))});
  CHECK_FALSE(store.knows("hurt"));
  CHECK(store.knows("sound"));
  CHECK(need(store.cache->verify()).damaged.empty());
}

TEST_CASE("cache: a blob that was cut short is damaged", "[cache]") {
  Store store;
  auto digest = need(store.cache->put(text_of_length(5000)));
  REQUIRE(::truncate(store.blob(text_of_length(5000)).c_str(), 1000) == 0);
  CHECK_FALSE(store.cache->get(digest).has_value());
  CHECK_FALSE(store.cache->has(digest));
}

TEST_CASE("cache: a damaged blob is never restored, and what was there stays", "[cache]") {
  Store store;
  TemporaryFolder made;
  made.write("image/file", text_of_length(4000));
  auto result = need(cache::capture(*store.cache, {made.at("image")}, made.path()));
  store.damage(text_of_length(4000));
  made.write("image/file", "of today");
  auto restored = cache::restore(*store.cache, result, made.path());
  REQUIRE_FALSE(restored.has_value());
  CHECK(restored.error().text() ==
        "the blob " + sha256_hex(text_of_length(4000)) + " of the cache is damaged or gone");
  CHECK(need(read_file(made.at("image/file"))) == "of today");
  CHECK_FALSE(exists(store.blob(text_of_length(4000))));
}

TEST_CASE("cache: a place that cannot be written to costs no blob", "[cache]") {
  Store store;
  auto digest = need(store.cache->put("precious"));
  auto written = store.cache->get_file(digest, store.folder.at("no/such/folder/file"), 0644);
  REQUIRE_FALSE(written.has_value());
  CHECK(written.error().text() == "cannot create '" + store.folder.at("no/such/folder/file") +
                                      "': No such file or directory");
  CHECK(need(store.cache->get(digest)) == "precious");
}

TEST_CASE("cache: a blob is not written into another name's file", "[cache]") {
  Store store;
  auto digest = need(store.cache->put("new"));
  std::string first = store.folder.write("first", "old"), second = store.folder.at("second");
  REQUIRE(::link(first.c_str(), second.c_str()) == 0);
  need(store.cache->get_file(digest, second, 0600));
  CHECK(need(read_file(first)) == "old");
  CHECK(need(read_file(second)) == "new");
}

TEST_CASE("cache: the results used last are kept while they fit the limit", "[cache]") {
  Store store;
  store.record("oldest", text_of_length(3000));
  store.used_before("actions", 200);
  store.record("older", text_of_length(4000));
  store.used_before("actions", 100);
  store.record("young", text_of_length(5000));
  CHECK(store.knows("oldest"));  // looking it up is using it

  auto all = need(store.cache->stats()).stored_bytes;
  CHECK(need(store.cache->collect(all)).actions == 0);
  auto gone = need(store.cache->collect(all - 1));
  CHECK(gone.actions == 1);
  CHECK(gone.blobs == 1);
  CHECK_FALSE(store.knows("older"));
  CHECK(store.knows("oldest"));
  CHECK(store.knows("young"));
  CHECK_FALSE(exists(store.blob(text_of_length(4000))));
  CHECK(need(store.cache->stats()).stored_bytes == all - gone.bytes);
}

TEST_CASE("cache: a limit of nothing leaves nothing", "[cache]") {
  Store store;
  store.record("a", "1");
  store.record("b", "2");
  auto gone = need(store.cache->collect(0));
  CHECK(gone.actions == 2);
  CHECK(gone.blobs == 2);
  CHECK(files_of(store.folder.at("blobs")).empty());
  CHECK(need(store.cache->stats()).actions == 0);
}

TEST_CASE("cache: a blob that two results share stays as long as one of them", "[cache]") {
  Store store;
  store.record("old", text_of_length(3000));
  store.used_before("actions", 100);
  store.record("young", text_of_length(3000));
  auto gone = need(store.cache->collect(need(store.cache->stats()).stored_bytes));
  CHECK(gone.actions == 0);
  CHECK(store.knows("old"));
  CHECK(store.knows("young"));
}

TEST_CASE("cache: what a task is about to record survives a collection, for an hour", "[cache]") {
  Store store;
  auto digest = need(store.cache->put("under way"));
  CHECK(need(store.cache->collect(0)).blobs == 0);
  CHECK(store.cache->has(digest));
  store.used_before("blobs", 4000);
  need(store.cache->put("under way"));  // young again
  CHECK(need(store.cache->collect(0)).blobs == 0);
  store.used_before("blobs", 4000);
  CHECK(need(store.cache->collect(0)).blobs == 1);
  CHECK_FALSE(store.cache->has(digest));
}

TEST_CASE("cache: results that this hitz cannot read are taken out", "[cache]") {
  Store store;
  auto index = need(Database::open(store.folder.at("index.sqlite")));
  need(index.run("INSERT INTO actions VALUES ('k', 'result 0', 0)"));
  CHECK_FALSE(store.knows("k"));
  CHECK(need(store.cache->collect(1000)).actions == 1);
}

TEST_CASE("cache: a write that ends half-way is no blob and is cleared away", "[cache]") {
  Store store;
  std::string partial = store.folder.write("partial/4242.0", "half a fra");
  need(store.cache->collect(0));
  CHECK(exists(partial));  // its writer may live
  timespec long_ago[2] = {{1000, 0}, {1000, 0}};
  REQUIRE(::utimensat(AT_FDCWD, partial.c_str(), long_ago, 0) == 0);
  need(store.cache->collect(0));
  CHECK_FALSE(exists(partial));
  CHECK(need(store.cache->stats()).blobs == 0);
}

TEST_CASE("cache: a file that cannot be read leaves nothing behind", "[cache]") {
  Store store;
  REQUIRE_FALSE(store.cache->put_file(store.folder.at("missing")).has_value());
  REQUIRE_FALSE(store.cache->put_file(store.folder.at("blobs")).has_value());
  CHECK(files_of(store.folder.at("partial")).empty());
  CHECK(files_of(store.folder.at("blobs")).empty());
}
