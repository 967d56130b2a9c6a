// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/retries.h"

#include <algorithm>

#include "engine/base/file.h"
#include "engine/exec/cause.h"

namespace hitz::exec {

Retries::Retries(std::unique_ptr<Runner> runner, RetryPolicy policy, event::EventSink& events,
                 std::function<bool()> still)
    : runner_(std::move(runner)), policy_(policy), events_(events), still_(std::move(still)) {}

Result<void> Retries::start(Job job) {
  if (policy_.retries > 0) {
    job.hold_errors = true;
    tried_[job.number] = {job, 0};
  }
  return runner_->start(std::move(job));
}

bool Retries::try_later(const Finished& failed) {
  auto at = tried_.find(failed.number);
  if (at == tried_.end() || at->second.retries >= policy_.retries || !still_()) return false;
  Tried& tried = at->second;
  auto log = read_file(failed.log);
  Cause cause = cause_of((log ? *log : std::string()) + failed.why,
                         tried.job.network ? Network::Used : Network::Cut);
  if (cause == Cause::Task) return false;
  std::int64_t delay =
      std::min(policy_.longest_ms, policy_.delay_ms << std::min(tried.retries, 20));
  ++tried.retries;
  for (const auto& line : failed.errors) event::log(events_, event::Level::Warning, line.message);
  event::log(events_, event::Level::Warning,
             tried.job.label + " failed because " + cause_text(cause) + "; it runs again in " +
                 std::to_string((delay + 999) / 1000) + " s (" + std::to_string(tried.retries) +
                 " of " + std::to_string(policy_.retries) + ")");
  waiting_.push_back({Clock::now() + std::chrono::milliseconds(delay), failed});
  return true;
}

// What cannot be started again has failed as it did before.
void Retries::start_due(std::vector<Finished>& out) {
  auto due = std::partition(waiting_.begin(), waiting_.end(),
                            [&](const Waiting& one) { return one.due > Clock::now() && still_(); });
  std::vector<Waiting> begun(std::make_move_iterator(due), std::make_move_iterator(waiting_.end()));
  waiting_.erase(due, waiting_.end());
  for (const auto& one : begun) {
    if (!still_() || !runner_->start(tried_[one.failed.number].job)) out.push_back(one.failed);
  }
}

std::vector<Finished> Retries::wait(int timeout_ms) {
  std::vector<Finished> out;
  start_due(out);
  if (!out.empty()) return out;
  for (const auto& one : waiting_) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(one.due - Clock::now()).count();
    timeout_ms = std::clamp(static_cast<int>(left), 0, timeout_ms < 0 ? 1000 : timeout_ms);
  }
  for (auto& ended : runner_->wait(timeout_ms)) {
    if (ended.status != 0 && try_later(ended)) continue;
    for (const auto& line : ended.errors) events_.send(line);
    tried_.erase(ended.number);
    out.push_back(std::move(ended));
  }
  return out;
}

void Retries::kill_all() {
  waiting_.clear();
  runner_->kill_all();
}

}  // namespace hitz::exec
