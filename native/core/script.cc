#include "core/script.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace cpw {
namespace {

enum Script : std::uint8_t {
  kLatin,
  kGreek,
  kCyrillic,
  kArmenian,
  kHebrew,
  kArabic,
  kThaana,
  kNko,
  kDevanagari,
  kBengali,
  kGurmukhi,
  kGujarati,
  kOriya,
  kTamil,
  kTelugu,
  kKannada,
  kMalayalam,
  kSinhala,
  kThai,
  kLao,
  kTibetan,
  kMyanmar,
  kGeorgian,
  kHangul,
  kEthiopic,
  kKhmer,
  kMongolian,
  kOlChiki,
  kTifinagh,
  kMeetei,
  kKana,
  kBopomofo,
  kHan,
  kCherokee,
  kCanadian,
};

struct Range {
  char32_t first;
  char32_t last;
  Script script;
};

// Blocks of Unicode 16, ascending. Digits and marks of a block count with its script; the signs
// that several Indian scripts share (danda, U+0964 and U+0965) and whatever is not listed belong to
// none.
constexpr Range kRanges[] = {
    {0x41, 0x5A, kLatin},        {0x61, 0x7A, kLatin},          {0xAA, 0xAA, kLatin},
    {0xBA, 0xBA, kLatin},        {0xC0, 0xD6, kLatin},          {0xD8, 0xF6, kLatin},
    {0xF8, 0x2AF, kLatin},       {0x370, 0x3FF, kGreek},        {0x400, 0x52F, kCyrillic},
    {0x530, 0x58F, kArmenian},   {0x590, 0x5FF, kHebrew},       {0x600, 0x6FF, kArabic},
    {0x750, 0x77F, kArabic},     {0x780, 0x7BF, kThaana},       {0x7C0, 0x7FF, kNko},
    {0x870, 0x8FF, kArabic},     {0x900, 0x963, kDevanagari},   {0x966, 0x97F, kDevanagari},
    {0x980, 0x9FF, kBengali},    {0xA00, 0xA7F, kGurmukhi},     {0xA80, 0xAFF, kGujarati},
    {0xB00, 0xB7F, kOriya},      {0xB80, 0xBFF, kTamil},        {0xC00, 0xC7F, kTelugu},
    {0xC80, 0xCFF, kKannada},    {0xD00, 0xD7F, kMalayalam},    {0xD80, 0xDFF, kSinhala},
    {0xE00, 0xE7F, kThai},       {0xE80, 0xEFF, kLao},          {0xF00, 0xFFF, kTibetan},
    {0x1000, 0x109F, kMyanmar},  {0x10A0, 0x10FF, kGeorgian},   {0x1100, 0x11FF, kHangul},
    {0x1200, 0x139F, kEthiopic}, {0x13A0, 0x13FF, kCherokee},   {0x1400, 0x167F, kCanadian},
    {0x1780, 0x17FF, kKhmer},    {0x1800, 0x18AF, kMongolian},  {0x19E0, 0x19FF, kKhmer},
    {0x1C50, 0x1C7F, kOlChiki},  {0x1C80, 0x1C8F, kCyrillic},   {0x1C90, 0x1CBF, kGeorgian},
    {0x1E00, 0x1EFF, kLatin},    {0x1F00, 0x1FFF, kGreek},      {0x2D00, 0x2D2F, kGeorgian},
    {0x2D30, 0x2D7F, kTifinagh}, {0x2D80, 0x2DDF, kEthiopic},   {0x2DE0, 0x2DFF, kCyrillic},
    {0x2E80, 0x2FDF, kHan},      {0x3005, 0x3007, kHan},        {0x3041, 0x30FF, kKana},
    {0x3100, 0x312F, kBopomofo}, {0x3130, 0x318F, kHangul},     {0x31F0, 0x31FF, kKana},
    {0x3400, 0x4DBF, kHan},      {0x4E00, 0x9FFF, kHan},        {0xA640, 0xA69F, kCyrillic},
    {0xA720, 0xA7FF, kLatin},    {0xA8E0, 0xA8FF, kDevanagari}, {0xA960, 0xA97F, kHangul},
    {0xA9E0, 0xA9FF, kMyanmar},  {0xAA60, 0xAA7F, kMyanmar},    {0xAAE0, 0xAAFF, kMeetei},
    {0xAB00, 0xAB2F, kEthiopic}, {0xAB30, 0xAB6F, kLatin},      {0xABC0, 0xABFF, kMeetei},
    {0xAC00, 0xD7FF, kHangul},   {0xF900, 0xFAFF, kHan},        {0xFB00, 0xFB06, kLatin},
    {0xFB13, 0xFB17, kArmenian}, {0xFB1D, 0xFB4F, kHebrew},     {0xFB50, 0xFDFF, kArabic},
    {0xFE70, 0xFEFC, kArabic},   {0xFF21, 0xFF3A, kLatin},      {0xFF41, 0xFF5A, kLatin},
    {0xFF66, 0xFF9F, kKana},     {0x1E7E0, 0x1E7FF, kEthiopic}, {0x20000, 0x3FFFF, kHan},
};

constexpr ScriptSet Of(Script script) { return ScriptSet{1} << script; }

struct Code {
  std::string_view name;
  ScriptSet scripts;
};

constexpr Code kCodes[] = {
    {"Latn", Of(kLatin)},
    {"Grek", Of(kGreek)},
    {"Cyrl", Of(kCyrillic)},
    {"Armn", Of(kArmenian)},
    {"Hebr", Of(kHebrew)},
    {"Arab", Of(kArabic)},
    {"Thaa", Of(kThaana)},
    {"Nkoo", Of(kNko)},
    {"Deva", Of(kDevanagari)},
    {"Beng", Of(kBengali)},
    {"Guru", Of(kGurmukhi)},
    {"Gujr", Of(kGujarati)},
    {"Orya", Of(kOriya)},
    {"Taml", Of(kTamil)},
    {"Telu", Of(kTelugu)},
    {"Knda", Of(kKannada)},
    {"Mlym", Of(kMalayalam)},
    {"Sinh", Of(kSinhala)},
    {"Thai", Of(kThai)},
    {"Laoo", Of(kLao)},
    {"Tibt", Of(kTibetan)},
    {"Mymr", Of(kMyanmar)},
    {"Geor", Of(kGeorgian)},
    {"Ethi", Of(kEthiopic)},
    {"Khmr", Of(kKhmer)},
    {"Mong", Of(kMongolian)},
    {"Olck", Of(kOlChiki)},
    {"Tfng", Of(kTifinagh)},
    {"Mtei", Of(kMeetei)},
    {"Cher", Of(kCherokee)},
    {"Cans", Of(kCanadian)},
    {"Hang", Of(kHangul) | Of(kHan)},
    {"Kore", Of(kHangul) | Of(kHan)},
    {"Hani", Of(kHan) | Of(kBopomofo)},
    {"Hans", Of(kHan) | Of(kBopomofo)},
    {"Hant", Of(kHan) | Of(kBopomofo)},
    {"Jpan", Of(kHan) | Of(kKana)},
};

ScriptSet ScriptOf(char32_t character) {
  const auto* const behind =
      std::upper_bound(std::begin(kRanges), std::end(kRanges), character,
                       [](char32_t value, const Range& range) { return value < range.first; });
  if (behind == std::begin(kRanges)) return 0;
  const Range& range = *(behind - 1);
  return character <= range.last ? Of(range.script) : 0;
}

}  // namespace

char32_t NextCharacter(std::string_view text, std::size_t& at) {
  constexpr char32_t kReplacement = 0xFFFD;
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC2 ? 1 : 0;
  if (more == 0 || lead > 0xF4 || text.size() - at < more) return kReplacement;
  char32_t character = lead & (0x3FU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0) != 0x80) return kReplacement;
    character = (character << 6) | (next & 0x3FU);
  }
  at += more;
  return character;
}

ScriptSet ScriptsOf(std::string_view text) {
  ScriptSet scripts = 0;
  for (std::size_t at = 0; at < text.size();) scripts |= ScriptOf(NextCharacter(text, at));
  return scripts;
}

std::optional<ScriptSet> ScriptsOfCode(std::string_view code) {
  const auto* const found = std::find_if(std::begin(kCodes), std::end(kCodes),
                                         [&](const Code& one) { return one.name == code; });
  if (found == std::end(kCodes)) return std::nullopt;
  return found->scripts;
}

}  // namespace cpw
