// SPDX-License-Identifier: Apache-2.0
#pragma once
// Networks with nothing on them, for tasks that may not use any. The system takes a millisecond to
// make one and as long to take it apart, so one task after the other has the same.

#include <optional>
#include <vector>

namespace hitz::exec {

/// A user namespace in which the user is himself, and its network namespace: descriptors.
struct EmptyNetwork {
  int user = -1, network = -1;
};

class EmptyNetworks {
 public:
  EmptyNetworks() = default;
  ~EmptyNetworks();
  EmptyNetworks(const EmptyNetworks&) = delete;
  EmptyNetworks& operator=(const EmptyNetworks&) = delete;

  /// One that no task is in; nullopt where the system does not let this user make one.
  std::optional<EmptyNetwork> take();
  /// The task in it has ended, and left no process behind.
  void give_back(EmptyNetwork one);
  /// The task in it may have left something there: no other enters it.
  static void leave(EmptyNetwork one);

 private:
  std::vector<EmptyNetwork> free_;
  bool refused_ = false;
};

}  // namespace hitz::exec
