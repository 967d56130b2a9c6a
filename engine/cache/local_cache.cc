// SPDX-License-Identifier: Apache-2.0
#include "engine/cache/local_cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <map>
#include <set>

#include "engine/base/compression.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/sqlite.h"

namespace hitz::cache {

using action::ActionKey;
using action::ActionResult;
using action::Digest;

namespace {

std::int64_t size_of(const std::string& path) {
  std::int64_t size = 0;
  (void)read_chunks(
      path, [&](std::string_view chunk) { size += static_cast<std::int64_t>(chunk.size()); });
  return size;
}

std::int64_t number(const Database::Value& value) {
  const auto* out = std::get_if<std::int64_t>(&value);
  return out != nullptr ? *out : 0;
}

// So long a blob may wait for the result that names it, and a partial file for its end.
constexpr std::int64_t kGraceSeconds = 3600;

std::set<std::string> blobs_of(const ActionResult& result) {
  std::set<std::string> out;
  for (const auto& output : result.outputs) {
    for (const auto& node : output.nodes) {
      if (!node.digest.hash.empty()) out.insert(node.digest.hash);
    }
  }
  return out;
}

}  // namespace

struct LocalCache::State {
  std::string folder;
  Database index;
  int counter = 0;

  std::string blob(const std::string& hash) const {
    return folder + "/blobs/" + hash.substr(0, 2) + "/" + hash + ".zst";
  }
  std::string partial() {
    return folder + "/partial/" + std::to_string(::getpid()) + "." + std::to_string(counter++);
  }

  // Gives a finished file its name and its line in the index; the line comes first, so that no
  // blob is unknown to those who look after the cache.
  Result<Digest> keep(const std::string& file, const std::string& hash, std::int64_t size) {
    std::string path = blob(hash);
    TRY_VOID(make_folders(parent_of(path)));
    TRY_VOID(index.run("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?, strftime('%s','now'))",
                       {hash, size, size_of(file)}));
    if (::rename(file.c_str(), path.c_str()) == 0) return Digest{hash, size};
    Error error = system_error("rename to", path);
    ::unlink(file.c_str());
    return fail(std::move(error));
  }

  // A blob that is there already is young again.
  Result<bool> has_touched(const std::string& hash) {
    if (!exists(blob(hash))) return false;
    TRY_VOID(index.run("UPDATE blobs SET used = strftime('%s','now') WHERE hash = ?", {hash}));
    return true;
  }

  bool sound(const std::string& hash) const {
    auto digested = zstd_digest_file(blob(hash));
    return digested && digested->sha256 == hash;
  }

  void drop(const std::string& hash) {
    ::unlink(blob(hash).c_str());
    (void)index.run("DELETE FROM blobs WHERE hash = ?", {hash});
  }

  tl::unexpected<Error> refuse(const std::string& hash) {
    drop(hash);
    return environment_error("the blob " + hash + " of the cache is damaged or gone");
  }

