#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "engines/ctranslate2/packed_rows.h"

namespace ctranslate2 {
class StorageView;
}

namespace cpw {

// Pieces that go together, packed once and shared by the replicas.
class PieceSet {
 public:
  // `ids` ascending.
  PieceSet(const QuantizedLayer& layer, std::vector<std::uint32_t> ids);

  const std::vector<std::uint32_t>& ids() const { return ids_; }
  const PackedRows& rows() const { return rows_; }

 private:
  const std::vector<std::uint32_t> ids_;
  const PackedRows rows_;
};

// The pieces that a batch may write: those of a script, and a few more that its texts carry. While
// it is decoded they are numbered from 0, and behind them `start`, which is read and never written.
class OutputSelection {
 public:
  OutputSelection(std::shared_ptr<const PieceSet> base, std::unique_ptr<const PieceSet> extra,
                  std::uint32_t start);

  std::size_t size() const { return model_ids_.size() - 1; }
  std::size_t start() const { return size(); }
  std::uint32_t ToModel(std::size_t number) const { return model_ids_.at(number); }
  // A piece that is in none of the sets is a fault of the caller.
  std::size_t FromModel(std::size_t id) const;
  // `hidden` is (rows, width) or (rows, 1, width) of floats on the CPU; `logits` gets (rows,
  // size()).
  void Multiply(const ::ctranslate2::StorageView& hidden, ::ctranslate2::StorageView& logits) const;

 private:
  const std::shared_ptr<const PieceSet> base_;
  const std::unique_ptr<const PieceSet> extra_;  // null where there are none
  std::vector<std::uint32_t> model_ids_;
};

}  // namespace cpw
