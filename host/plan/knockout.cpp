#include "host/plan/knockout.hpp"

namespace ocellus::plan {

oc_merged_knockout Knockout::raw() const {
  oc_merged_knockout raw{};
  raw.struct_size = sizeof raw;
  raw.all_steps = all_steps ? 1 : 0;
  raw.layers = layers.data(), raw.n_layers = layers.size();
  raw.heads = heads.data(), raw.n_heads = heads.size();
  raw.rows = rows.data(), raw.n_rows = rows.size();
  raw.steps = steps.data(), raw.n_steps = steps.size();
  raw.keys = keys.data(), raw.n_keys = keys.size();
  return raw;
}

}  // namespace ocellus::plan