  void remove_abandoned_partials() const;
};

LocalCache::LocalCache() = default;
LocalCache::~LocalCache() = default;

Result<std::unique_ptr<LocalCache>> LocalCache::open(const std::string& folder) {
  TRY_VOID(make_folders(folder + "/blobs"));
  TRY_VOID(make_folders(folder + "/partial"));
  auto out = std::unique_ptr<LocalCache>(new LocalCache());
  out->state_ =
      std::make_unique<State>(State{folder, TRY(Database::open(folder + "/index.sqlite")), 0});
  Database& index = out->state_->index;
  TRY_VOID(
      index.run("CREATE TABLE IF NOT EXISTS blobs (hash TEXT PRIMARY KEY, size INTEGER, stored "
                "INTEGER, used INTEGER)"));
  TRY_VOID(index.run(
      "CREATE TABLE IF NOT EXISTS actions (key TEXT PRIMARY KEY, result TEXT, used INTEGER)"));
  return out;
}

Result<Digest> LocalCache::put_file(const std::string& path) {
  std::string hash = TRY(sha256_of_file(path));
  if (TRY(state_->has_touched(hash))) return Digest{hash, size_of(path)};
  std::string partial = state_->partial();
  auto digested = TRY(zstd_compress_file(path, partial));
  return state_->keep(partial, digested.sha256, digested.size);
}

Result<Digest> LocalCache::put(std::string_view bytes) {
  std::string hash = sha256_hex(bytes);
  if (TRY(state_->has_touched(hash))) return Digest{hash, static_cast<std::int64_t>(bytes.size())};
  std::string partial = state_->partial();
  TRY_VOID(write_file(partial, zstd_compress(bytes)));
  return state_->keep(partial, hash, static_cast<std::int64_t>(bytes.size()));
}

bool LocalCache::has(const Digest& digest) {
  return exists(state_->blob(digest.hash));
}

Result<std::string> LocalCache::get(const Digest& digest) {
  auto bytes = zstd_decompress(TRY(read_file(state_->blob(digest.hash))));
  if (!bytes || sha256_hex(*bytes) != digest.hash) return state_->refuse(digest.hash);
  return bytes;
}

Result<void> LocalCache::get_file(const Digest& digest, const std::string& path, unsigned mode) {
  auto written = zstd_decompress_file(state_->blob(digest.hash), path, mode);
  if (written && written->sha256 == digest.hash) return {};
  ::unlink(path.c_str());
  // A full disk or a folder that is not there says nothing about the blob.
  if (!written && state_->sound(digest.hash)) return fail(std::move(written.error()));
  return state_->refuse(digest.hash);
}

Result<std::optional<ActionResult>> LocalCache::find(const ActionKey& key) {
  auto rows = TRY(state_->index.rows("SELECT result FROM actions WHERE key = ?", {key.hash}));
  if (rows.empty()) return std::nullopt;
  auto result = decode(std::get<std::string>(rows[0][0]));
  if (!result) return std::nullopt;
  for (const auto& output : result->outputs) {
    for (const auto& node : output.nodes) {
      if (node.type == action::OutputNode::Type::File && !has(node.digest)) return std::nullopt;
    }
  }
  TRY_VOID(state_->index.run("UPDATE actions SET used = strftime('%s','now') WHERE key = ?",
                             {key.hash}));
  return std::optional(std::move(*result));
}

Result<void> LocalCache::record(const ActionKey& key, const ActionResult& result) {
  return state_->index.run("INSERT OR REPLACE INTO actions VALUES (?, ?, strftime('%s','now'))",
                           {key.hash, encode(result)});
}

Result<Stats> LocalCache::stats() {
  auto blobs = TRY(state_->index.rows(
      "SELECT count(*), coalesce(sum(size),0), coalesce(sum(stored),0) FROM blobs"));
  auto actions = TRY(state_->index.rows("SELECT count(*) FROM actions"));
  return Stats{number(blobs[0][0]), number(blobs[0][1]), number(blobs[0][2]),
               number(actions[0][0])};
}

Result<Verification> LocalCache::verify() {
  Verification out;
  for (const auto& row : TRY(state_->index.rows("SELECT hash FROM blobs ORDER BY hash"))) {
    const auto& hash = std::get<std::string>(row[0]);
    ++out.checked;
    if (state_->sound(hash)) continue;
    out.damaged.push_back(hash);
    state_->drop(hash);
  }
  return out;
}

// What was being written by a process that is no more.
void LocalCache::State::remove_abandoned_partials() const {
  for (const auto& path : glob_paths(folder + "/partial/*")) {
    struct stat info{};
    if (::stat(path.c_str(), &info) == 0 && info.st_mtime < ::time(nullptr) - kGraceSeconds)
      ::unlink(path.c_str());
  }
}

Result<Collection> LocalCache::collect(std::int64_t limit_bytes) {
  Collection out;
  std::map<std::string, std::int64_t> stored;
  std::set<std::string> kept, young;
  auto blobs = TRY(state_->index.rows(
      "SELECT hash, stored, CAST(used AS INTEGER) > strftime('%s','now') - ? FROM blobs",
      {kGraceSeconds}));
  for (const auto& row : blobs) {
    const auto& hash = std::get<std::string>(row[0]);
    stored[hash] = number(row[1]);
    if (number(row[2]) != 0) young.insert(hash);
  }
  std::int64_t total = 0;
  auto actions =
      TRY(state_->index.rows("SELECT key, result FROM actions ORDER BY used DESC, rowid DESC"));
  for (const auto& row : actions) {
    auto result = decode(std::get<std::string>(row[1]));
    auto named = result ? blobs_of(*result) : std::set<std::string>();
    std::int64_t more = 0;
    for (const auto& hash : named) {
      young.erase(hash);
      if (!kept.contains(hash) && stored.contains(hash)) more += stored[hash];
    }
    if (!result || total + more > limit_bytes) {
      TRY_VOID(
          state_->index.run("DELETE FROM actions WHERE key = ?", {std::get<std::string>(row[0])}));
      ++out.actions;
      continue;
    }
    total += more;
    kept.merge(named);
  }
  for (const auto& [hash, size] : stored) {
    if (kept.contains(hash) || young.contains(hash)) continue;
    state_->drop(hash);
    ++out.blobs;
    out.bytes += size;
  }
  state_->remove_abandoned_partials();
  return out;
}

}  // namespace hitz::cache
