// SPDX-License-Identifier: Apache-2.0
#pragma once
// Interpreter: CPython inside hitz. One per process; a forked child may go on using its copy.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/base/findings.h"
#include "engine/data/python_host.h"
#include "python/hooks.h"

namespace hitz::python {

class Interpreter final : public data::PythonHost {
 public:
  /// modules is the folder that holds bb/. Errors: Environment when CPython or the package cannot
  /// start.
  static Result<std::unique_ptr<Interpreter>> start(const std::string& modules);
  ~Interpreter() override;
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  Hooks hooks;
  /// What the stores that Python makes (bb.data.init()) belong to.
  void use(const data::Family& family);

  data::Reads* watch(data::Reads* reads) override;
  std::optional<data::RunningCode> running_code() override;
  Result<std::optional<std::string>> evaluate(std::string_view expression, data::Store& d) override;
  Result<void> define(std::string_view name, std::string_view text, std::string_view path,
                      std::uint32_t line) override;
  Result<void> run(const data::PythonFunction& function, data::Store& d) override;
  Result<std::string> filter(std::string_view value, std::string_view expression) override;
  Result<const data::CodeRefs*> scan(std::string_view code) override;
  Result<void> add_library(std::string_view folder, std::string_view package,
                           data::Store& d) override;
  void set_version(const std::string& version) override;
  void warn(const std::string& text) override;
  Result<void> add_handler(const data::PythonHandler& handler, data::Store& d) override;
  Result<void> fire(std::string_view event_class, const std::vector<data::Value>& arguments,
                    data::Store& d) override;
  Result<void> fire_multiconfig_parsed(
      const std::vector<std::pair<std::string, std::shared_ptr<data::Store>>>& stores,
      data::Store& d) override;
  std::shared_ptr<const data::Opaque> handlers() override;
  void restore_handlers(std::shared_ptr<const data::Opaque> table) override;
  const std::unordered_set<std::string>& module_function_names() override;
  Result<const ModuleFunction*> module_function(const std::string& name) override;

  /// What code refers to is found there first, and kept there, from now on; null for nowhere. All
  /// libraries have been added.
  void remember(Findings* findings);
  /// The same for what compiling the texts gives that many recipes share.
  void keep_code(Findings* findings);
  /// How much there is to save of that: KeptCode::fresh().
  std::size_t compiled_anew() const;

  /// So that forked processes which run it need neither compile it nor import what it imports; one
  /// that cannot be compiled says so there.
  void make_ready(const data::PythonFunction& function);

  /// Runs a Python file as __main__ with sys.argv = [path, arguments…]; its exit status.
  Result<int> run_script(const std::string& path, const std::vector<std::string>& arguments);
  /// Runs a text as python -c does.
  Result<int> run_text(const std::string& text, const std::vector<std::string>& arguments);
  /// BB_TASKDEPDATA by the engine's records; its value is made when metadata asks for it.
  static Result<void> set_task_dependencies(data::Store& d, std::string records);
  /// Calls module.function(d, texts…) and gives str() of what it returns; for the few things cli
  /// asks of Python.
  Result<std::string> call(const std::string& module, const std::string& function, data::Store* d,
                           const std::vector<std::string>& arguments);
  /// To be called around fork().
  void before_fork();
  void after_fork_parent();
  void after_fork_child();

 private:
  Interpreter();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hitz::python
