#pragma once

#include <napi.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cpw {

// Reads an options object that TypeScript has completed. Each key is read by name and type; a
// missing, mistyped or unread one is CPW_INTERNAL with its name: our bug, never the user's.
class Fields {
 public:
  Fields(const Napi::Value& value, std::string what);

  std::string String(const char* key);
  bool Bool(const char* key);
  double Number(const char* key);
  std::int32_t Int32(const char* key);
  std::vector<double> Numbers(const char* key);
  std::vector<std::int32_t> Int32s(const char* key);
  // null gives nothing; undefined is an error.
  std::optional<Fields> ObjectOrNull(const char* key);
  // Undefined gives an empty value.
  std::optional<Napi::Function> OptionalFunction(const char* key);

  // Throws on a key that nobody read.
  void Finish();

 private:
  Napi::Value Read(const char* key);
  Napi::Array List(const char* key);
  double NumberFrom(const Napi::Value& value, const char* key) const;
  std::int32_t Int32From(const Napi::Value& value, const char* key) const;
  [[noreturn]] void Fail(const char* key, const char* wanted) const;

  Napi::Object object_;
  std::string what_;
  std::set<std::string> read_;
};

}  // namespace cpw
