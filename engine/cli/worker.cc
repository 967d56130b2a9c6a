// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/worker.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <list>
#include <map>
#include <optional>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/process.h"
#include "engine/cli/processes.h"
#include "engine/cli/work_order.h"
#include "engine/exec/empty_networks.h"
#include "engine/exec/script.h"
#include "engine/exec/task_data.h"
#include "engine/signature/base_hash.h"

namespace hitz::cli {

namespace {

constexpr int kNote = 20;
constexpr std::size_t kRecipes = 64;  // more make forks slow

int number_of(event::Level level) {
  if (level == event::Level::Error) return 40;
  return level == event::Level::Warning ? 30 : kNote;
}

/// In the worker: orders to jobs.
class Workshop {
 public:
  explicit Workshop(House& house) : house_(house), hooks_(task_hooks(house)) {
    house_.events->to(lines_);
  }

  // What is told while a recipe's datastore is made is told of the task that needs it first.
  Result<int> start(const TaskRequest& request) {
    auto tell = [&request](int level, const std::string& text) {
      if (level > kNote) tell_line(request.messages, level, text);
    };
    house_.log = tell;
    house_.hears = [](int level) { return level > kNote; };
    auto job = make(request);
    for (const auto& line : lines_.take()) tell(number_of(line.level), line.message);
    if (!job) return fail(std::move(job.error()));
    job->empty_network = networks_.take();
    auto network = job->empty_network;
    auto pid = exec::start_process(std::move(*job), *house_.python, *house_.functions, hooks_,
                                   request.messages);
    if (network && pid) in_use_[*pid] = *network;
    if (network && !pid) networks_.give_back(*network);
    return pid;
  }

  // What goes on running, or was cut off, may still be in the network.
  void end(int pid, bool alone) {
    auto at = in_use_.find(pid);
    if (at == in_use_.end()) return;
    if (alone) {
      networks_.give_back(at->second);
    } else {
      exec::EmptyNetworks::leave(at->second);
    }
    in_use_.erase(at);
  }

  Result<void> begin(const std::string& details) {
    auto facts = decode_facts(details);
    if (!facts) return internal_error("what a worker was told of a build cannot be read");
    facts_ = std::move(*facts);
    std::vector<data::Store*> all = {house_.configuration.store.get()};
    for (const auto& other : house_.configuration.multiconfigs) all.push_back(other.store.get());
    for (data::Store* d : all) {
      for (const auto& [name, value] : facts_.settings)
        TRY_VOID(d->set(name, value, data::Writer::Code));
    }
    TRY(house_.python->call("hitz.signing", "resume", all.front(), {facts_.generator}));
    return {};
  }

 private:
  struct Kept {
    std::string name;
    std::vector<recipe::Recipe> variants;
    std::unique_ptr<signature::BaseHashes> hashes;  // of the one; null until a task needs them
    std::shared_ptr<const exec::ExportedAhead> exported;  // of the one
  };

  Result<exec::Job> make(const TaskRequest& request) {
    auto found = decode_order(request.details);
    if (!found) return internal_error("what a worker was told of a task cannot be read");
    auto order = std::make_shared<const RecipeOrder>(std::move(*found));
    exec::Job out;
    out.recipe = TRY(recipe_of(*order));
    out.exported = recipes_.front().exported;
    out.task = out.recipe->task(order->order.task);
    if (out.task == nullptr)
      return internal_error(out.recipe->virtual_file + " has no " + order->order.task +
                            " any more");
    out.number = request.id.value;
    out.label = exec::task_label(*out.recipe, out.task->name);
    out.hash = request.hash;
    out.unihash = request.unihash;
    out.stamp = request.stamp;
    out.settings = request.settings;
    out.marks = order->marks;
    out.quiet = order->quiet;
    out.gives_way = order->gives_way;
    TRY_VOID(add_actions(out, order));
    TRY_VOID(make_functions_ready(out));
    return out;
  }

  // What the first task of a recipe finds out in the worker, all others need not.
  Result<void> warm(const recipe::Recipe& recipe, Kept& kept) {
    auto d = TRY(recipe.store.get());
    if (!warm_) TRY_VOID(house_.functions->know_prologue(*d->copy()));
    warm_ = true;
    auto log = std::exchange(house_.log, [](int, const std::string&) {});  // the task tells of it
    kept.exported = std::make_shared<const exec::ExportedAhead>(exec::exported_ahead(d));
    house_.log = std::move(log);
    TRY(house_.python->call("hitz.task", "settle", nullptr, {}));
    return {};
  }

  // Many recipes have the same ones.
  Result<void> make_functions_ready(const exec::Job& job) {
    auto d = TRY(job.recipe->store.get());
    for (const auto& name : TRY(exec::functions_of(job.task->name, *d))) {
      if (d->has_flag(name, "python"))
        house_.python->make_ready(TRY(exec::python_function(name, *d)));
    }
    return {};
  }

