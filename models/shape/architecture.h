// What a model's published configuration states of its architecture, whichever file states it: a config.json,
// a GGUF header, a line of the catalogue. build_shape makes the tensors from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weighin {

enum class NormKind : uint8_t { rms, layer };
enum class Activation : uint8_t { swiglu, geglu, gelu, silu, relu, relu_squared };

/// What mixes tokens in a layer.
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

/// One layer. Numbers that most models share by all layers, and some do not.
struct Layer {
  Mixer mixer = Mixer::attention;
  FeedForward feed_forward = FeedForward::dense;
  uint32_t heads = 0;
  uint32_t kv_heads = 0;
  uint32_t window = 0;          // tokens a sliding-window layer sees; 0: all of them
  uint32_t ffn_width = 0;       // of a dense layer, or of one expert
  bool attention_too = false;   // Falcon-H1: attention beside the state space, in parallel
  bool shares_cache = false;    // Gemma 3n: reads an earlier layer's keys and values
  uint32_t head_dim = 0;        // where it is not the model's: Gemma 4's layers that see everything
  bool value_is_key = false;    // Gemma 4: those layers have no matrix for values
  bool shared_weights = false;  // Zamba 2: this layer's attention is stored with an earlier layer
};

/// Where a layer's normalizations stand.
enum class NormPlace : uint8_t {
  before,      // one before attention, one before the feed-forward
  around,      // Gemma 2: before and after each
  after,       // OLMo 2, BERT: after each
  parallel,    // attention and feed-forward read the same normalized input, or a layer has only one of them
               // (Mamba, Nemotron-H): one a layer
  parallel_2,  // Falcon 40B: in parallel, each with its own
  none,        // OLMo 1: normalizations without weights
};

/// What GGUF files call the normalizations of a layer, where they differ.
enum class NormNames : uint8_t {
  usual,           // before the feed-forward: ffn_norm
  post_attention,  // the same one: post_attention_norm (gpt-oss, GLM 4 MoE, Qwen3-Next)
  attn_output,     // the same one: attn_output_norm (DBRX)
  grok,            // after attention and feed-forward: attn_output_norm, layer_output_norm
};

/// What of the state-space and convolution layers is not of the whole model.
struct StateSpace {
  uint32_t inner = 0;   // channels
  uint32_t state = 0;   // values a channel keeps
  uint32_t kernel = 0;  // of the short convolution before it
  uint32_t dt_rank = 0;
  uint32_t heads = 0;   // Mamba 2, gated delta net (value heads)
  uint32_t groups = 0;  // Mamba 2, gated delta net (key heads)
  bool norms = false;   // Jamba, Falcon-Mamba: dt, B and C are normalized
};

/// What stands between a vision tower and the text model.
enum class Projector : uint8_t {
  none,
  linear,      // one product (Gemma 3, with a normalization before it)
  two_layers,  // LLaVA, Pixtral: two products with biases
  merger,      // Qwen VL: neighbouring patches together through two products
  llama4,      // a two-layer adapter in the tower's width, then one product
};

/// A vision tower (a ViT encoder) and what projects its patches to the text model's width.
struct Vision {
  uint32_t layers = 0;
  uint32_t width = 0;
  uint32_t heads = 0;
  uint32_t ffn_width = 0;
  uint32_t image = 0;  // pixels of one side
  uint32_t patch = 0;  // pixels of one side
  uint32_t channels = 3;
  uint32_t frames = 1;     // that a patch spans (Qwen VL)
  uint32_t positions = 0;  // learned position embeddings
  bool class_token = false;
  bool gated = false;  // SwiGLU or GeGLU
  bool bias = true;    // of attention and feed-forward
  bool fused_qkv = false;
  bool patch_bias = true;
  bool norm_before = false;   // of the embeddings
  bool norm_after = false;    // of the last layer
  bool around_norms = false;  // Gemma 4: four normalizations a layer, and of each head's query and key
  NormKind norm = NormKind::layer;
  Projector projector = Projector::none;
  uint32_t merge = 1;            // patches of one side that are merged
  uint32_t output = 0;           // width that the projector gives
  uint32_t projector_width = 0;  // its inner width, where it is not the merged input's
  uint32_t deep_projectors = 0;  // Qwen3-VL: further mergers, from inner layers
};

