// Image tower and decoder with their weights, run for one sample at a time. Free of libtorch.
#pragma once

#include <ocellus/abi/model.h>

#include <functional>
#include <memory>
#include <ocellus/sdk/model.hpp>

#include "plugins/models/common/captures/captures.hpp"
#include "plugins/models/common/decoder/generation.hpp"
#include "plugins/models/common/decoder/gradient_schedule.hpp"
#include "plugins/models/common/decoder/randomisation.hpp"
#include "plugins/models/common/decoder/runtime.hpp"
#include "plugins/models/common/decoder/text_config.hpp"
#include "plugins/models/common/weights/weight_table.hpp"

namespace ocellus::models {

class ImageTower;
class WeightLoader;

class Network {
 public:
  using MakeTower = std::function<std::unique_ptr<ImageTower>(const WeightLoader& weights)>;

  // `stored`: every weight of tower and decoder, by the names that these load them by; random where `randomised` says
  // so. Throws Error(OC_E_MODEL).
  Network(const TextConfig& text, const ServedStacks& served, const Generation& generation, const WeightMap& stored,
          const Runtime& runtime, const MakeTower& make_tower, const Randomisation& randomised);
  ~Network();

  // See models::execute_sample.
  void execute(const PreparedSample& prepared, const oc_merged_plan& plan, const Sink& sink);
  // See models::differentiate_sample.
  void differentiate(const PreparedSample& prepared, const oc_gradient_plan& plan, const GradientSchedule& schedule,
                     const Sink& sink);

 private:
  struct Parts;

  TextConfig text_;
  ServedStacks served_;
  Generation generation_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ocellus::models
