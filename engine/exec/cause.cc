// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/cause.h"

#include <initializer_list>

namespace hitz::exec {

namespace {

constexpr std::size_t kTail = 8192;  // bytes: what a failure leaves at the end of a log

bool any(std::string_view text, std::initializer_list<std::string_view> signs) {
  for (auto sign : signs) {
    if (text.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

std::string_view tail_of(std::string_view log) {
  return log.size() > kTail ? log.substr(log.size() - kTail) : log;
}

}  // namespace

bool may_leave_halves(std::string_view log) {
  return cause_of(log, Network::Cut) != Cause::Task ||
         any(tail_of(log), {"Killed", "Terminated", "] Interrupt", "] Error 137", "] Error 143",
                            "exit code 137", "exit code 143", "exit code -9", "exit code -15"});
}

Cause cause_of(std::string_view log, Network network) {
  std::string_view tail = tail_of(log);
  if (any(tail, {"No space left on device", "Disk quota exceeded"})) return Cause::Disk;
  if (any(tail, {"Cannot allocate memory", "virtual memory exhausted", "out of memory allocating",
                 "Killed signal terminated program", "MemoryError"}))
    return Cause::Memory;
  if (network == Network::Used &&
      any(tail, {"Temporary failure in name resolution", "Name or service not known",
                 "Could not resolve host", "Couldn't resolve host", "unable to resolve host",
                 "Connection timed out", "Connection refused", "Connection reset by peer",
                 "Network is unreachable", "Operation timed out", "Couldn't connect to server",
                 "Failed to connect to", "The requested URL returned error: 5", "NetworkFault"}))
    return Cause::Network;
  return Cause::Task;
}

std::string cause_text(Cause cause) {
  switch (cause) {
    case Cause::Disk: return "the disk is full";
    case Cause::Memory: return "memory ran out";
    case Cause::Network: return "the network does not answer";
    case Cause::Task: break;
  }
  return "";
}

}  // namespace hitz::exec
