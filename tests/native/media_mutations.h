#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "media_fixtures.h"

// Damage that knows the formats: whole parts (pages, frames, chunks) are moved, and the fields of
// their headers lie, with the checksums made right again so that the lie is believed.
namespace cpw::media_test {

using Random = std::mt19937;

// Where the parts of a file begin; the last entry is its end.
using Parts = std::vector<std::size_t>;

// A number in a header.
struct Field {
  std::size_t at;
  std::size_t bytes;
};
using Fields = std::vector<Field>;

struct MediaKind {
  Parts (*parts)(const Bytes&);
  Fields (*fields)(const Bytes&);
  void (*repair)(Bytes&, const Parts& of_the_seed);  // checksums; nullptr where there are none
  std::size_t head;                                  // bytes of the headers
};

extern const MediaKind kWavKind;
extern const MediaKind kFlacKind;
extern const MediaKind kMp3Kind;
extern const MediaKind kOggKind;

std::size_t Below(Random& random, std::size_t limit);

// One to three damages of `seed`; `other` is a file that may follow or replace its end.
Bytes Mutate(const Bytes& seed, const Bytes& other, const MediaKind& kind, Random& random);

}  // namespace cpw::media_test
