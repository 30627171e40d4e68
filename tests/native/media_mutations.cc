#include "media_mutations.h"

namespace cpw::media_test {
namespace {

std::ptrdiff_t At(std::size_t index) { return static_cast<std::ptrdiff_t>(index); }

void FlipBytes(Bytes& bytes, Random& random, std::size_t within) {
  const auto count = 1 + Below(random, 8);
  for (std::size_t i = 0; i < count && !bytes.empty(); ++i) {
    bytes[Below(random, std::min(within, bytes.size()))] ^=
        static_cast<std::uint8_t>(1 + Below(random, 255));
  }
}

std::uint64_t Load(const Bytes& bytes, const Field& field, bool big) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < field.bytes; ++i) {
    value = value << 8 | bytes[field.at + (big ? i : field.bytes - 1 - i)];
  }
  return value;
}

void Store(Bytes& bytes, const Field& field, bool big, std::uint64_t value) {
  for (std::size_t i = 0; i < field.bytes; ++i) {
    bytes[field.at + (big ? field.bytes - 1 - i : i)] = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

// An edge of the field, of the file or of what stood there.
void Lie(Bytes& bytes, Random& random, const Field& field) {
  if (field.at + field.bytes > bytes.size()) return;
  const bool big = Below(random, 2) == 1;
  const auto was = Load(bytes, field, big);
  const std::uint64_t rest = bytes.size() - field.at - field.bytes;
  const std::array<std::uint64_t, 18> lies{
      0,          1,          2,           was + 1,     was - 1, was * 2,
      ~was,       rest,       rest + 1,    rest - 1,    0xFF,    0xFFFF,
      0x7FFFFFFF, 0x80000000, 0xFFFFFFFFU, 0xFFFFFFF0U, ~0ULL,   random() % 65536};
  const auto lie = lies[Below(random, lies.size() + 1) % lies.size()];
  const auto flipped = was ^ (std::uint64_t{1} << Below(random, 8 * field.bytes));
  Store(bytes, field, big, Below(random, 3) == 0 ? flipped : lie);
}

Field AnyField(const Bytes& bytes, Random& random) {
  const auto size = std::min(std::size_t{1} << Below(random, 3), bytes.size());
  return {Below(random, bytes.size() - size + 1), size};
}

// Copies, moves or removes whole parts.
void MixParts(Bytes& bytes, Random& random, const Parts& parts) {
  if (parts.size() < 3) return;
  const auto part = [&] {
    const auto i = Below(random, parts.size() - 1);
    return std::pair(parts[i], parts[i + 1]);
  };
  const auto [from, to] = part();
  const auto target = part().first;
  const Bytes copy(bytes.begin() + At(from), bytes.begin() + At(to));
  const auto action = Below(random, 3);
  if (action != 0) bytes.erase(bytes.begin() + At(from), bytes.begin() + At(to));
  if (action != 1) {
    bytes.insert(bytes.begin() + At(std::min(target, bytes.size())), copy.begin(), copy.end());
  }
}

void Splice(Bytes& bytes, Random& random) {
  const auto from = Below(random, bytes.size());
  const auto count = Below(random, std::min<std::size_t>(bytes.size() - from, 5000));
  const Bytes copy(bytes.begin() + At(from), bytes.begin() + At(from + count));
  const auto target = Below(random, bytes.size());
  if (Below(random, 2)) {
    bytes.insert(bytes.begin() + At(target), copy.begin(), copy.end());
  } else {
    std::copy_n(copy.begin(), std::min(count, bytes.size() - target), bytes.begin() + At(target));
  }
}

// Another file follows, or takes over in the middle.
void Join(Bytes& bytes, const Bytes& other, Random& random) {
  if (Below(random, 2)) bytes.resize(Below(random, bytes.size()));
  bytes.insert(bytes.end(), other.begin(), other.end());
}

}  // namespace

std::size_t Below(Random& random, std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>(0, std::max<std::size_t>(limit, 1) - 1)(random);
}

Bytes Mutate(const Bytes& seed, const Bytes& other, const MediaKind& kind, Random& random) {
  Bytes bytes = seed;
  const Parts parts = kind.parts(seed);
  const Fields fields = kind.fields(seed);
  const auto rounds = 1 + Below(random, 3);
  // Lies come first: they know the places of the whole seed.
  for (auto lies = Below(random, 3); lies > 0; --lies) {
    Lie(bytes, random, fields[Below(random, fields.size())]);
  }
  if (kind.repair && Below(random, 4) > 0) kind.repair(bytes, parts);
  for (std::size_t i = 0; i < rounds && !bytes.empty(); ++i) {
    switch (Below(random, 9)) {
      case 0:
        FlipBytes(bytes, random, kind.head);
        break;
      case 1:
        FlipBytes(bytes, random, bytes.size());
        break;
      case 2:
        Lie(bytes, random, AnyField(bytes, random));
        break;
      case 3:
        MixParts(bytes, random, kind.parts(bytes));
        break;
      case 4:
        Splice(bytes, random);
        break;
      case 5:
        Join(bytes, other, random);
        break;
      case 6:
        bytes.resize(Below(random, bytes.size() + 1));
        break;
      default:
        break;  // the lies alone
    }
  }
  if (kind.repair && Below(random, 3) == 0) kind.repair(bytes, kind.parts(bytes));
  return bytes;
}

}  // namespace cpw::media_test
