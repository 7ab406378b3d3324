#include "models/shrink/quality.h"

#include "models/names/catalogue.h"

namespace weighin {
namespace {

constexpr std::string_view ppl = "perplexity, WikiText-2";
constexpr std::string_view ppl_ratio = "perplexity, WikiText-2, as a ratio";
constexpr std::string_view mmlu = "MMLU";
constexpr Checked read = Checked::read, recalled = Checked::recalled;

// The Llama 3 8B scoreboard of llama.cpp's tools/perplexity/README.md (revision f364eb6f, added by
// llama.cpp#6936), read 2026-11-24. The figure before is its f16 row without what rounding of logits adds to
// that row: 6.233160 - 0.001524.
constexpr std::string_view scoreboard = "llama.cpp#6936 (tools/perplexity/README.md)";
constexpr std::string_view with_imatrix =
    "llama.cpp#6936 (tools/perplexity/README.md), with an importance matrix";
constexpr double llama_3_8b = 6.231636;

constexpr Quality gguf(std::string_view format, double after, std::string_view source = scoreboard) {
  return {"quantization", format, "llama-3-8b", ppl, llama_3_8b, after, true, read, source};
}

// The comparison with Llama 2 7B in the same README, which gives ratios, and Llama 2 70B of an earlier
// version of it.
constexpr Quality llama_2_7b(std::string_view format, double ratio) {
  return {"quantization", format, "llama-2-7b",
          ppl_ratio,      1,      ratio,
          true,           read,   "llama.cpp#6936, Llama 2 against Llama 3"};
}
constexpr Quality llama_2_70b(std::string_view format, double after) {
  return {"quantization",
          format,
          "llama-2-70b",
          ppl,
          3.4313,
          after,
          true,
          read,
          "llama.cpp, Llama 2 70B scorechart in examples/perplexity/README.md"};
}

// Wanda (arXiv 2306.11695), read 2026-11-24 in the README of github.com/locuslab/wanda.
constexpr std::string_view wanda = "arXiv 2306.11695 (Wanda), README of locuslab/wanda";
constexpr Quality sparse(std::string_view what, std::string_view model, double before, double after) {
  return {"sparsity", what, model, ppl, before, after, true, read, wanda};
}
constexpr std::string_view wanda_llama_3 =
    "huggingface.co/vuiseng9/Meta-Llama-3.1-8B-wanda-2of4, pruned by Wanda";

// arXiv 2408.11796, table of base models, read 2026-11-24.
constexpr std::string_view minitron = "arXiv 2408.11796 (Minitron in practice), MMLU 5-shot";
constexpr std::string_view llama_3_2_card =
    "Llama 3.2 model card, MMLU 5-shot, instruct models; the 8B's recalled";

constexpr Quality table[] = {
    gguf("q8_0", 6.234284),
    gguf("q6_K", 6.253382),
    gguf("Q5_K_M", 6.288607),
    gguf("Q5_K_S", 6.336598),
    gguf("Q5_1", 6.337857),
    gguf("Q5_0", 6.363224),
    gguf("Q4_K_M", 6.407115),
    gguf("IQ4_NL", 6.455593, with_imatrix),
    gguf("IQ4_XS", 6.459705, with_imatrix),
    gguf("Q4_K_S", 6.500529),
    gguf("Q4_1", 6.682737),
    gguf("q4_0", 6.700147),
    gguf("Q3_K_L", 6.787876),
    gguf("Q3_K_M", 6.888498),
    gguf("IQ3_M", 6.898327, with_imatrix),
    gguf("IQ3_S", 6.965501, with_imatrix),
    gguf("IQ3_XS", 7.163043, with_imatrix),
    gguf("IQ3_XXS", 7.458436, with_imatrix),
    gguf("Q3_K_S", 7.863786),
    gguf("IQ2_M", 8.600799, with_imatrix),
    gguf("Q2_K_S", 9.323778, with_imatrix),
    gguf("IQ2_S", 9.650781, with_imatrix),
    gguf("Q2_K", 9.751568),
    gguf("IQ2_XS", 10.761424, with_imatrix),
    gguf("IQ2_XXS", 14.091782, with_imatrix),
    gguf("IQ1_M", 25.493722, with_imatrix),
    gguf("IQ1_S", 60.694593, with_imatrix),
    llama_2_7b("q8_0", 1.000689),
    llama_2_7b("q6_K", 1.002406),
    llama_2_7b("Q4_K_M", 1.014242),
    llama_2_7b("Q2_K", 1.107955),
    llama_2_70b("q6_K", 3.4367),
    llama_2_70b("Q5_K_M", 3.4451),
    llama_2_70b("Q5_K_S", 3.4483),
    llama_2_70b("Q5_0", 3.4744),
    llama_2_70b("Q4_K_M", 3.4725),
    llama_2_70b("Q4_K_S", 3.4852),
    llama_2_70b("Q4_1", 3.5125),
    llama_2_70b("q4_0", 3.5550),
    llama_2_70b("Q3_K_L", 3.5617),
    llama_2_70b("Q3_K_M", 3.5932),
    llama_2_70b("Q3_K_S", 3.7019),
    llama_2_70b("Q2_K", 3.7339),

    {"pruning", "depth-quarter", "llama-2-13b", mmlu, 55.0, 52.2, false, read,
     "arXiv 2403.03853 (ShortGPT), 10 of 40 layers, as summarized"},
    {"pruning", "depth-half", "llama-3.1-8b", mmlu, 65.3, 58.7, false, read, minitron},
    {"pruning", "heads-and-ffn", "llama-7b", "accuracy, seven tasks without examples, as a share", 100, 94.97,
     false, recalled, "arXiv 2305.11627 (LLM-Pruner), a fifth of the weights, after tuning"},
    {"pruning", "width", "llama-3.1-8b", mmlu, 65.3, 60.5, false, read, minitron},

    sparse("2:4", "llama-2-7b", 5.12, 11.02),
    sparse("2:4", "llama-2-13b", 4.57, 8.27),
    sparse("2:4", "llama-2-70b", 3.12, 5.16),
    {"sparsity", "2:4", "llama-3.1-8b", mmlu, 65.1, 28.7, false, read, wanda_llama_3},
    sparse("unstructured", "llama-2-7b", 5.12, 6.42),
    sparse("unstructured", "llama-2-13b", 4.57, 5.56),
    sparse("unstructured", "llama-2-70b", 3.12, 3.98),
    {"sparsity", "unstructured", "llama-3.1-8b", mmlu, 65.1, 50.0, false, read, wanda_llama_3},

    {"distillation", "distilbert", "bert-base", "GLUE, as a share of the teacher's", 100, 97, false, read,
     "arXiv 1910.01108 (DistilBERT), abstract"},
    {"distillation", "tinybert-4l", "bert-base", "GLUE, as a share of the teacher's", 100, 96.8, false, read,
     "arXiv 1909.10351 (TinyBERT), abstract"},
    {"distillation", "distilgpt2", "gpt2", "perplexity, WikiText-103", 16.3, 21.1, true, read,
     "DistilGPT2 model card, both fine-tuned on the training set"},
    {"distillation", "distilbart-cnn-12-6", "bart-large-cnn", "ROUGE-L, CNN/DailyMail", 30.63, 30.59, false,
     read, "distilbart-cnn-12-6 model card"},
    {"distillation", "llama-3.1-minitron-4b", "llama-3.1-8b", mmlu, 65.3, 60.5, false, read, minitron},
    {"distillation", "llama-3.2-3b", "llama-3.1-8b", mmlu, 69.4, 63.4, false, recalled, llama_3_2_card},
    {"distillation", "llama-3.2-1b", "llama-3.1-8b", mmlu, 69.4, 49.3, false, recalled, llama_3_2_card},

    {"sharing", "layers", "bert-base", "average of SQuAD, MNLI, SST-2, RACE", 82.3, 80.1, false, recalled,
     "arXiv 1909.11942 (ALBERT): BERT Base against ALBERT Base, whose embeddings are factorized as well"},
};

}  // namespace

double loss_percent(const Quality& quality) {
  return quality.lower_is_better ? 100 * (quality.after / quality.before - 1)
                                 : 100 * (1 - quality.after / quality.before);
}

std::span<const Quality> all_quality() {
  return table;
}

const Quality* find_quality(std::string_view technique, std::string_view what, const ModelShape& shape) {
  const auto stands_in = [&](const Quality& row) {
    const ModelShape* measured = find_model(row.model);
    return row.technique == "quantization" || (measured && measured->task == shape.task);
  };
  const Quality* first = nullptr;
  for (const Quality& row : table) {
    if (row.technique != technique || row.what != what) continue;
    if (row.model == shape.name) return &row;
    if (!first && stands_in(row)) first = &row;
  }
  return first;
}

}  // namespace weighin
