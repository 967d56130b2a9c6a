// SPDX-License-Identifier: Apache-2.0
#pragma once
// A house with just the rooms that parse: for tests and measurements of layers and recipes. CPython
// runs once per process, so there is one of it.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/eval/evaluator.h"
#include "engine/event/event.h"
#include "engine/layer/configuration.h"
#include "engine/recipe/world.h"
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

/// A folder of files, gone with the object. The text holds them as
///
///   --> layer/conf/layer.conf
///   its lines
///
/// A file named again replaces the one before; @ROOT@ in a line is the folder. What stands below
/// "--> environment" are the process's variables, NAME=value.
class FileWorld {
 public:
  explicit FileWorld(const std::string& text);
  ~FileWorld();
  FileWorld(const FileWorld&) = delete;
  FileWorld& operator=(const FileWorld&) = delete;

  const std::string& root() const { return root_; }
  const std::map<std::string, std::string>& environment() const { return environment_; }
  /// The text with the folder's path as @ROOT@ again.
  std::string anonymous(std::string text) const;

 private:
  std::string root_;
  std::map<std::string, std::string> environment_;
};

/// The text of a world of files whose build directory has one layer, core, with a file
/// conf/names.inc that says what a recipe is called; what is given follows and may replace.
std::string small_world(const std::string& files);

struct ParsingHouse {
  Sources sources;
  Diary diary;
  python::Interpreter* python = nullptr;
  std::unique_ptr<parser::Reader> reader;
  std::unique_ptr<eval::Evaluator> evaluator;
  data::Family family;

  /// The interpreter forgets the handlers of who came before.
  static Result<std::unique_ptr<ParsingHouse>> open();
  Result<layer::Configuration> configure(const layer::Request& request);
  /// With the build directory build/ of a world of files.
  Result<layer::Configuration> configure(const FileWorld& files);
};

}  // namespace hitz::testing
