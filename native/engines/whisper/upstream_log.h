#pragma once

#include <mutex>
#include <string>

namespace cpw {

// Sends what whisper.cpp and ggml log to core/log.h. Cheap to call again; every entry point does.
void RouteUpstreamLogs();

// Upstream registers its logger anew whenever it makes a context or a state, unguarded: hold this
// while it does.
std::mutex& UpstreamSetupMutex();

// While it lives, error lines that upstream logs on this thread are kept: they are the only words
// that go with a null pointer or a negative number. They reach the log as debug lines, since the
// caller either throws them or asked for the failure (an abort).
class UpstreamErrors {
 public:
  UpstreamErrors();
  ~UpstreamErrors();
  UpstreamErrors(const UpstreamErrors&) = delete;
  UpstreamErrors& operator=(const UpstreamErrors&) = delete;

  void Add(const std::string& line);
  bool empty() const { return text_.empty(); }
  bool OutOfMemory() const;
  // "what (upstream's words). next step", as kOutOfMemory where memory ran out, else with the given
  // code's meaning.
  [[noreturn]] void ThrowInference(const std::string& what) const;
  [[noreturn]] void ThrowLoad(const std::string& what) const;

 private:
  std::string Words() const;
  [[noreturn]] void ThrowOutOfMemory(const std::string& what) const;

  std::string text_;
  UpstreamErrors* previous_;
};

}  // namespace cpw
