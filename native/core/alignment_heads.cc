#include "core/alignment_heads.h"

namespace cpw {
namespace {

constexpr AttentionHead kTinyEn[] = {{1, 0}, {2, 0}, {2, 5}, {3, 0},
                                     {3, 1}, {3, 2}, {3, 3}, {3, 4}};
constexpr AttentionHead kTiny[] = {{2, 2}, {3, 0}, {3, 2}, {3, 3}, {3, 4}, {3, 5}};
constexpr AttentionHead kBaseEn[] = {{3, 3}, {4, 7}, {5, 1}, {5, 5}, {5, 7}};
constexpr AttentionHead kBase[] = {{3, 1}, {4, 2}, {4, 3}, {4, 7}, {5, 1}, {5, 2}, {5, 4}, {5, 6}};
constexpr AttentionHead kSmallEn[] = {
    {6, 6},  {7, 0},  {7, 3},  {7, 8},  {8, 2},  {8, 5},  {8, 7},   {9, 0},  {9, 4}, {9, 8},
    {9, 10}, {10, 0}, {10, 1}, {10, 2}, {10, 3}, {10, 6}, {10, 11}, {11, 2}, {11, 4}};
constexpr AttentionHead kSmall[] = {{5, 3}, {5, 9}, {8, 0}, {8, 4}, {8, 7},
                                    {8, 8}, {9, 0}, {9, 7}, {9, 9}, {10, 5}};
constexpr AttentionHead kMediumEn[] = {{11, 4},  {14, 1}, {14, 12}, {14, 14}, {15, 4},  {16, 0},
                                       {16, 4},  {16, 9}, {17, 12}, {17, 14}, {18, 7},  {18, 10},
                                       {18, 15}, {20, 0}, {20, 3},  {20, 9},  {20, 14}, {21, 12}};
constexpr AttentionHead kMedium[] = {{13, 15}, {15, 4}, {15, 15}, {16, 1}, {20, 0}, {23, 4}};
constexpr AttentionHead kLargeV2[] = {{10, 12}, {13, 17}, {16, 11}, {16, 12}, {16, 13}, {17, 15},
                                      {17, 16}, {18, 4},  {18, 11}, {18, 19}, {19, 11}, {21, 2},
                                      {21, 3},  {22, 3},  {22, 9},  {22, 12}, {23, 5},  {23, 7},
                                      {23, 13}, {25, 5},  {26, 1},  {26, 12}, {27, 15}};
constexpr AttentionHead kLargeV3[] = {{7, 0},   {10, 17}, {12, 18}, {13, 12}, {16, 1},
                                      {17, 14}, {19, 11}, {21, 4},  {24, 1},  {25, 6}};
constexpr AttentionHead kLargeV3Turbo[] = {{2, 4}, {2, 11}, {3, 3}, {3, 6}, {3, 11}, {3, 14}};

// large-v1 has the shape of large-v2 and gets its heads.
constexpr AlignmentHeads kModels[] = {
    {4, 384, 51864, kTinyEn, 0.1},      {4, 384, 51865, kTiny, 0},
    {6, 512, 51864, kBaseEn, 0},        {6, 512, 51865, kBase, -0.06},
    {12, 768, 51864, kSmallEn, 0},      {12, 768, 51865, kSmall, 0},
    {24, 1024, 51864, kMediumEn, 0},    {24, 1024, 51865, kMedium, 0},
    {32, 1280, 51865, kLargeV2, 0},     {32, 1280, 51866, kLargeV3, 0},
    {4, 1280, 51866, kLargeV3Turbo, 0},
};

}  // namespace

const AlignmentHeads* FindAlignmentHeads(int layers, int width, int vocabulary) {
  for (const AlignmentHeads& model : kModels) {
    if (model.layers == layers && model.width == width && model.vocabulary == vocabulary)
      return &model;
  }
  return nullptr;
}

}  // namespace cpw
