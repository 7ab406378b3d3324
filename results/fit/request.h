// A request: a question asked of one model, and what the model needs for it on any device.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/fit/question.h"
#include "results/spec/model.h"

namespace weighin {

/// What running a model in one format needs, whatever the device.
struct Needs {
  std::string model;
  std::string size_class;
  uint64_t params = 0;  // 0: the model is undisclosed
  uint64_t active_params = 0;
  std::string format;          // the file format's name; of a file that was read, its own
  double bits_per_weight = 0;  // nominal: of most matrices
  Task task = Task::chat;
  uint32_t context = 0;  // tokens that are answered for
  uint32_t prompt = 0;
  uint32_t depth = 0;  // tokens in the KV cache when decode is predicted
  MemoryUse memory;
  uint64_t download_bytes = 0;
};

/// One format that the question leaves open.
struct FormatRequest {
  const FileFormat* format = nullptr;
  Needs needs;
  ModelWork work;                     // for predictions from published specifications
  std::vector<std::string> warnings;  // what of the question could not be had: a context that was cut
  bool dense = true;                  // no kernel computes with sparse weights: their speed is not predicted
};

/// Made once a model and asked of any number of devices. Refers to the model.
struct Request {
  const ModelShape* shape = nullptr;
  Question question;
  std::vector<FormatRequest> formats;  // highest fidelity first; empty: the model is undisclosed
};

Request request_of(const ModelShape& shape, const Question& question);

/// What is known of the model itself, without any format: its name, task, size and class.
Needs identity_of(const ModelShape& shape);

}  // namespace weighin
