#include "engines/ctranslate2/output_selection.h"

#include <ctranslate2/storage_view.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/error.h"

namespace cpw {

PieceSet::PieceSet(const QuantizedLayer& layer, std::vector<std::uint32_t> ids)
    : ids_(std::move(ids)), rows_(layer, ids_) {}

OutputSelection::OutputSelection(std::shared_ptr<const PieceSet> base,
                                 std::unique_ptr<const PieceSet> extra, std::uint32_t start)
    : base_(std::move(base)), extra_(std::move(extra)), model_ids_(base_->ids()) {
  if (extra_) model_ids_.insert(model_ids_.end(), extra_->ids().begin(), extra_->ids().end());
  model_ids_.push_back(start);
}

std::size_t OutputSelection::FromModel(std::size_t id) const {
  const auto find = [&](const std::vector<std::uint32_t>& ids) {
    const auto found = std::lower_bound(ids.begin(), ids.end(), id);
    return found != ids.end() && *found == id ? static_cast<std::size_t>(found - ids.begin())
                                              : ids.size();
  };
  const std::size_t in_base = find(base_->ids());
  if (in_base < base_->ids().size()) return in_base;
  const std::size_t in_extra = extra_ ? find(extra_->ids()) : 0;
  if (!extra_ || in_extra == extra_->ids().size()) {
    throw CpwError(ErrorCode::kInternal,
                   "Piece " + std::to_string(id) + " is not among those of the batch.");
  }
  return base_->ids().size() + in_extra;
}

void OutputSelection::Multiply(const ::ctranslate2::StorageView& hidden,
                               ::ctranslate2::StorageView& logits) const {
  const auto columns = static_cast<std::size_t>(hidden.dim(-1));
  const auto rows = static_cast<std::size_t>(hidden.size()) / columns;
  logits.resize({static_cast<std::int64_t>(rows), static_cast<std::int64_t>(size())});
  const QuantizedInput input(hidden.data<float>(), rows, columns);
  auto* const output = logits.data<float>();
  base_->rows().Multiply(input, output, size());
  if (extra_) extra_->rows().Multiply(input, output + base_->rows().size(), size());
}

}  // namespace cpw
