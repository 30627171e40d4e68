#pragma once

#include <napi.h>

#include <functional>
#include <mutex>

namespace cpw {

// The one way from any thread to the JS thread of an environment. Messages arrive in the order in
// which they were sent, so a call's progress comes before its result. It keeps the process alive
// only while calls run (Ref/Unref).
class Channel {
 public:
  using Message = std::function<void(Napi::Env)>;

  explicit Channel(Napi::Env env);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Any thread. Dropped once the environment is being torn down.
  void Send(Message message);

  // JS thread only; counted.
  void Ref();
  void Unref();
  // JS thread only, in the environment's cleanup hook, after every sender has ended.
  void Close();

 private:
  napi_env env_;
  std::mutex mutex_;  // for function_: a late sender may meet Close()
  napi_threadsafe_function function_ = nullptr;
  int references_ = 0;
};

}  // namespace cpw
