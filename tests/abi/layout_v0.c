/* The layout of every struct of ABI v0.1 on 64-bit Linux, as it was released. A number here changes only together with
 * a new id or a new major (docs/abi/history.md): plugins that are out there were built with these. */
#include <ocellus/abi.h>
#include <stddef.h>

#ifdef __cplusplus
#define FROZEN(condition) static_assert(condition, #condition)
#else
#define FROZEN(condition) _Static_assert(condition, #condition)
#endif
#define SIZE(type, bytes) FROZEN(sizeof(type) == (bytes))
#define AT(type, member, byte) FROZEN(offsetof(type, member) == (byte))

SIZE(oc_dl_version, 8);
AT(oc_dl_version, major, 0);
AT(oc_dl_version, minor, 4);

SIZE(oc_dl_device, 8);
AT(oc_dl_device, device_type, 0);
AT(oc_dl_device, device_id, 4);

SIZE(oc_dl_dtype, 4);
AT(oc_dl_dtype, code, 0);
AT(oc_dl_dtype, bits, 1);
AT(oc_dl_dtype, lanes, 2);

SIZE(oc_dl_tensor, 48);
AT(oc_dl_tensor, data, 0);
AT(oc_dl_tensor, device, 8);
AT(oc_dl_tensor, ndim, 16);
AT(oc_dl_tensor, dtype, 20);
AT(oc_dl_tensor, shape, 24);
AT(oc_dl_tensor, strides, 32);
AT(oc_dl_tensor, byte_offset, 40);

SIZE(oc_tensor, 80);
AT(oc_tensor, version, 0);
AT(oc_tensor, manager_ctx, 8);
AT(oc_tensor, deleter, 16);
AT(oc_tensor, flags, 24);
AT(oc_tensor, dl, 32);

SIZE(oc_artifact_1, 104);
AT(oc_artifact_1, struct_size, 0);
AT(oc_artifact_1, reserved, 4);
AT(oc_artifact_1, open, 8);
AT(oc_artifact_1, put_tensor, 16);
AT(oc_artifact_1, put_text, 24);
AT(oc_artifact_1, put_number, 32);
AT(oc_artifact_1, commit, 40);
AT(oc_artifact_1, type, 48);
AT(oc_artifact_1, label, 56);
AT(oc_artifact_1, image, 64);
AT(oc_artifact_1, tensor, 72);
AT(oc_artifact_1, text, 80);
AT(oc_artifact_1, number, 88);
AT(oc_artifact_1, key, 96);

SIZE(oc_segment, 32);
AT(oc_segment, kind, 0);
AT(oc_segment, turn, 4);
AT(oc_segment, begin, 8);
AT(oc_segment, end, 16);
AT(oc_segment, image, 24);
AT(oc_segment, reserved, 28);

SIZE(oc_cell, 40);
AT(oc_cell, token, 0);
AT(oc_cell, image, 8);
AT(oc_cell, row, 12);
AT(oc_cell, col, 16);
AT(oc_cell, reserved, 20);
AT(oc_cell, x0, 24);
AT(oc_cell, y0, 28);
AT(oc_cell, x1, 32);
AT(oc_cell, y1, 36);

SIZE(oc_grid, 32);
AT(oc_grid, image, 0);
AT(oc_grid, source_width, 4);
AT(oc_grid, source_height, 8);
AT(oc_grid, model_width, 12);
AT(oc_grid, model_height, 16);
AT(oc_grid, rows, 20);
AT(oc_grid, cols, 24);
AT(oc_grid, reserved, 28);

SIZE(oc_layout, 96);
AT(oc_layout, struct_size, 0);
AT(oc_layout, variant, 4);
AT(oc_layout, stack, 8);
AT(oc_layout, layer_begin, 16);
AT(oc_layout, layer_end, 20);
AT(oc_layout, n_tokens, 24);
AT(oc_layout, token_ids, 32);
AT(oc_layout, segments, 40);
AT(oc_layout, n_segments, 48);
AT(oc_layout, cells, 56);
AT(oc_layout, n_cells, 64);
AT(oc_layout, grids, 72);
AT(oc_layout, n_grids, 80);
AT(oc_layout, n_keys_only, 88);

