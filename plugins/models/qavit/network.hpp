// Question encoder and tower with their weights, run for one sample at a time. Free of libtorch.
#pragma once

#include <ocellus/abi/model.h>

#include <memory>
#include <ocellus/sdk/model.hpp>

#include "plugins/models/common/captures/captures.hpp"
#include "plugins/models/common/decoder/randomisation.hpp"
#include "plugins/models/common/decoder/runtime.hpp"
#include "plugins/models/common/weights/weight_table.hpp"
#include "plugins/models/qavit/config.hpp"
#include "plugins/models/qavit/prepared_sample.hpp"

namespace ocellus::qavit {

models::ServedStacks served_stacks(const Config& config);

class Network {
 public:
  // `encoder` is empty for a plain CLIP; `randomised` is of the tower. Throws Error(OC_E_MODEL).
  Network(const Config& config, const models::WeightMap& tower, const models::WeightMap& encoder,
          const models::Runtime& runtime, const models::Randomisation& randomised);
  ~Network();

  // Through no more blocks than are asked for; see oc_model_1.execute. Blocks before the first that is aware of the
  // question are not run again for another question about the same pictures.
  void execute(const PreparedSample& prepared, const oc_merged_plan& plan, const Sink& sink);

  // See oc_gradients_1.execute, for a plan that check_gradient_plan has passed.
  void differentiate(const PreparedSample& prepared, const oc_gradient_plan& plan, const Sink& sink);

 private:
  struct Parts;

  Config config_;
  models::ServedStacks served_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ocellus::qavit
