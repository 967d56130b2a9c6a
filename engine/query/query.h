// SPDX-License-Identifier: Apache-2.0
#pragma once
// The query language's front door: a text to an answer as text.

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/graph/providers.h"
#include "engine/query/node_graph.h"

namespace hitz::query {

/// Label: a label per line. LabelKind: kind and label. Json: an array of objects. Dot: Graphviz.
/// Graph: each label with what it needs within the answer.
enum class Format { Label, LabelKind, Json, Dot, Graph };

/// label, label_kind, json, dot or graph. Errors: Input, any other.
Result<Format> parse_format(std::string_view name);

struct Options {
  Level level = Level::Recipes;
  Format format = Format::Label;
};

struct Answer {
  std::string text;
  std::vector<std::string> warnings;
};

/// Errors: those of parse() and evaluate().
Result<Answer> query(const recipe::World& world, graph::Providers& providers,
                     std::string_view expression, const Options& options = {});

}  // namespace hitz::query
