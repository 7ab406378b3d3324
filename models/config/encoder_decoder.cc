#include "models/config/encoder_decoder.h"

#include "models/config/decoder.h"

namespace weighin {
namespace {

/// Reads the sizes of BART's and Whisper's two stacks.
void read_stacks(const ConfigFields& f, ModelShape& s) {
  s.layers = f.size({"decoder_layers"});
  s.encoder_layers = f.size({"encoder_layers"});
  s.width = f.size({"d_model"});
  s.heads = s.kv_heads = f.size({"decoder_attention_heads"});
  if (f.size({"encoder_attention_heads"}, s.heads) != s.heads)
    f.reject("encoder_attention_heads", "is not decoder_attention_heads");
  s.head_dim = s.heads ? s.width / s.heads : 0;
  s.ffn_width = f.size({"decoder_ffn_dim"}, 4 * s.width);
  s.encoder_ffn_width = f.size({"encoder_ffn_dim"}, s.ffn_width);
  s.activation = activation_of(f, "gelu", false);
  s.norm = NormKind::layer;
  s.bias_qkv = s.bias_attention_output = s.bias_ffn = true;
  s.tied = f.flag({"tie_word_embeddings"}, true);
}

}  // namespace

/// T5 1.1 and Flan-T5 have a gate and an output head of their own. The context is the length that T5 was
/// trained with: positions are relative, and files state no length.
void read_t5(const ConfigFields& f, ModelShape& s) {
  s.encoder_layers = f.size({"num_layers"});
  s.layers = f.size({"num_decoder_layers"}, s.encoder_layers);
  s.width = f.size({"d_model"});
  s.vocab = f.size({"vocab_size"}, 32128);
  s.heads = s.kv_heads = f.size({"num_heads"});
  s.head_dim = f.size({"d_kv"}, 64);
  s.ffn_width = s.encoder_ffn_width = f.size({"d_ff"}, 2048);
  s.max_context = f.number({"n_positions"}, 512);
  s.relative_buckets = f.number({"relative_attention_num_buckets"}, 32);
  s.tied = f.flag({"tie_word_embeddings"}, true);
  const std::string kind = f.word({"feed_forward_proj"}, "relu");
  s.activation = kind.rfind("gated", 0) == 0 ? Activation::geglu : Activation::relu;
}

/// The table of positions has two more than the context, as OPT's has. Normalizations come after each part,
/// and there is none at the end.
void read_bart(const ConfigFields& f, ModelShape& s) {
  read_stacks(f, s);
  s.vocab = f.size({"vocab_size"}, 50265);
  s.max_context = f.size({"max_position_embeddings"}, 1024);
  s.positions = s.encoder_positions = s.max_context + 2;
  s.embedding_norm = true;
  s.final_norm = false;
}

void read_whisper(const ConfigFields& f, ModelShape& s) {
  read_stacks(f, s);
  s.vocab = f.size({"vocab_size"}, 51865);
  s.audio_bins = f.size({"num_mel_bins"}, 80);
  s.positions = s.max_context = f.size({"max_target_positions"}, 448);
  s.encoder_positions = f.size({"max_source_positions"}, 1500);
}

}  // namespace weighin