  Result<void> add_actions(exec::Job& out, const std::shared_ptr<const RecipeOrder>& order) {
    std::string task = order->order.name.substr(order->order.name.rfind(':') + 1);
    auto file = std::make_shared<TaskSignatureFile>(house_.scanner, facts_.rules, *out.recipe,
                                                    order->order.signature, task);
    out.prepare = [this, order, file](data::Store& d) -> Result<void> {
      TRY_VOID(house_.python->set_task_dependencies(d, order->order.dependencies));
      house_.python->hooks.write_signature =
          [order, file](const std::string& task, const std::string& unihash,
                        const std::string& path) -> Result<bool> {
        if (task != order->order.name) return false;
        if (order->order.has_signature_file) TRY_VOID(file->write(unihash, path));
        return true;
      };
      return {};
    };
    if (order->quiet || out.stamp.empty() || !order->order.has_signature_file) return {};
    out.stamped = [file](const std::string& unihash) { return file->write(unihash, ""); };
    Kept& kept = recipes_.front();  // recipe_of() has put it there
    if (!kept.hashes)
      kept.hashes =
          std::make_unique<signature::BaseHashes>(*TRY(out.recipe->store.get()), house_.scanner);
    file->know(TRY(kept.hashes->of(task)));  // here, as the recipe's tasks have most in common
    return {};
  }

  // Of a file's variants the one that is wanted, and the recipe itself.
  Result<const recipe::Recipe*> recipe_of(const RecipeOrder& order) {
    std::string name = recipe::virtual_file(order.file, order.variant);
    auto kept = std::find_if(recipes_.begin(), recipes_.end(),
                             [&](const Kept& one) { return one.name == name; });
    if (kept == recipes_.end()) {
      auto realm = TRY(house_.realm(order.file.multiconfig));
      auto base = realm.configuration->store->copy();
      TRY_VOID(base->set("__ONLYFINALISE", order.variant.empty() ? "default" : order.variant,
                         data::Writer::Code));
      recipes_.push_front(
          {name, TRY(recipe::evaluate(order.file, *base, *house_.evaluator)), nullptr, nullptr});
      if (recipes_.size() > kRecipes) recipes_.pop_back();
      for (const auto& recipe : recipes_.front().variants) {
        if (recipe.variant == order.variant) TRY_VOID(warm(recipe, recipes_.front()));
      }
    } else {
      recipes_.splice(recipes_.begin(), recipes_, kept);
    }
    for (const auto& recipe : recipes_.front().variants) {
      if (recipe.variant == order.variant) return &recipe;
    }
    return internal_error(order.file.path + " has no variant '" + order.variant + "' any more");
  }

  House& house_;
  exec::ProcessHooks hooks_;
  event::LogCollector lines_;
  WorkFacts facts_;
  std::list<Kept> recipes_;  // the one used last comes first
  exec::EmptyNetworks networks_;
  std::map<int, exec::EmptyNetwork> in_use_;  // by the task's process
  bool warm_ = false;
};

int serve(House& house, int socket, int parent) {
  ::signal(SIGTERM, SIG_DFL);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) return 1;  // it died before it could be watched
  Workshop workshop(house);
  std::optional<Error> error;
  TaskServer server(
      socket,
      [&](const TaskRequest& request) -> Result<int> {
        if (error) return fail(*error);
        return workshop.start(request);
      },
      [&](const std::string& details, int lock) {
        static_cast<void>(lock);  // it stays open, and taken
        auto begun = workshop.begin(details);
        if (!begun) error = std::move(begun.error());
      },
      [&](int pid, bool alone) { workshop.end(pid, alone); });
  return server.run() ? 0 : 1;
}

}  // namespace

Result<std::shared_ptr<Worker>> Worker::start(House& house) {
  auto socket = TRY(TaskSocket::open());
  int parent = ::getpid();
  auto pid = house.fork_configured([&] {
    ::close(socket.ours);
    return serve(house, socket.theirs, parent);
  });
  ::close(socket.theirs);
  if (pid) return std::shared_ptr<Worker>(new Worker(*pid, socket.ours));
  ::close(socket.ours);
  return fail(std::move(pid.error()));
}

Worker::~Worker() {
  ::close(socket_);
  wait_for(pid_);
}

Result<void> Worker::begin(const WorkFacts& facts, int lock) const {
  return tell_server(socket_, encode(facts), lock);
}

Result<void> Worker::run(TaskId id, QueueFacts::Variant variant, const exec::Job& job,
                         const WorkOrder& order, int messages) const {
  return request_task(socket_, id, variant, job, messages, encode(job, order));
}

}  // namespace hitz::cli