SIZE(oc_stack, 48);
AT(oc_stack, struct_size, 0);
AT(oc_stack, n_layers, 4);
AT(oc_stack, n_heads, 8);
AT(oc_stack, n_kv_heads, 12);
AT(oc_stack, width, 16);
AT(oc_stack, vocabulary, 20);
AT(oc_stack, id, 24);
AT(oc_stack, attention_layers, 32);
AT(oc_stack, n_attention_layers, 40);

SIZE(oc_param, 56);
AT(oc_param, struct_size, 0);
AT(oc_param, type, 4);
AT(oc_param, key, 8);
AT(oc_param, help, 16);
AT(oc_param, default_text, 24);
AT(oc_param, min, 32);
AT(oc_param, max, 40);
AT(oc_param, choices, 48);

SIZE(oc_query, 16);
AT(oc_query, kind, 0);
AT(oc_query, reserved, 4);
AT(oc_query, index, 8);

SIZE(oc_options_1, 56);
AT(oc_options_1, struct_size, 0);
AT(oc_options_1, reserved, 4);
AT(oc_options_1, boolean, 8);
AT(oc_options_1, integer, 16);
AT(oc_options_1, real, 24);
AT(oc_options_1, text, 32);
AT(oc_options_1, query, 40);
AT(oc_options_1, indices, 48);

SIZE(oc_host, 40);
AT(oc_host, struct_size, 0);
AT(oc_host, abi_minor, 4);
AT(oc_host, version, 8);
AT(oc_host, self, 16);
AT(oc_host, service, 24);
AT(oc_host, fail, 32);

SIZE(oc_plugin, 104);
AT(oc_plugin, struct_size, 0);
AT(oc_plugin, reserved, 4);
AT(oc_plugin, id, 8);
AT(oc_plugin, kind, 16);
AT(oc_plugin, summary, 24);
AT(oc_plugin, table, 32);
AT(oc_plugin, params, 40);
AT(oc_plugin, opens, 48);
AT(oc_plugin, probes, 56);
AT(oc_plugin, accepts, 64);
AT(oc_plugin, produces, 72);
AT(oc_plugin, reduction, 80);
AT(oc_plugin, gradients, 88);
AT(oc_plugin, prompt, 96);

SIZE(oc_package, 64);
AT(oc_package, struct_size, 0);
AT(oc_package, abi_minor, 4);
AT(oc_package, min_host_minor, 8);
AT(oc_package, n_plugins, 12);
AT(oc_package, id, 16);
AT(oc_package, version, 24);
AT(oc_package, vendor, 32);
AT(oc_package, license, 40);
AT(oc_package, runtime, 48);
AT(oc_package, plugins, 56);

SIZE(oc_select, 32);
AT(oc_select, struct_size, 0);
AT(oc_select, kind, 4);
AT(oc_select, argument, 8);
AT(oc_select, indices, 16);
AT(oc_select, n_indices, 24);

SIZE(oc_target, 32);
AT(oc_target, struct_size, 0);
AT(oc_target, tokens, 4);
AT(oc_target, score, 8);
AT(oc_target, reserved, 12);
AT(oc_target, index, 16);
AT(oc_target, text, 24);

SIZE(oc_probe, 88);
AT(oc_probe, struct_size, 0);
AT(oc_probe, variant, 4);
AT(oc_probe, kind, 8);
AT(oc_probe, stack, 16);
AT(oc_probe, name, 24);
AT(oc_probe, layers, 32);
AT(oc_probe, heads, 40);
AT(oc_probe, queries, 48);
AT(oc_probe, keys, 56);
AT(oc_probe, groups, 64);
AT(oc_probe, n_groups, 72);
AT(oc_probe, target, 80);

SIZE(oc_plan_1, 24);
AT(oc_plan_1, struct_size, 0);
AT(oc_plan_1, reserved, 4);
AT(oc_plan_1, probe, 8);
AT(oc_plan_1, generate, 16);

SIZE(oc_noise, 64);
AT(oc_noise, struct_size, 0);
AT(oc_noise, space, 4);
AT(oc_noise, draw, 8);
AT(oc_noise, reserved, 12);
AT(oc_noise, seed, 16);
AT(oc_noise, std, 24);
AT(oc_noise, limit, 32);
AT(oc_noise, file, 40);
AT(oc_noise, values, 48);
AT(oc_noise, n_values, 56);

