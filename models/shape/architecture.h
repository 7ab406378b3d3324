// The architecture of a model, as its published configuration states it. It comes from a config.json, a GGUF
// header or a file of the catalogue. build_shape makes the tensors from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weighin {

enum class NormKind : uint8_t { rms, layer };
enum class Activation : uint8_t { swiglu, geglu, gelu, silu, relu, relu_squared };

/// The part of a layer that mixes tokens.
enum class Mixer : uint8_t {
  attention,
  latent_attention,   // multi-head latent attention (DeepSeek-V2, arXiv 2405.04434)
  mamba,              // selective state space (arXiv 2312.00752)
  mamba2,             // arXiv 2405.21060
  short_convolution,  // LFM2
  gated_delta,        // gated delta net (Qwen3-Next, arXiv 2412.06464)
  kimi_delta,         // Kimi delta attention (arXiv 2510.26692)
  none,
};

enum class FeedForward : uint8_t { dense, experts, none };

/// One layer. In most models all layers have the same numbers, in some they do not.
struct Layer {
  Mixer mixer = Mixer::attention;
  FeedForward feed_forward = FeedForward::dense;
  uint32_t heads = 0;
  uint32_t kv_heads = 0;
  uint32_t window = 0;         // tokens that a sliding-window layer sees; 0: all of them
  uint32_t ffn_width = 0;      // of the dense feed-forward part, or of one expert
  bool attention_too = false;  // Falcon-H1: attention in parallel with the state space
  bool shares_cache = false;   // Gemma 3n: the layer reads an earlier layer's keys and values
  uint32_t head_dim = 0;       // where it differs from the model's: Gemma 4's layers without a window; else 0
  bool value_is_key = false;   // Gemma 4: those layers have no matrix for values
  bool shared_weights = false;  // Zamba 2: this layer's attention is stored with an earlier layer
};

/// Where a layer's normalizations stand.
enum class NormPlace : uint8_t {
  before,      // one before attention, one before the feed-forward
  around,      // Gemma 2: before and after each
  after,       // OLMo 2, BERT: after each
  parallel,    // one: attention and feed-forward read the same normalized input, or the layer has only one of
               // them (Mamba, Nemotron-H)
  parallel_2,  // Falcon 40B: attention and feed-forward in parallel, each with its own
  none,        // OLMo 1: normalizations without weights
};

/// The names of a layer's normalizations in GGUF files, where architectures differ.
enum class NormNames : uint8_t {
  usual,           // the one before the feed-forward part is ffn_norm
  post_attention,  // it is post_attention_norm (gpt-oss, GLM 4 MoE, Qwen3-Next)
  attn_output,     // it is attn_output_norm (DBRX)
  grok,            // those after attention and feed-forward are attn_output_norm and layer_output_norm
};

/// Sizes of the state-space and convolution layers.
struct StateSpace {
  uint32_t inner = 0;   // channels
  uint32_t state = 0;   // values that each channel keeps
  uint32_t kernel = 0;  // steps of the short convolution before the state space
  uint32_t dt_rank = 0;
  uint32_t heads = 0;   // Mamba 2, gated delta net (value heads)
  uint32_t groups = 0;  // Mamba 2, gated delta net (key heads)
  bool norms = false;   // Jamba: dt, B and C are normalized; Mamba 2: the output is
};

/// The part between a vision tower and the text model.
enum class Projector : uint8_t {
  none,
  linear,      // one product (Gemma 3, with a normalization before it)
  two_layers,  // LLaVA, Pixtral: two products with biases
  merger,      // Qwen VL: neighbouring patches pass through two products together
  llama4,      // a two-layer adapter in the tower's width, then one product
};

/// A vision tower (a ViT encoder) and the projector from its patches to the text model's width.
struct Vision {
  uint32_t layers = 0;
  uint32_t width = 0;
  uint32_t heads = 0;
  uint32_t ffn_width = 0;
  uint32_t image = 0;  // pixels of one side of the image
  uint32_t patch = 0;  // pixels of one side of a patch
  uint32_t channels = 3;
  uint32_t frames = 1;     // frames that a patch spans (Qwen VL)
  uint32_t positions = 0;  // learned position embeddings
  bool class_token = false;
  bool gated = false;  // SwiGLU or GeGLU
  bool bias = true;    // attention and feed-forward have biases
  bool fused_qkv = false;
  bool patch_bias = true;
  bool norm_before = false;   // the embeddings are normalized
  bool norm_after = false;    // the output of the last layer is normalized
  bool around_norms = false;  // Gemma 4: four normalizations per layer, and one of each head's query and key
  NormKind norm = NormKind::layer;
  Projector projector = Projector::none;
  uint32_t merge = 1;            // merge x merge neighbouring patches become one
  uint32_t output = 0;           // width of the projector's output
  uint32_t projector_width = 0;  // its inner width; 0: that of the merged input
  uint32_t deep_projectors = 0;  // Qwen3-VL: further mergers, from inner layers
};

