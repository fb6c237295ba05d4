// One sample on its way through the network: tower, prefill, generation.
#pragma once

#include <ATen/core/Tensor.h>
#include <ocellus/abi/model.h>

#include <cstdint>
#include <functional>
#include <ocellus/sdk/model.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugins/models/common/captures/captures.hpp"
#include "plugins/models/common/decoder/compute.hpp"
#include "plugins/models/common/decoder/computed_prefix.hpp"
#include "plugins/models/common/decoder/generation.hpp"
#include "plugins/models/common/decoder/text_config.hpp"
#include "plugins/models/common/decoder/text_decoder.hpp"

namespace ocellus::models {

// The settings of the process that a network needs when its weights are there and before it runs: on CUDA products sum
// in float32, as on the CPU, and freed memory is kept for the next temporary.
void prepare_runtime(Device device);

// All values of `tensor` in float32, and ids or positions for a network on `device`.
std::vector<float> floats_of(const at::Tensor& tensor);
at::Tensor longs_on(const at::Device& device, const std::vector<int64_t>& values);

// Rows of `tensor` for Captures, in float32.
Captures::Rows rows_of(const at::Tensor& tensor);

// Throws Error(OC_E_SAMPLE) if numbers have left the range of float16: infinities stay in the residual stream, so that
// its end tells.
void require_finite(const at::Tensor& x, const char* of);

// `copies` times the tokens `ids`, one after another: [copies * ids, hidden_size]. In place of `images` stand the
// features, those of a copy behind those of the one before.
at::Tensor embedded_tokens(const TextDecoder& decoder, const std::vector<int64_t>& ids,
                           std::span<const ImageRun> images, const at::Tensor& features, int64_t copies = 1);

struct NetworkParts {
  const TextDecoder& decoder;
  BlockedAttention& attention;
  std::optional<ComputedPrefix>& prefix;  // of the sample before
};

// Runs the first `blocks` blocks of the tower over the sample's images and delivers what `captures` asks for. Returns
// the features [PreparedSample::features, hidden_size]; undefined if the blocks are fewer than they come out of.
using Tower = std::function<at::Tensor(int64_t blocks, const Captures& captures)>;

// Prefill and, if asked for, generation; see oc_model_1.execute. The prefill is always done in the same two
// parts, the tokens up to Prompt::prefix and the rest, so that a sample's numbers do not depend on whether its image
// part was already there: the sample before left it, for one that begins alike and asks no more of it than masses.
// Nothing runs past the deepest layer asked for.
void execute_sample(const NetworkParts& parts, const TextConfig& text, const Generation& generation,
                    const ServedStacks& served, const PreparedSample& prepared, const oc_merged_plan& plan,
                    const Sink& sink, const Tower& tower);

}  // namespace ocellus::models
