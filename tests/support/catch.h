// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one header that includes Catch2.

#include <catch2/catch.hpp>

#include "engine/base/result.h"

/// The value of a Result, or a failed test with its error's text.
template <class T>
T need(hitz::Result<T> result) {
  if (!result) FAIL(result.error().text());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}