/// 0 and false mean that the model has no such part.
struct Architecture {
  std::string
      architecture;  // as llama.cpp's GGUF files name it: "llama", "gemma2"; empty: they have no name for it
  uint32_t layers = 0;
  uint32_t width = 0;
  uint32_t vocab = 0;
  uint32_t max_context = 0;
  uint32_t ffn_width = 0;  // of the dense feed-forward part, or of one expert
  uint32_t heads = 0;
  uint32_t kv_heads = 0;
  uint32_t head_dim = 0;
  uint32_t value_dim = 0;  // of one head; head_dim except in multi-head latent attention
  NormKind norm = NormKind::rms;
  NormPlace norm_place = NormPlace::before;
  NormNames norm_names = NormNames::usual;
  Activation activation = Activation::swiglu;
  bool rope = false;
  std::vector<Layer> per_layer;  // one entry per layer; build_shape fills it where it is empty

  uint32_t embedding_width = 0;  // where it is not `width` (ALBERT's factorized embedding); else 0
  uint32_t positions = 0;        // learned position embeddings
  uint32_t token_types = 0;      // BERT's segment embeddings
  bool embedding_norm = false;   // the embeddings are normalized
  bool final_norm = true;
  bool norm_bias = false;  // NormKind::layer implies it unless without_norm_bias is set
  bool without_norm_bias = false;
  bool head_norm = false;       // Qwen3, Gemma 3: each head's query and key are normalized
  bool query_key_norm = false;  // OLMo 2: the whole query and the whole key are normalized
  bool norm_each_head = false;  // Cohere, StableLM 12B: each head's norm has weights of its own and no bias
  bool without_first_norm = false;  // ModernBERT: the first layer has no norm before attention
  bool gated_query = false;         // Qwen3-Next: the query's matrix also makes the gate of the output
  bool tied = false;                // the output head is the token embedding
  bool head = true;                 // there is an output head
  bool pooler = false;
  bool shared_layers = false;  // ALBERT: all layers use the weights of one
  bool fused_qkv = false;      // one matrix for query, key and value
  bool fused_gate_up = false;  // Phi 3: one matrix for gate and up
  bool bias_qkv = false;
  bool bias_attention_output = false;
  bool bias_ffn = false;
  bool bias_head = false;
  bool attention_sinks = false;  // gpt-oss: one learned logit per head
  uint32_t rotary_dim = 0;       // values of a head that rope rotates; 0: all of them
  /// Tables of rotary_dim / 2 frequency factors in the file: Llama 3 has 1, Phi 3 long 2.
  uint32_t rope_factors = 0;

  uint32_t experts = 0;
  uint32_t experts_active = 0;
  uint32_t shared_experts = 0;        // active for every token, beside the routed experts
  uint32_t shared_ffn_width = 0;      // of all shared experts together
  bool shared_expert_gate = false;    // Qwen 2 MoE: a vector that weighs the shared expert
  bool expert_bias = false;           // gpt-oss: experts have biases
  bool router_bias = false;           // DeepSeek V3: the router has a correction for each expert
  bool dense_beside_experts = false;  // Gemma 4: every layer has a dense feed-forward part beside the experts
  uint32_t dense_layers = 0;          // leading layers without experts
  uint32_t dense_ffn_width = 0;       // feed-forward width of those

  // Multi-head latent attention (MLA).
  uint32_t q_lora_rank = 0;  // 0: the query is one product
  uint32_t kv_lora_rank = 0;
  uint32_t rope_dim = 0;      // values of a key that are rotated; all heads share them
  bool latent_whole = false;  // MiniCPM3: keys and values leave the latent by one matrix and are cached whole
  /// DeepSeek V3.2: heads of the indexer, which chooses the tokens that attention sees.
  uint32_t index_heads = 0;
  uint32_t index_dim = 0;  // values of one of its heads

  uint32_t window = 0;  // of the layers that have one; Layer::window says which
  StateSpace state_space;

  uint32_t encoder_layers = 0;  // T5, BART: the encoder's, beside `layers` layers of the decoder
  uint32_t encoder_ffn_width = 0;
  uint32_t encoder_positions =
      0;                    // BART, Whisper: learned positions of the encoder; `positions` are the decoder's
  uint32_t audio_bins = 0;  // Whisper: bins of the spectra that two convolutions of the encoder read
  uint32_t relative_buckets = 0;  // T5: learned relative positions, buckets x heads, once in each stack

  uint32_t per_layer_width = 0;  // Gemma 3n: width of the second embedding that every layer has
  uint32_t per_layer_vocab = 0;
  uint32_t altup_inputs = 0;  // Gemma 3n: parallel streams of AltUp (arXiv 2301.13310)
  uint32_t laurel_rank = 0;   // Gemma 3n: rank of LAuReL (arXiv 2411.07501)

  uint32_t bottleneck_width = 0;       // MobileBERT: the width inside of a layer
  uint32_t stacked_feed_forwards = 1;  // MobileBERT: feed-forward parts of one layer
  uint32_t shared_blocks = 0;      // Zamba 2: stored transformer blocks; layers with attention_too use them
  uint32_t adapter_rank = 0;       // Zamba 2: rank of the adapters of each use of a block
  bool attention_adapter = false;  // Zamba 2: queries, keys and values have adapters as well

  Vision vision;
};

}  // namespace weighin
