#include "engines/ctranslate2/sentencepiece_file.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "core/script.h"
#include "engines/ctranslate2/model_error.h"

namespace cpw {
namespace {

constexpr std::uintmax_t kMaxBytes = 256U << 20;
constexpr std::size_t kMaxPieceBytes = 1024;

// A message of protobuf: fields one after the other, each with its number and wire type.
struct WireField {
  std::uint32_t number = 0;
  std::uint32_t type = 0;
  std::uint64_t value = 0;  // of types 0 (varint), 1 and 5 (fixed)
  std::string_view bytes;   // of type 2
};

class WireReader {
 public:
  WireReader(std::string_view message, const std::string& path) : rest_(message), path_(path) {}

  std::optional<WireField> Next() {
    if (rest_.empty()) return std::nullopt;
    WireField field;
    const std::uint64_t tag = Varint();
    field.number = static_cast<std::uint32_t>(tag >> 3);
    field.type = static_cast<std::uint32_t>(tag & 7);
    if (field.type == 0) {
      field.value = Varint();
    } else if (field.type == 1 || field.type == 5) {
      const std::size_t size = field.type == 1 ? 8 : 4;
      const std::string_view bytes = Take(size);
      std::memcpy(&field.value, bytes.data(), size);
    } else if (field.type == 2) {
      field.bytes = Take(Varint());
    } else {
      Fail("it is no SentencePiece model");
    }
    return field;
  }

 private:
  std::uint64_t Varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(Take(1)[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return value;
    }
    Fail("it is no SentencePiece model");
  }

  std::string_view Take(std::uint64_t count) {
    if (count > rest_.size()) Fail("it is cut off, or no SentencePiece model");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  [[noreturn]] void Fail(const std::string& reason) const { ThrowIncompatible(path_, reason); }

  std::string_view rest_;
  const std::string& path_;
};

// u32 size, a double array of that many bytes (darts-clone), then texts that end with NUL. A step
// through the array goes from a unit to one of the 256 behind its offset.
void CheckCharactersMap(std::string_view map, const std::string& path) {
  if (map.empty()) return;
  const auto fail = [&] { ThrowIncompatible(path, "its table of characters is damaged"); };
  std::uint32_t bytes = 0;
  if (map.size() <= sizeof(bytes)) fail();
  std::memcpy(&bytes, map.data(), sizeof(bytes));
  if (bytes == 0 || bytes % 1024 != 0 || bytes >= map.size() - sizeof(bytes)) fail();
  if (map.back() != '\0') fail();
  const std::uint32_t units = bytes / 4;
  for (std::uint32_t i = 0; i < units; ++i) {
    std::uint32_t unit = 0;
    std::memcpy(&unit, map.data() + sizeof(bytes) + std::size_t{4} * i, sizeof(unit));
    if ((unit & (1U << 31)) != 0) continue;  // a value, no node
    const std::uint32_t offset = (unit >> 10) << ((unit & (1U << 9)) >> 6);
    if ((i ^ offset) >= units) fail();
  }
}

void CheckNormalizer(std::string_view message, const std::string& path) {
  constexpr std::uint32_t kCharactersMap = 2;
  WireReader reader(message, path);
  while (const auto field = reader.Next()) {
    if (field->number == kCharactersMap) CheckCharactersMap(field->bytes, path);
  }
}

void CheckPiece(std::string_view message, const std::string& path) {
  constexpr std::uint32_t kText = 1;
  constexpr std::uint32_t kScore = 2;
  WireReader reader(message, path);
  while (const auto field = reader.Next()) {
    if (field->number == kText) {
      // Upstream's tree of pieces takes NUL for an end.
      if (field->bytes.empty() || field->bytes.size() > kMaxPieceBytes ||
          field->bytes.find('\0') != std::string_view::npos) {
        ThrowIncompatible(path, "it holds a damaged piece");
      }
      for (std::size_t at = 0; at < field->bytes.size();) {
        const bool replacement = field->bytes.substr(at, 3) == "\xEF\xBF\xBD";
        if (NextCharacter(field->bytes, at) == 0xFFFD && !replacement) {
          ThrowIncompatible(path, "it holds a piece that is no UTF-8");
        }
      }
    } else if (field->number == kScore && field->type == 5) {
      float score = 0;
      std::memcpy(&score, &field->value, sizeof(score));
      if (!std::isfinite(score)) ThrowIncompatible(path, "a score in it is no number");
    }
  }
}

void CheckModel(std::string_view model, const std::string& path) {
  constexpr std::uint32_t kPieces = 1;
  constexpr std::uint32_t kNormalizer = 3;
  constexpr std::uint32_t kDenormalizer = 5;
  WireReader reader(model, path);
  std::size_t pieces = 0;
  while (const auto field = reader.Next()) {
    if (field->number == kPieces) {
      CheckPiece(field->bytes, path);
      ++pieces;
    } else if (field->number == kNormalizer || field->number == kDenormalizer) {
      CheckNormalizer(field->bytes, path);
    }
  }
  if (pieces == 0) ThrowIncompatible(path, "it holds no pieces");
}

}  // namespace

std::string ReadSentencePieceFile(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  if (error || !in) {
    throw CpwError(ErrorCode::kModelNotFound,
                   "Cannot open " + path + ". Next step: download or convert the model again.");
  }
  if (size > kMaxBytes) ThrowIncompatible(path, "it is too large for a SentencePiece model");
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  CheckModel(bytes, path);
  return bytes;
}

}  // namespace cpw
