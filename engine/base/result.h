// SPDX-License-Identifier: Apache-2.0
#pragma once
// Result<T>: a value or an Error that says whom to blame, what went wrong and the trail that led
// there.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace hitz {

/// Who has to act: the exit status of hitz is 1, 2 or 3 in this order.
enum class Blame { Input, Environment, Internal };

/// Which of BitBake's exception classes an error is to Python code.
enum class Kind {
  Plain,
  Parse,       // bb.parse.ParseError
  Expansion,   // bb.data_smart.ExpansionError
  SkipRecipe,  // bb.parse.SkipRecipe: message is the reason
  Handled,     // bb.BBHandledException: the user has been told already
  Function,    // bb.build.FuncFailed-like: a metadata function failed
};

struct Error {
  Blame blame = Blame::Input;
  std::string message;  // lower case; names the thing, then the place; suggests the near miss
  std::vector<std::string> trail;  // innermost first: "while inheriting autotools at foo.bb:7"
  Kind kind = Kind::Plain;
  std::vector<std::string>
      chain{};  // of an expansion: the variables that led there, innermost first
  std::string hint{};  // what may have been meant: for a person, not for Python code

  /// The message and the trail, one per line, for a person. What repeats is told once.
  std::string text() const;
  /// The same with a hint of what may have been meant; itself, so that it can be passed on.
  Error& with_hint(std::string what);
  /// Adds where we were; returns itself so that it can be passed on.
  Error& while_doing(std::string what);
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}
inline tl::unexpected<Error> input_error(std::string message) {
  return fail(Error{Blame::Input, std::move(message), {}, Kind::Plain});
}
inline tl::unexpected<Error> environment_error(std::string message) {
  return fail(Error{Blame::Environment, std::move(message), {}, Kind::Plain});
}
inline tl::unexpected<Error> internal_error(std::string message) {
  return fail(Error{Blame::Internal, std::move(message), {}, Kind::Plain});
}
inline tl::unexpected<Error> kind_error(Kind kind, std::string message) {
  return fail(Error{Blame::Input, std::move(message), {}, kind});
}

}  // namespace hitz

/// TRY(expr): the value of a Result expression, or return its error from the enclosing function.
/// (A GNU statement expression: gcc and clang both have it, and nothing else reads as well.)
#define TRY(...)                                                  \
  __extension__({                                                 \
    auto&& try_result_ = (__VA_ARGS__);                           \
    if (!try_result_) {                                           \
      return tl::make_unexpected(std::move(try_result_).error()); \
    }                                                             \
    std::move(try_result_).value();                               \
  })

/// TRY_VOID(expr): the same for Result<void>.
#define TRY_VOID(...)                                             \
  do {                                                            \
    auto&& try_result_ = (__VA_ARGS__);                           \
    if (!try_result_) {                                           \
      return tl::make_unexpected(std::move(try_result_).error()); \
    }                                                             \
  } while (false)