SIZE(oc_knockout, 56);
AT(oc_knockout, struct_size, 0);
AT(oc_knockout, reserved, 4);
AT(oc_knockout, layers, 8);
AT(oc_knockout, heads, 16);
AT(oc_knockout, from, 24);
AT(oc_knockout, n_from, 32);
AT(oc_knockout, to, 40);
AT(oc_knockout, n_to, 48);

SIZE(oc_mask, 32);
AT(oc_mask, struct_size, 0);
AT(oc_mask, fill, 4);
AT(oc_mask, image, 8);
AT(oc_mask, reserved, 12);
AT(oc_mask, cells, 16);
AT(oc_mask, n_cells, 24);

SIZE(oc_variant, 40);
AT(oc_variant, struct_size, 0);
AT(oc_variant, kind, 4);
AT(oc_variant, text, 8);
AT(oc_variant, noise, 16);
AT(oc_variant, knockout, 24);
AT(oc_variant, mask, 32);

SIZE(oc_capture, 72);
AT(oc_capture, struct_size, 0);
AT(oc_capture, probe, 4);
AT(oc_capture, layer, 8);
AT(oc_capture, draw, 12);
AT(oc_capture, heads, 16);
AT(oc_capture, rows, 24);
AT(oc_capture, keys, 32);
AT(oc_capture, n_heads, 40);
AT(oc_capture, n_rows, 48);
AT(oc_capture, n_keys, 56);
AT(oc_capture, tensor, 64);

SIZE(oc_method_1, 48);
AT(oc_method_1, struct_size, 0);
AT(oc_method_1, reserved, 4);
AT(oc_method_1, create, 8);
AT(oc_method_1, destroy, 16);
AT(oc_method_1, plan, 24);
AT(oc_method_1, capture, 32);
AT(oc_method_1, finish, 40);

SIZE(oc_reduction_1, 40);
AT(oc_reduction_1, struct_size, 0);
AT(oc_reduction_1, reserved, 4);
AT(oc_reduction_1, create, 8);
AT(oc_reduction_1, destroy, 16);
AT(oc_reduction_1, add, 24);
AT(oc_reduction_1, conclude, 32);

SIZE(oc_part, 16);
AT(oc_part, kind, 0);
AT(oc_part, image, 4);
AT(oc_part, text, 8);

SIZE(oc_turn, 16);
AT(oc_turn, role, 0);
AT(oc_turn, n_parts, 4);
AT(oc_turn, parts, 8);

SIZE(oc_image, 16);
AT(oc_image, width, 0);
AT(oc_image, height, 4);
AT(oc_image, rgb, 8);

SIZE(oc_sample, 40);
AT(oc_sample, struct_size, 0);
AT(oc_sample, n_turns, 4);
AT(oc_sample, n_images, 8);
AT(oc_sample, reserved, 12);
AT(oc_sample, turns, 16);
AT(oc_sample, images, 24);
AT(oc_sample, answer, 32);

SIZE(oc_model_settings, 48);
AT(oc_model_settings, struct_size, 0);
AT(oc_model_settings, threads, 4);
AT(oc_model_settings, folder, 8);
AT(oc_model_settings, device, 16);
AT(oc_model_settings, dtype, 24);
AT(oc_model_settings, min_pixels, 32);
AT(oc_model_settings, max_pixels, 40);

SIZE(oc_merged_probe, 144);
AT(oc_merged_probe, struct_size, 0);
AT(oc_merged_probe, id, 4);
AT(oc_merged_probe, kind, 8);
AT(oc_merged_probe, stack, 16);
AT(oc_merged_probe, name, 24);
AT(oc_merged_probe, layers, 32);
AT(oc_merged_probe, n_layers, 40);
AT(oc_merged_probe, heads, 48);
AT(oc_merged_probe, n_heads, 56);
AT(oc_merged_probe, rows, 64);
AT(oc_merged_probe, n_rows, 72);
AT(oc_merged_probe, steps, 80);
AT(oc_merged_probe, n_steps, 88);
AT(oc_merged_probe, keys, 96);
AT(oc_merged_probe, n_keys, 104);
AT(oc_merged_probe, groups, 112);
AT(oc_merged_probe, group_sizes, 120);
AT(oc_merged_probe, n_groups, 128);
AT(oc_merged_probe, all_steps, 136);
AT(oc_merged_probe, reserved, 140);

