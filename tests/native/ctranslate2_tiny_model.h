#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace cpw::testing {

struct TinyVariable {
  std::string name;
  std::vector<std::uint32_t> dims;
  std::uint8_t type = 0;  // as in model.bin: 0 f32, 1 i8, 2 i16, 3 i32, 4 f16, 5 bf16
  std::string data;
};

// A Whisper model that is complete in structure and knows nothing: random weights, one layer each.
// Everything is open to change before Write().
struct TinyModel {
  std::uint32_t version = 6;
  std::string spec = "WhisperSpec";
  std::uint32_t revision = 3;
  std::vector<TinyVariable> variables;
  std::vector<std::pair<std::string, std::string>> aliases;
  std::vector<std::string> tokens;
  std::string config;

  TinyVariable& Get(const std::string& name);
  void Remove(const std::string& name);
  std::size_t IdOf(const std::string& token) const;
  // `fields`, where given, becomes the offsets of everything that is not weights.
  std::string ModelBin(std::vector<std::size_t>* fields = nullptr) const;
  std::string VocabularyJson() const;
};

TinyModel MakeTinyModel(bool multilingual = true);

// A folder that is gone with the object.
class ModelFolder {
 public:
  ModelFolder();
  explicit ModelFolder(const TinyModel& model);
  ~ModelFolder();
  ModelFolder(const ModelFolder&) = delete;
  ModelFolder& operator=(const ModelFolder&) = delete;

  std::string path() const { return path_.string(); }
  void Put(const std::string& name, const std::string& bytes) const;
  void Delete(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

}  // namespace cpw::testing
