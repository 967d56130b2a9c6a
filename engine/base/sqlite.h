// SPDX-License-Identifier: Apache-2.0
#pragma once
// SQLite: a database file shared by several processes, statements with values in order.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/result.h"

namespace hitz {

class Database {
 public:
  using Value = std::variant<std::int64_t, std::string>;
  using Row = std::vector<Value>;

  /// Opens or creates; write-ahead log, 30 s of patience with other writers.
  static Result<Database> open(const std::string& path);
  /// Whether an error says that the file is no database, or a damaged one.
  static bool is_damage(const Error& error);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  Result<void> run(const std::string& sql, const Row& values = {});
  Result<std::vector<Row>> rows(const std::string& sql, const Row& values = {});

  /// A row that is read in place: its texts last until the next one comes.
  class Seen {
   public:
    std::string_view text(int column) const;  // "" for NULL
    std::int64_t number(int column) const;    // 0 for what is no number

   private:
    friend class Database;
    explicit Seen(void* statement) : statement_(statement) {}
    void* statement_;
  };
  /// Shows the rows one after the other; keeps none.
  Result<void> each(const std::string& sql, const std::function<void(const Seen&)>& see);

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hitz
