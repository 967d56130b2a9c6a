// SPDX-License-Identifier: Apache-2.0
#pragma once
// Collections: what layers say of themselves and of each other (facts T52, T55).

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/store.h"
#include "engine/event/event.h"
#include "engine/layer/configuration.h"

namespace hitz::layer {

/// One entry of LAYERDEPENDS: a layer, and what its version must be: ">= 1".
struct Dependency {
  std::string layer;
  std::string op;
  std::string version;
};

/// Errors: a bracket that is not closed, an unknown operator.
Result<std::vector<Dependency>> parse_dependencies(std::string_view text);

/// Fills in patterns, dependencies and priorities; layers are those of BBFILE_COLLECTIONS. Errors:
/// everything that is wrong with the collections, one per line.
Result<void> describe_layers(std::vector<Layer>& layers, data::Store& d);

/// LAYERSERIES_COMPAT by layer.
using SeriesOfLayers = std::map<std::string, std::set<std::string>>;

/// That every layer says it works with the core layer's series. Errors: one that does not; one that
/// is there twice; a layer without a core layer. A layer that says nothing is a warning.
Result<void> check_series(const std::vector<std::string>& collections,
                          const SeriesOfLayers& compatible,
                          const std::vector<std::string>& core_series, event::EventSink& events);

}  // namespace hitz::layer
