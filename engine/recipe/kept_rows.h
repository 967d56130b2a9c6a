// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a database of kept recipes says, and which of it still holds as far as files go. That needs
// no configuration, so a thread of its own can find it out while the configuration is evaluated.

#include <atomic>
#include <cstdint>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/compression.h"
#include "engine/base/result.h"
#include "engine/base/sqlite.h"
#include "engine/recipe/local_files.h"
#include "engine/recipe/outside.h"
#include "engine/recipe/premises.h"
#include "engine/recipe/recipe.h"
#include "engine/recipe/watched_files.h"

namespace hitz::recipe {

/// Sorted numbers as differences.
std::string packed(std::vector<std::size_t> numbers);

/// Whether each of packed numbers satisfies; false as well when the bytes make no sense.
template <class Condition>
bool all_of_packed(std::string_view bytes, Condition condition) {
  ByteReader in(bytes);
  for (std::size_t one = 0; !in.at_end();) {
    one += in.number();
    if (!in.ok() || !condition(one)) return false;
  }
  return true;
}

/// The record of one recipe file.
struct KeptRow {
  std::string appends, layer;
  int priority = 0;
  std::string names;    // packed numbers of names that the configuration has
  std::string missing;  // packed short hashes of names that it does not have
  std::string files;    // packed numbers
  std::string record;   // compressed: what was asked of the system, then the recipes
  bool valid = false;   // found or kept in this run
  bool fresh = false;   // kept in this run
  bool looked = false;  // recipes says whether its files still hold
  std::optional<std::vector<Recipe>> recipes{};
  std::vector<std::string> environment{};  // questions to be asked yet, each with its answer
};

/// What is read and stays is made between enter and leave; at the end what did not stay is gone.
struct Apart {
  std::function<void()> enter = [] {}, leave = [] {}, end = [] {};
};

class KeptRows {
 public:
  KeptRows(Database opened, std::int64_t since_ns);
  void keep_apart(Apart apart) { apart_ = std::move(apart); }
  /// Opens or makes the database; one that is damaged is begun anew. Errors: Environment.
  static Result<std::unique_ptr<KeptRows>> open(const std::string& path, std::int64_t since_ns);
  /// Takes the files of a database away.
  static void remove(const std::string& path);
  /// Reads all names, files and records. Errors: the tables are of another layout, or damaged.
  Result<void> load();
  /// Nothing of it counts: numbers of files and names begin anew.
  void forget();
  /// The recipes of a row when its files, folders and links are as they were. The environment is
  /// not asked: it may change while the configuration is evaluated.
  void look(const std::string& path, KeptRow& row);
  /// Looks again at everything when a file has changed since the rows were looked at.
  void settle();
  /// Notes what has been looked at, and what valid rows have asked of the environment.
  void tell(Premises& premises) const;
  /// Whether the environment says what it said.
  bool environment_holds(const KeptRow& row);

  Database database;
  std::int64_t generation = 0;
  std::string identity;  // that it was written under
  std::string present;   // packed hashes of the names that the configuration had
  std::vector<std::pair<std::string, std::string>> names;  // with their fingerprints
  std::map<std::string, KeptRow> rows;                     // by the path of the recipe file
  WatchedFiles files;
  bool loaded = false;

 private:
  std::int64_t since_ns_;
  Result<void> load_meta();
  Result<void> load_rows();
  std::optional<std::vector<Recipe>> intact(const std::string& path, KeptRow& row);
  std::optional<std::vector<Recipe>> read(const std::string& path, KeptRow& row);
  std::unique_ptr<LocalFiles> local_files_ = std::make_unique<LocalFiles>();
  std::unique_ptr<Outside> outside_ = std::make_unique<Outside>(*local_files_);
  Decompressor decompressor_;
  Apart apart_;
};

/// Reads and looks through a database in a thread of its own.
class KeptRowsAhead {
 public:
  KeptRowsAhead(std::string path, std::int64_t since_ns, Apart apart = {});
  ~KeptRowsAhead();
  KeptRowsAhead(const KeptRowsAhead&) = delete;
  KeptRowsAhead& operator=(const KeptRowsAhead&) = delete;
  /// Until all is read. The thread stays, and with it its memory.
  void wait() const;
  /// Until it does nothing any more, be all read or not.
  void stop();
  /// Waits for it; null when this is not the database that was read, or it could not be.
  std::unique_ptr<KeptRows> take(const std::string& path);

 private:
  void run();
  void read();
  std::string path_;
  std::int64_t since_ns_;
  Apart apart_;
  std::unique_ptr<KeptRows> rows_;
  std::atomic<bool> unwanted_ = false;
  std::latch done_{1}, leave_{1};
  std::thread thread_;  // the last member: it uses all others
};

/// The database below a folder that was written last: most likely the one that is asked for next;
/// "" when there is none.
std::string newest_kept_rows(const std::string& folder);

}  // namespace hitz::recipe
