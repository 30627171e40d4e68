#include "binding/channel.h"

#include <memory>
#include <utility>

namespace cpw {
namespace {

void Deliver(napi_env env, napi_value /*callback*/, void* /*context*/, void* data) {
  std::unique_ptr<Channel::Message> message(static_cast<Channel::Message*>(data));
  if (env == nullptr) return;  // the environment is going away
  Napi::HandleScope scope(env);
  try {
    (*message)(Napi::Env(env));
  } catch (const Napi::Error&) {
    // Callbacks are guarded: what fails here is settling a promise of an environment that is being
    // terminated. Nobody is left to be told, and rethrowing into it would end the process.
  }
}

}  // namespace

Channel::Channel(Napi::Env env) : env_(env) {
  const napi_value name = Napi::String::New(env, "cpw-native");
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, nullptr,
                                      Deliver, &function_) != napi_ok) {
    throw Napi::Error::New(env);
  }
  napi_unref_threadsafe_function(env, function_);
}

Channel::~Channel() { Close(); }

void Channel::Send(Message message) {
  auto data = std::make_unique<Message>(std::move(message));
  std::lock_guard lock(mutex_);
  if (function_ == nullptr) return;
  if (napi_call_threadsafe_function(function_, data.get(), napi_tsfn_nonblocking) == napi_ok) {
    data.release();  // Deliver owns it now
  }
}

void Channel::Ref() {
  if (references_++ == 0 && function_ != nullptr) napi_ref_threadsafe_function(env_, function_);
}

void Channel::Unref() {
  if (--references_ == 0 && function_ != nullptr) napi_unref_threadsafe_function(env_, function_);
}

void Channel::Close() {
  std::lock_guard lock(mutex_);
  if (function_ == nullptr) return;
  napi_release_threadsafe_function(function_, napi_tsfn_abort);
  function_ = nullptr;
}

}  // namespace cpw
