#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <iterator>
#include <map>
#include <random>

#include "core/error.h"
#include "engines/silero/speech_detector.h"
#include "engines/whisper/recognizer.h"
#include "whisper_model_files.h"
#include "whisper_tiny_model.h"

namespace cpw {
namespace {

using namespace model_files_test;

TEST(WhisperModelCheck, when_the_file_is_whole_it_is_used) {
  for (const FileKind& kind : kKinds) {
    const TemporaryFile file(Joined(kind.pieces()));
    EXPECT_NO_THROW(kind.use(file.path())) << kind.name;
  }
}

TEST(WhisperModelCheck, when_there_is_no_readable_file_the_error_says_why) {
  for (const FileKind& kind : kKinds) {
    EXPECT_NE(Refusal(kind, "/nowhere/model.bin", ErrorCode::kModelNotFound).find("no model file"),
              std::string::npos);
    EXPECT_NE(Refusal(kind, CPW_TEST_DATA).find("folder"), std::string::npos);
    EXPECT_NE(Refusal(kind, "/dev/null", ErrorCode::kModelLoadFailed).find("regular file"),
              std::string::npos);
  }
}

TEST(WhisperModelCheck, when_the_file_is_of_another_kind_the_error_names_it) {
  using std::string;
  const std::map<string, string> samples = {
      {"", "is empty"},
      {"ab", "not a ggml file"},
      {string("GGUF\3\0\0\0", 8), "GGUF"},
      {"PK\3\4....", "zip"},
      {string("\x40\0\0\0\0\0\0\0{\"__metadata__\"", 23), "safetensors"},
      {"<!DOCTYPE html><html>", "web page"},
      {"version https://git-lfs.github.com/spec/v1", "Git LFS"},
      {string("\6\0\0\0\x0c\0WhisperSpec\0", 18), "CTranslate2"},
      {"{\"a\": 1}", "JSON"},
  };
  for (const FileKind& kind : kKinds) {
    for (const auto& [bytes, words] : samples) {
      const TemporaryFile file(bytes);
      const string message = Refusal(kind, file.path());
      EXPECT_NE(message.find(words), string::npos) << words << ": " << message;
      EXPECT_NE(message.find("ownload"), string::npos) << "no next step: " << message;
    }
  }
}

TEST(WhisperModelCheck, when_one_model_stands_in_for_the_other_the_error_says_which) {
  const TemporaryFile whisper(Joined(WhisperPieces()));
  const TemporaryFile silero(Joined(SileroPieces()));
  EXPECT_NE(Refusal(kKinds[0], silero.path()).find("Silero"), std::string::npos);
  EXPECT_NE(Refusal(kKinds[1], whisper.path()).find("Whisper model"), std::string::npos);
}

TEST(WhisperModelCheck, when_the_file_ends_early_at_any_part_it_is_refused) {
  for (const FileKind& kind : kKinds) {
    const Pieces& pieces = kind.pieces();
    const std::string whole = Joined(pieces);
    const TemporaryFile file(whole);
    std::size_t offset = whole.size();
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {  // shorter each time
      const std::size_t middle = offset - (piece->bytes.size() + 1) / 2;
      offset -= piece->bytes.size();
      for (const std::size_t size : {middle, offset}) {
        if (size == whole.size()) continue;
        std::filesystem::resize_file(file.path(), size);
        EXPECT_NE(Refusal(kind, file.path()), "")
            << kind.name << ": " << piece->what << " " << size;
      }
    }
  }
}

TEST(WhisperModelCheck, when_bytes_follow_the_last_tensor_it_is_refused) {
  for (const FileKind& kind : kKinds) {
    const TemporaryFile file(Joined(kind.pieces()) + "more");
    EXPECT_NE(Refusal(kind, file.path()).find("4 bytes follow"), std::string::npos);
  }
}

// First and past-the-end index of each tensor's pieces.
std::vector<std::pair<std::size_t, std::size_t>> TensorsOf(const Pieces& pieces) {
  std::vector<std::pair<std::size_t, std::size_t>> tensors;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].what.ends_with("n_dims")) tensors.emplace_back(i, i);
    if (!tensors.empty()) tensors.back().second = i + 1;
  }
  return tensors;
}

TEST(WhisperModelCheck, when_a_tensor_is_missing_or_there_twice_it_is_refused_by_name) {
  for (const FileKind& kind : kKinds) {
    const Pieces& pieces = kind.pieces();
    const auto tensors = TensorsOf(pieces);
    for (const auto& [first, last] : tensors) {
      if (last - first > 6 && &kind == &kKinds[0] && first % 4 != 0)
        continue;  // a sample is enough
      Pieces missing(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(first));
      missing.insert(missing.end(), pieces.begin() + static_cast<std::ptrdiff_t>(last),
                     pieces.end());
      const TemporaryFile file(Joined(missing));
      EXPECT_NE(Refusal(kind, file.path()).find("is missing"), std::string::npos);
      // The same number of tensors, one of them twice.
      const auto& other = first == tensors[0].first ? tensors[1] : tensors[0];
      missing.insert(missing.end(), pieces.begin() + static_cast<std::ptrdiff_t>(other.first),
                     pieces.begin() + static_cast<std::ptrdiff_t>(other.second));
      file.Write(Joined(missing));
      EXPECT_NE(Refusal(kind, file.path()).find("twice"), std::string::npos);
    }
  }
}

