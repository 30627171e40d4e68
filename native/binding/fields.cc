#include "binding/fields.h"

#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"

namespace cpw {

Fields::Fields(const Napi::Value& value, std::string what) : what_(std::move(what)) {
  if (!value.IsObject() || value.IsArray() || value.IsFunction()) {
    throw CpwError(ErrorCode::kInternal, what_ + " must be an object.");
  }
  object_ = value.As<Napi::Object>();
}

Napi::Value Fields::Read(const char* key) {
  read_.insert(key);
  return object_.Get(key);
}

void Fields::Fail(const char* key, const char* wanted) const {
  throw CpwError(ErrorCode::kInternal, what_ + "." + key + " must be " + wanted + ".");
}

std::string Fields::String(const char* key) {
  const Napi::Value value = Read(key);
  if (!value.IsString()) Fail(key, "a string");
  std::string text = value.As<Napi::String>().Utf8Value();
  if (text.find('\0') != std::string::npos) Fail(key, "a string without NUL");
  return text;
}

bool Fields::Bool(const char* key) {
  const Napi::Value value = Read(key);
  if (!value.IsBoolean()) Fail(key, "a boolean");
  return value.As<Napi::Boolean>().Value();
}

double Fields::Number(const char* key) { return NumberFrom(Read(key), key); }

double Fields::NumberFrom(const Napi::Value& value, const char* key) const {
  if (!value.IsNumber()) Fail(key, "a number");
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!std::isfinite(number)) Fail(key, "a finite number");
  return number;
}

std::int32_t Fields::Int32(const char* key) { return Int32From(Read(key), key); }

std::int32_t Fields::Int32From(const Napi::Value& value, const char* key) const {
  const double number = NumberFrom(value, key);
  if (number != std::floor(number) || number < std::numeric_limits<std::int32_t>::min() ||
      number > std::numeric_limits<std::int32_t>::max()) {
    Fail(key, "a 32-bit integer");
  }
  return static_cast<std::int32_t>(number);
}

Napi::Array Fields::List(const char* key) {
  constexpr std::uint32_t kMost = 1 << 20;
  const Napi::Value value = Read(key);
  if (!value.IsArray()) Fail(key, "an array");
  Napi::Array list = value.As<Napi::Array>();
  if (list.Length() > kMost) Fail(key, "a shorter array");
  return list;
}

std::vector<double> Fields::Numbers(const char* key) {
  const Napi::Array list = List(key);
  std::vector<double> numbers;
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    numbers.push_back(NumberFrom(list.Get(i), key));
  }
  return numbers;
}

std::vector<std::int32_t> Fields::Int32s(const char* key) {
  const Napi::Array list = List(key);
  std::vector<std::int32_t> numbers;
  for (std::uint32_t i = 0; i < list.Length(); ++i) {
    numbers.push_back(Int32From(list.Get(i), key));
  }
  return numbers;
}

std::optional<Fields> Fields::ObjectOrNull(const char* key) {
  const Napi::Value value = Read(key);
  if (value.IsNull()) return std::nullopt;
  if (!value.IsObject()) Fail(key, "an object or null");
  return Fields(value, what_ + "." + key);
}

std::optional<Napi::Function> Fields::OptionalFunction(const char* key) {
  const Napi::Value value = Read(key);
  if (value.IsUndefined()) return std::nullopt;
  if (!value.IsFunction()) Fail(key, "a function");
  return value.As<Napi::Function>();
}

void Fields::Finish() {
  const Napi::Array keys = object_.GetPropertyNames();
  for (std::uint32_t i = 0; i < keys.Length(); ++i) {
    const std::string key = keys.Get(i).ToString().Utf8Value();
    if (!read_.contains(key)) {
      throw CpwError(ErrorCode::kInternal, what_ + "." + key + " is not known here.");
    }
  }
}

}  // namespace cpw