SIZE(oc_generation, 64);
AT(oc_generation, struct_size, 0);
AT(oc_generation, draws, 4);
AT(oc_generation, temperature, 8);
AT(oc_generation, top_p, 16);
AT(oc_generation, repetition_penalty, 24);
AT(oc_generation, top_k, 32);
AT(oc_generation, seed, 40);
AT(oc_generation, stop_strings, 48);
AT(oc_generation, n_stop_strings, 56);

SIZE(oc_merged_knockout, 88);
AT(oc_merged_knockout, struct_size, 0);
AT(oc_merged_knockout, all_steps, 4);
AT(oc_merged_knockout, layers, 8);
AT(oc_merged_knockout, n_layers, 16);
AT(oc_merged_knockout, heads, 24);
AT(oc_merged_knockout, n_heads, 32);
AT(oc_merged_knockout, rows, 40);
AT(oc_merged_knockout, n_rows, 48);
AT(oc_merged_knockout, steps, 56);
AT(oc_merged_knockout, n_steps, 64);
AT(oc_merged_knockout, keys, 72);
AT(oc_merged_knockout, n_keys, 80);

SIZE(oc_merged_plan, 48);
AT(oc_merged_plan, struct_size, 0);
AT(oc_merged_plan, max_new_tokens, 4);
AT(oc_merged_plan, probes, 8);
AT(oc_merged_plan, n_probes, 16);
AT(oc_merged_plan, generation, 24);
AT(oc_merged_plan, knockout, 32);
AT(oc_merged_plan, forced, 40);

SIZE(oc_cost, 32);
AT(oc_cost, struct_size, 0);
AT(oc_cost, reserved, 4);
AT(oc_cost, prefill_tokens, 8);
AT(oc_cost, weight_bytes, 16);
AT(oc_cost, activation_bytes, 24);

SIZE(oc_target_token, 16);
AT(oc_target_token, row, 0);
AT(oc_target_token, id, 8);

SIZE(oc_gradient_plan, 88);
AT(oc_gradient_plan, struct_size, 0);
AT(oc_gradient_plan, score, 4);
AT(oc_gradient_plan, continuation, 8);
AT(oc_gradient_plan, n_continuation, 16);
AT(oc_gradient_plan, targets, 24);
AT(oc_gradient_plan, n_targets, 32);
AT(oc_gradient_plan, draws, 40);
AT(oc_gradient_plan, n_draws, 48);
AT(oc_gradient_plan, probes, 56);
AT(oc_gradient_plan, n_probes, 64);
AT(oc_gradient_plan, memory, 72);
AT(oc_gradient_plan, of_features, 80);
AT(oc_gradient_plan, reserved, 84);

SIZE(oc_gradients_1, 24);
AT(oc_gradients_1, struct_size, 0);
AT(oc_gradients_1, reserved, 4);
AT(oc_gradients_1, estimate, 8);
AT(oc_gradients_1, execute, 16);

SIZE(oc_step, 32);
AT(oc_step, struct_size, 0);
AT(oc_step, index, 4);
AT(oc_step, token, 8);
AT(oc_step, is_stop, 16);
AT(oc_step, strips_space, 20);
AT(oc_step, log_probability, 24);

SIZE(oc_sink, 48);
AT(oc_sink, struct_size, 0);
AT(oc_sink, reserved, 4);
AT(oc_sink, context, 8);
AT(oc_sink, layout, 16);
AT(oc_sink, capture, 24);
AT(oc_sink, step, 32);
AT(oc_sink, cancelled, 40);

SIZE(oc_model_1, 104);
AT(oc_model_1, struct_size, 0);
AT(oc_model_1, reserved, 4);
AT(oc_model_1, create, 8);
AT(oc_model_1, destroy, 16);
AT(oc_model_1, stack, 24);
AT(oc_model_1, file, 32);
AT(oc_model_1, describe, 40);
AT(oc_model_1, encode, 48);
AT(oc_model_1, token_bytes, 56);
AT(oc_model_1, prepare, 64);
AT(oc_model_1, release, 72);
AT(oc_model_1, estimate, 80);
AT(oc_model_1, load, 88);
AT(oc_model_1, execute, 96);

