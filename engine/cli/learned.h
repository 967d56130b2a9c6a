// SPDX-License-Identifier: Apache-2.0
#pragma once
// Learned: what one run learns from outside while it reads metadata.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/layer/configuration.h"
#include "engine/recipe/premises.h"

namespace hitz::cli {

struct Installation;

/// Whether what time it is counts.
enum class TimeOfDay { Ignored, Counts };

class Learned {
 public:
  /// environment: what the process was started with. since_ns: when the run began.
  Learned(const layer::Environment& environment, std::int64_t since_ns);

  recipe::Premises premises;
  data::Reads by_python;
  std::shared_ptr<data::Reads> of_origin;  // names looked at of BB_ORIGENV

  /// All of it, with hitz itself and the files of the configuration and its multiconfigs; nullopt
  /// when a later run cannot tell whether it would learn the same.
  std::optional<std::string> written(const Installation& installation,
                                     const layer::Configuration& configuration,
                                     TimeOfDay clock = TimeOfDay::Ignored);

 private:
  void add_files(const layer::Configuration& configuration);
};

}  // namespace hitz::cli