/// Every count is of one token unless it says otherwise. 0 and false: the model has none.
struct Architecture {
  std::string architecture;  // as llama.cpp's GGUF files name it: "llama", "gemma2"; empty: it has none
  uint32_t layers = 0;
  uint32_t width = 0;
  uint32_t vocab = 0;
  uint32_t max_context = 0;
  uint32_t ffn_width = 0;  // of a dense layer, or of one expert
  uint32_t heads = 0;
  uint32_t kv_heads = 0;
  uint32_t head_dim = 0;
  uint32_t value_dim = 0;  // of one head; head_dim but for MLA
  NormKind norm = NormKind::rms;
  NormPlace norm_place = NormPlace::before;
  NormNames norm_names = NormNames::usual;
  Activation activation = Activation::swiglu;
  bool rope = false;
  std::vector<Layer> per_layer;  // one a layer; build_shape fills it where it is empty

  uint32_t embedding_width = 0;  // when not `width` (ALBERT's factorized embedding)
  uint32_t positions = 0;        // learned position embeddings
  uint32_t token_types = 0;      // BERT's segment embeddings
  bool embedding_norm = false;   // a normalization after the embeddings
  bool final_norm = true;
  bool norm_bias = false;  // implied by NormKind::layer unless without_norm_bias
  bool without_norm_bias = false;
  bool head_norm = false;           // Qwen3, Gemma 3: each head's query and key are normalized
  bool query_key_norm = false;      // OLMo 2: the whole query and key are
  bool norm_each_head = false;      // Cohere, StableLM 12B: each head has weights of its own, and no biases
  bool without_first_norm = false;  // ModernBERT: the first layer's attention reads the embeddings' norm
  bool gated_query = false;         // Qwen3-Next: the query's matrix gives the output's gate as well
  bool tied = false;                // the output head is the token embedding
  bool head = true;                 // there is an output head
  bool pooler = false;
  bool shared_layers = false;  // ALBERT: one layer's weights, used by all
  bool fused_qkv = false;      // one matrix for query, key and value
  bool fused_gate_up = false;  // Phi 3: one matrix for gate and up
  bool bias_qkv = false;
  bool bias_attention_output = false;
  bool bias_ffn = false;
  bool bias_head = false;
  bool attention_sinks = false;  // gpt-oss: one learned logit a head
  uint32_t rotary_dim = 0;       // rotated part of a head; 0: all of it
  uint32_t rope_factors =
      0;  // tables of rotary_dim / 2 frequency factors in the file: Llama 3 has 1, Phi 3 long 2

  uint32_t experts = 0;
  uint32_t experts_active = 0;
  uint32_t shared_experts = 0;        // always active, beside the routed ones
  uint32_t shared_ffn_width = 0;      // of all shared experts together
  bool shared_expert_gate = false;    // Qwen 2 MoE: a vector that weighs the shared expert
  bool expert_bias = false;           // gpt-oss
  bool router_bias = false;           // DeepSeek V3: a correction for each expert
  bool dense_beside_experts = false;  // Gemma 4: a dense feed-forward and experts in every layer
  uint32_t dense_layers = 0;          // leading layers without experts
  uint32_t dense_ffn_width = 0;       // of those

  uint32_t q_lora_rank = 0;  // MLA; 0: the query is one product
  uint32_t kv_lora_rank = 0;
  uint32_t rope_dim = 0;      // MLA: the part of a key that is rotated and shared by the heads
  bool latent_whole = false;  // MiniCPM3: keys and values leave the latent by one matrix and are cached whole
  uint32_t index_heads = 0;   // DeepSeek V3.2: an indexer chooses the tokens that attention sees
  uint32_t index_dim = 0;     // of one indexer head

  uint32_t window = 0;  // of the layers that have one (Layer::window says which)
  StateSpace state_space;

  uint32_t encoder_layers = 0;  // T5, BART: beside `layers` decoder layers
  uint32_t encoder_ffn_width = 0;
  uint32_t encoder_positions = 0;  // BART, Whisper: learned, beside `positions` of the decoder
  uint32_t audio_bins = 0;         // Whisper: the encoder reads spectra of so many bins by two convolutions
  uint32_t relative_buckets = 0;   // T5: learned relative positions, buckets x heads, once in each stack

  uint32_t per_layer_width = 0;  // Gemma 3n: a second embedding of this width for every layer
  uint32_t per_layer_vocab = 0;
  uint32_t altup_inputs = 0;  // Gemma 3n (arXiv 2301.13310)
  uint32_t laurel_rank = 0;   // Gemma 3n (arXiv 2411.07501)

  uint32_t bottleneck_width = 0;       // MobileBERT: what a layer's attention and feed-forwards work in
  uint32_t stacked_feed_forwards = 1;  // MobileBERT: in one layer
  uint32_t shared_blocks =
      0;  // Zamba 2: transformer blocks that are stored, used by layers with attention_too
  uint32_t adapter_rank = 0;       // Zamba 2: of each use of them
  bool attention_adapter = false;  // Zamba 2: for queries, keys and values as well

  Vision vision;
};

}  // namespace weighin
