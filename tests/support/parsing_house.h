// SPDX-License-Identifier: Apache-2.0
#pragma once
// A house with just the rooms that parse: for tests and measurements of layers and recipes. CPython
// runs once per process, so there is one of it.

#include <memory>
#include <string>
#include <vector>

#include "engine/eval/evaluator.h"
#include "engine/event/event.h"
#include "engine/layer/configuration.h"
#include "engine/recipe/collect.h"
#include "parser/reader.h"
#include "python/interpreter.h"

namespace hitz::testing {

/// Keeps every event; log lines as "warning: …".
class Diary : public event::EventSink {
 public:
  void send(const event::Event& event) override;
  std::vector<std::string> lines;       // warnings and errors
  event::ParseFinished parse_finished;  // the last one
};

struct ParsingHouse {
  Sources sources;
  Diary diary;
  python::Interpreter* python = nullptr;
  std::unique_ptr<parser::Reader> reader;
  std::unique_ptr<eval::Evaluator> evaluator;
  data::Family family;

  /// The interpreter forgets the handlers of who came before.
  static Result<std::unique_ptr<ParsingHouse>> open();
  Result<layer::Configuration> configure(layer::Request request);
};

}  // namespace hitz::testing
