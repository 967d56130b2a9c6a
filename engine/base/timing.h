// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where CPU time goes, summed over this process and those that it forks. Whoever has no Timing pays
// for a test of a pointer.

#include <cstdint>
#include <memory>

namespace hitz {

/// Kinds of work. Time counts for the innermost one alone.
enum class Work : std::uint8_t { Rest, Parsing, Evaluating, Python, Analysis, Hashing };

/// The sums lie in memory that forked processes share. One thread per process.
class Timing {
 public:
  Timing();
  ~Timing();
  Timing(const Timing&) = delete;
  Timing& operator=(const Timing&) = delete;
  /// From now on time counts for this kind; gives the kind before.
  Work turn_to(Work work);
  /// To be called in a forked process before anything else: its clock starts anew.
  void restart();
  /// CPU seconds of all processes so far.
  double seconds(Work work) const;
  /// CPU seconds of this process and of those forked by it that have ended, whatever they did.
  static double total_seconds();

 private:
  struct Sums;
  Sums* sums_ = nullptr;
  Work work_ = Work::Rest;
  std::int64_t since_ns_ = 0;
};

/// Time counts for a kind of work as long as this lives.
class Timed {
 public:
  Timed(Timing* timing, Work work) : timing_(timing) {
    if (timing_ != nullptr) before_ = timing_->turn_to(work);
  }
  ~Timed() {
    if (timing_ != nullptr) timing_->turn_to(before_);
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  Timing* timing_;
  Work before_ = Work::Rest;
};

}  // namespace hitz
