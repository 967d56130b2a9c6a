// SPDX-License-Identifier: Apache-2.0
#include "engine/base/sqlite.h"

#include <unordered_map>

#include <sqlite3.h>

#include "engine/base/handle.h"

namespace hitz {

namespace {

using Connection = Handle<sqlite3, sqlite3_close_v2>;
constexpr const char* kDamaged = " (the file is damaged)";
using Statement = Handle<sqlite3_stmt, sqlite3_finalize>;

}  // namespace

struct Database::State {
  std::string path;
  Connection connection;
  std::unordered_map<std::string, Statement> statements;

  tl::unexpected<Error> error() const {
    if (!connection) return environment_error("database " + path + ": cannot be opened");
    int code = sqlite3_errcode(connection.get());
    bool damage = code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
    return environment_error("database " + path + ": " + sqlite3_errmsg(connection.get()) +
                             (damage ? kDamaged : ""));
  }
  Result<sqlite3_stmt*> prepare(const std::string& sql, const Row& values);
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  sqlite3* raw = nullptr;
  int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  state->connection.reset(raw);
  if (code != SQLITE_OK) return state->error();
  sqlite3_busy_timeout(raw, 30000);
  Database out(std::move(state));
  TRY_VOID(out.rows("PRAGMA journal_mode=WAL"));
  TRY_VOID(out.run("PRAGMA synchronous=NORMAL"));
  TRY_VOID(out.rows("PRAGMA mmap_size=1073741824"));
  return out;
}

bool Database::is_damage(const Error& error) {
  return error.message.ends_with(kDamaged);
}

Result<sqlite3_stmt*> Database::State::prepare(const std::string& sql, const Row& values) {
  Statement& statement = statements[sql];
  if (!statement) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(connection.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
      return error();
    statement.reset(raw);
  }
  sqlite3_reset(statement.get());
  for (std::size_t i = 0; i < values.size(); ++i) {
    int at = static_cast<int>(i) + 1;
    if (const auto* number = std::get_if<std::int64_t>(&values[i])) {
      sqlite3_bind_int64(statement.get(), at, *number);
    } else {
      const auto& text = std::get<std::string>(values[i]);
      sqlite3_bind_text(statement.get(), at, text.data(), static_cast<int>(text.size()),
                        SQLITE_TRANSIENT);
    }
  }
  return statement.get();
}

Result<void> Database::run(const std::string& sql, const Row& values) {
  sqlite3_stmt* statement = TRY(state_->prepare(sql, values));
  int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  if (code != SQLITE_DONE && code != SQLITE_ROW) return state_->error();
  return {};
}

std::string_view Database::Seen::text(int column) const {
  auto* statement = static_cast<sqlite3_stmt*>(statement_);
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  if (text == nullptr) return "";
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

std::int64_t Database::Seen::number(int column) const {
  return sqlite3_column_int64(static_cast<sqlite3_stmt*>(statement_), column);
}

Result<void> Database::each(const std::string& sql, const std::function<void(const Seen&)>& see) {
  sqlite3_stmt* statement = TRY(state_->prepare(sql, {}));
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) see(Seen(statement));
  sqlite3_reset(statement);
  if (code != SQLITE_DONE) return state_->error();
  return {};
}

Result<std::vector<Database::Row>> Database::rows(const std::string& sql, const Row& values) {
  sqlite3_stmt* statement = TRY(state_->prepare(sql, values));
  std::vector<Row> out;
  int code = SQLITE_ROW;
  Seen seen(statement);
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    Row row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      if (sqlite3_column_type(statement, i) == SQLITE_INTEGER) {
        row.emplace_back(seen.number(i));
      } else {
        row.emplace_back(std::string(seen.text(i)));
      }
    }
    out.push_back(std::move(row));
  }
  sqlite3_reset(statement);
  if (code != SQLITE_DONE) return state_->error();
  return out;
}

}  // namespace hitz