// Every number of the header and of the tensors' headers, at the values that upstream stumbles
// over.
TEST(WhisperModelCheck, when_any_number_is_out_of_place_it_is_refused) {
  for (const FileKind& kind : kKinds) {
    const Pieces& pieces = kind.pieces();
    const TemporaryFile file(Joined(pieces));
    std::size_t offset = 0;
    int tokens = 0;
    for (const Piece& piece : pieces) {
      const bool number = piece.structure && piece.bytes.size() == 4;
      const bool minor =
          piece.what == "version" || (piece.what == "vocabulary length" && ++tokens > 3);
      if (number && !minor) {
        std::int32_t value = 0;
        std::memcpy(&value, piece.bytes.data(), sizeof value);
        for (const std::int32_t bad :
             {-1, 5, value + 1, value ^ 0x100, 1 << 20, INT32_MAX, INT32_MIN}) {
          if (bad == value) continue;
          file.Patch(offset, Int(bad));
          // f16 with an older quantisation version, and nothing else, may pass as it was.
          EXPECT_NE(Refusal(kind, file.path()), "")
              << kind.name << ": " << piece.what << " = " << bad;
        }
        file.Patch(offset, piece.bytes);
      }
      offset += piece.bytes.size();
    }
    EXPECT_NO_THROW(kind.use(file.path()));
  }
}

TEST(WhisperModelCheck, when_numbers_contradict_each_other_the_error_says_which) {
  const std::pair<std::vector<std::pair<const char*, int>>, const char*> cases[] = {
      {{{"n_audio_head", 2}}, "head counts"},
      {{{"n_text_state", 128}, {"n_text_head", 2}}, "widths differ"},
      {{{"ftype", 12}}, "cannot be stored as q4_K"},
      {{{"ftype", 4}}, "unknown number 4"},
      {{{"n_mels", 100}}, "100 mel bands"},
      {{{"n_mels", 128}}, "mel filters"},
      {{{"filter bins", 200}}, "mel filters"},
      {{{"vocabulary count", 51865}}, "51865 entries"},
  };
  for (const auto& [changes, words] : cases) {
    Pieces pieces = WhisperPieces();
    for (const auto& [what, value] : changes) {
      for (Piece& piece : pieces) {
        if (piece.what == what) piece.bytes = Int(value);
      }
    }
    const TemporaryFile file(Joined(pieces));
    const std::string message = Refusal(kKinds[0], file.path());
    EXPECT_NE(message.find(words), std::string::npos) << words << ": " << message;
  }
}

TEST(WhisperModelCheck, when_plain_data_cannot_be_right_it_is_refused) {
  Pieces pieces = WhisperPieces();
  for (Piece& piece : pieces) {
    if (piece.what == "vocabulary entry" && piece.bytes == " ") piece.bytes = "x";
  }
  const TemporaryFile no_space(Joined(pieces));
  EXPECT_NE(Refusal(kKinds[0], no_space.path()).find("entry for a space"), std::string::npos);
  pieces = WhisperPieces();
  for (Piece& piece : pieces) {
    if (piece.what == "filters") piece.bytes.replace(80, 4, "\xff\xff\xff\xff");
  }
  const TemporaryFile no_number(Joined(pieces));
  EXPECT_NE(Refusal(kKinds[0], no_number.path()).find("outside 0 to 1"), std::string::npos);
}

int MutationCount() {
  const char* text = std::getenv("CPW_TEST_MUTATIONS");
  return text ? std::atoi(text) : 200;
}

// One to four bytes of the structure, sometimes of the data: an error, or it loads and runs.
TEST(WhisperModelCheck, when_bytes_flip_at_random_the_file_is_refused_or_works) {
  for (const FileKind& kind : kKinds) {
    const Pieces& pieces = kind.pieces();
    const TemporaryFile file(Joined(pieces));
    std::vector<std::size_t> offsets(1, 0);
    for (const Piece& piece : pieces) offsets.push_back(offsets.back() + piece.bytes.size());
    int refused = 0;
    for (int seed = 0; seed < MutationCount(); ++seed) {
      SCOPED_TRACE(std::string(kind.name) + " seed " + std::to_string(seed));
      std::mt19937 random(static_cast<unsigned>(seed));
      std::map<std::size_t, std::string> undo;
      for (unsigned flips = 1 + random() % 4; flips > 0; --flips) {
        std::size_t index = random() % pieces.size();
        if (!pieces[index].structure && random() % 8 != 0) index = random() % 12;
        if (pieces[index].bytes.empty() || undo.contains(index)) continue;
        undo[index] = pieces[index].bytes;
        std::string bytes = pieces[index].bytes;
        bytes[random() % bytes.size()] ^= static_cast<char>(1u << (random() % 8));
        file.Patch(offsets[index], bytes);
      }
      refused += Refusal(kind, file.path()).empty() ? 0 : 1;
      for (const auto& [index, bytes] : undo) file.Patch(offsets[index], bytes);
    }
    RecordProperty(std::string(kind.name) + "_refused", refused);
    EXPECT_GT(refused, MutationCount() / 4) << kind.name;
    EXPECT_NO_THROW(kind.use(file.path())) << kind.name;
  }
}

}  // namespace
}  // namespace cpw