SIZE(oc_renderer_1, 32);
AT(oc_renderer_1, struct_size, 0);
AT(oc_renderer_1, reserved, 4);
AT(oc_renderer_1, create, 8);
AT(oc_renderer_1, destroy, 16);
AT(oc_renderer_1, render, 24);

SIZE(oc_layout_1, 40);
AT(oc_layout_1, struct_size, 0);
AT(oc_layout_1, reserved, 4);
AT(oc_layout_1, stack, 8);
AT(oc_layout_1, layout, 16);
AT(oc_layout_1, prompt_tokens, 24);
AT(oc_layout_1, answer_tokens, 32);

SIZE(oc_tokens_1, 16);
AT(oc_tokens_1, struct_size, 0);
AT(oc_tokens_1, reserved, 4);
AT(oc_tokens_1, bytes, 8);

SIZE(oc_box, 48);
AT(oc_box, label, 0);
AT(oc_box, image, 8);
AT(oc_box, reserved, 12);
AT(oc_box, x0, 16);
AT(oc_box, y0, 24);
AT(oc_box, x1, 32);
AT(oc_box, y1, 40);

SIZE(oc_record_1, 24);
AT(oc_record_1, struct_size, 0);
AT(oc_record_1, reserved, 4);
AT(oc_record_1, text, 8);
AT(oc_record_1, boxes, 16);

SIZE(oc_media_1, 16);
AT(oc_media_1, struct_size, 0);
AT(oc_media_1, reserved, 4);
AT(oc_media_1, picture, 8);

SIZE(oc_output_1, 24);
AT(oc_output_1, struct_size, 0);
AT(oc_output_1, reserved, 4);
AT(oc_output_1, open, 8);
AT(oc_output_1, commit, 16);

SIZE(oc_log_1, 16);
AT(oc_log_1, struct_size, 0);
AT(oc_log_1, reserved, 4);
AT(oc_log_1, write, 8);

SIZE(oc_variant_1, 24);
AT(oc_variant_1, struct_size, 0);
AT(oc_variant_1, reserved, 4);
AT(oc_variant_1, add, 8);
AT(oc_variant_1, layout, 16);

SIZE(oc_memory_1, 16);
AT(oc_memory_1, struct_size, 0);
AT(oc_memory_1, reserved, 4);
AT(oc_memory_1, announce, 8);

SIZE(oc_index_sets_1, 16);
AT(oc_index_sets_1, struct_size, 0);
AT(oc_index_sets_1, reserved, 4);
AT(oc_index_sets_1, among, 8);

SIZE(oc_images_1, 24);
AT(oc_images_1, struct_size, 0);
AT(oc_images_1, reserved, 4);
AT(oc_images_1, name, 8);
AT(oc_images_1, open, 16);

SIZE(oc_word, 16);
AT(oc_word, key, 0);
AT(oc_word, value, 8);

SIZE(oc_answer_token, 24);
AT(oc_answer_token, id, 0);
AT(oc_answer_token, is_stop, 8);
AT(oc_answer_token, reserved, 12);
AT(oc_answer_token, log_probability, 16);

SIZE(oc_answer_1, 24);
AT(oc_answer_1, struct_size, 0);
AT(oc_answer_1, reserved, 4);
AT(oc_answer_1, most_tokens, 8);
AT(oc_answer_1, tokens, 16);
SIZE(oc_token_ids_1, 16);
AT(oc_token_ids_1, struct_size, 0);
AT(oc_token_ids_1, reserved, 4);
AT(oc_token_ids_1, encode, 8);

SIZE(oc_collection_1, 32);
AT(oc_collection_1, struct_size, 0);
AT(oc_collection_1, reserved, 4);
AT(oc_collection_1, is_collection, 8);
AT(oc_collection_1, source, 16);
AT(oc_collection_1, open, 24);

SIZE(oc_samples_1, 24);
AT(oc_samples_1, struct_size, 0);
AT(oc_samples_1, reserved, 4);
AT(oc_samples_1, count, 8);
AT(oc_samples_1, open, 16);

SIZE(oc_scores_1, 16);
AT(oc_scores_1, struct_size, 0);
AT(oc_scores_1, reserved, 4);
AT(oc_scores_1, of_map, 8);
