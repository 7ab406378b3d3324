// Reading by ranges, from files and from a real HTTP server on this machine.
#include "models/source/byte_source.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "models/import/hub.h"
#include "models/import/import.h"
#include "models/source/location.h"
#include "models/source/open.h"
#include "models/source/proxy.h"
#include "models/source/url.h"
#include "tests/expect_words.h"
#include "tests/folder.h"
#include "tests/models/gguf/made_gguf.h"

namespace weighin {
namespace {

/// An HTTP server that counts the bytes it sends and keeps the requests it gets.
class LocalServer {
 public:
  LocalServer() {
    server_.set_logger([this](const httplib::Request& request, const httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      sent_bytes_ += response.body.size();
      authorizations_.push_back(request.get_header_value("Authorization"));
      targets_.push_back(request.target);
    });
    server_.set_keep_alive_timeout(1);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;
  ~LocalServer() {
    server_.stop();
    thread_.join();
  }

  std::string url(const std::string& path) const { return origin() + path; }
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }

  /// Serves a file by ranges.
  void file(const std::string& path, const std::string& bytes) {
    server_.Get(path, [bytes](const httplib::Request&, httplib::Response& response) {
      response.set_content(bytes, "application/octet-stream");  // the library cuts the range out
    });
  }
  /// Ignores ranges: serves the whole file with status 200.
  void whole(const std::string& path, const std::string& bytes) {
    server_.Get(path, [bytes](const httplib::Request& request, httplib::Response& response) {
      const_cast<httplib::Request&>(request).ranges.clear();
      response.status = 200;
      response.set_content(bytes, "application/octet-stream");
    });
  }
  void redirect(const std::string& path, const std::string& to) {
    server_.Get(path,
                [to](const httplib::Request&, httplib::Response& response) { response.set_redirect(to); });
  }
  httplib::Server& server() { return server_; }

  uint64_t sent_bytes() {
    const std::lock_guard lock(mutex_);
    return sent_bytes_;
  }
  std::vector<std::string> authorizations() {
    const std::lock_guard lock(mutex_);
    return authorizations_;
  }
  std::vector<std::string> targets() {
    const std::lock_guard lock(mutex_);
    return targets_;
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  uint64_t sent_bytes_ = 0;
  std::vector<std::string> authorizations_, targets_;
};

/// Sets an environment variable for its own lifetime.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { setenv(name, value.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { unsetenv(name_); }

 private:
  const char* name_;
};

/// Without the proxy of this machine, which is not asked for a server of this test.
class Source : public testing::Test {
 protected:
  Variable no_proxy_{"NO_PROXY", "127.0.0.1"}, no_proxy_lower_{"no_proxy", "127.0.0.1"};
};

TEST_F(Source, AFileIsReadInBlocks) {
  const Folder folder;
  std::string bytes(1 << 20, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  auto source = open_source(folder.write("file", bytes));
  ASSERT_TRUE(source) << source.error();
  EXPECT_EQ(source->size(), bytes.size());
  for (const auto& [offset, length] : std::vector<std::pair<size_t, size_t>>{{0, 4},
                                                                             {4, 8},
                                                                             {65530, 100},
                                                                             {900000, 1},
                                                                             {1, 200000},
                                                                             {bytes.size(), 0},
                                                                             {bytes.size() - 1, 1}}) {
    const auto read = source->read(offset, length);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(*read, std::string_view(bytes).substr(offset, length));
  }
  EXPECT_FALSE(source->read(bytes.size(), 1));
  EXPECT_FALSE(source->read(UINT64_MAX, 2));
  EXPECT_FALSE(source->read(1, UINT64_MAX));
  expect_words(open_source("/nowhere/none").error(), {"cannot open /nowhere/none"});
  expect_words(open_source(folder.path().string()).error(), {"no regular file"});
}

TEST_F(Source, OnlyTheHeaderTravels) {
  const MadeGguf made = made_llama(4);
  std::string bytes = made.bytes();
  LocalServer server;
  server.file("/models/made.gguf", bytes);
  const auto shape = import_model(server.url("/models/made.gguf"));
  ASSERT_TRUE(shape) << shape.error();
  EXPECT_EQ(shape->file_bytes, bytes.size());
  EXPECT_EQ(shape->layers, 4u);
  EXPECT_GT(bytes.size(), 50'000'000u);
  EXPECT_LT(server.sent_bytes(), 5 * (made.header().size() + (64 << 10)));
}

TEST_F(Source, PartsAreFoundBesideTheUrlGiven) {
  LocalServer server;
  for (int i = 0; i < 2; ++i) {
    MadeGguf made;
    if (i == 0)
      made.text("general.architecture", "llama").u32("llama.block_count", 1).u32("llama.context_length", 64);
    if (i == 0) made.u32("llama.embedding_length", 64).tensor("token_embd.weight", {64, 10}, FormatId::f16);
    made.u16("split.no", static_cast<uint16_t>(i)).u16("split.count", 2);
    if (i == 1) made.tensor("blk.0.attn_q.weight", {64, 64}, FormatId::f16);
    server.file("/m-0000" + std::to_string(i + 1) + "-of-00002.gguf", made.bytes());
  }
  const auto shape = import_model(server.url("/m-00001-of-00002.gguf?download=true"));
  ASSERT_TRUE(shape) << shape.error();
  EXPECT_EQ(shape->tensors.size(), 3u);
}

TEST_F(Source, AServerThatIgnoresRangesSendsNoWeights) {
  LocalServer server;
  server.whole("/large.gguf", made_llama(2).bytes());
  expect_words(import_model(server.url("/large.gguf")).error(), {"ignores ranges", "download it"});
  server.whole("/config.json", "{\"small\": true}");
  const auto small = read_text(server.url("/config.json"), 1000);
  ASSERT_TRUE(small) << small.error();
  EXPECT_EQ(*small, "{\"small\": true}");
}

TEST_F(Source, SaysWhatTheServerAnswered) {
  LocalServer server;
  server.server().Get("/secret",
                      [](const httplib::Request&, httplib::Response& response) { response.status = 401; });
  expect_words(open_source(server.url("/none.gguf")).error(), {"404", "/none.gguf"});
  expect_words(open_source(server.url("/secret")).error(), {"401", "HF_TOKEN"});
  server.redirect("/round", server.url("/round"));
  expect_words(open_source(server.url("/round")).error(), {"redirected more than"});
  int closed_port = 0;
  {
    const LocalServer gone;
    closed_port = gone.port();
  }
  expect_words(open_source("http://127.0.0.1:" + std::to_string(closed_port) + "/x").error(),
               {"no answer from"});
}

TEST_F(Source, ATruncatedDownloadIsSaidToBeOne) {
  LocalServer server;
  const std::string bytes = made_llama(1).bytes();
  server.file("/cut.gguf", bytes.substr(0, bytes.size() - 100));
  expect_words(import_model(server.url("/cut.gguf")).error(), {"incomplete"});
  // The server sends fewer bytes than the range has.
  server.server().Get("/short", [](const httplib::Request&, httplib::Response& response) {
    response.status = 206;
    response.set_header("Content-Range", "bytes 0-65535/100000");
    response.set_content_provider("text/plain", [](size_t, httplib::DataSink& sink) {
      sink.write("abc", 3);
      sink.done();
      return true;
    });
  });
  const auto source = open_source(server.url("/short"));
  ASSERT_FALSE(source);
  expect_words(source.error(), {"/short"});
}

TEST_F(Source, TheTokenStaysWithItsHost) {
  LocalServer hub, store;
  const std::string bytes = made_llama(1).bytes();
  hub.redirect("/a.gguf", store.url("/b.gguf"));
  store.file("/b.gguf", bytes);
  const Variable token("HF_TOKEN", "hf_made");
  const auto shape = import_model(hub.url("/a.gguf"));
  ASSERT_TRUE(shape) << shape.error();
  for (const std::string& sent : hub.authorizations()) EXPECT_EQ(sent, "Bearer hf_made");
  EXPECT_FALSE(hub.authorizations().empty());
  EXPECT_FALSE(store.authorizations().empty());
  for (const std::string& sent : store.authorizations()) EXPECT_EQ(sent, "");
}

TEST_F(Source, AProxyIsAskedForOtherHosts) {
  LocalServer proxy;
  const std::string bytes = made_llama(1).bytes();
  proxy.server().Get(".*", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(bytes, "application/octet-stream");
  });
  const Variable http("HTTP_PROXY", proxy.origin()), lower("http_proxy", proxy.origin());
  const auto shape = import_model("http://models.invalid/made.gguf");
  ASSERT_TRUE(shape) << shape.error();
  ASSERT_FALSE(proxy.targets().empty());
  EXPECT_EQ(proxy.targets().front(), "http://models.invalid:80/made.gguf");
}

TEST_F(Source, ARepositoryIsReadAsAFolder) {
  LocalServer hub;
  const Variable endpoint("HF_ENDPOINT", hub.origin());
  const std::string bytes = made_llama(1).bytes();
  hub.server().Get("/api/models/owner/name", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(R"({"siblings": [{"rfilename": "README.md"}, {"rfilename": "m-Q4_K_M.gguf"}]})",
                         "application/json");
  });
  hub.file("/owner/name/resolve/main/m-Q4_K_M.gguf", bytes);
  for (const char* path : {"/owner/name", "/owner/name/tree/main", "/owner/name/blob/main/m-Q4_K_M.gguf"}) {
    const auto shape = import_model(hub.url(path));
    ASSERT_TRUE(shape) << path << ": " << shape.error();
    EXPECT_EQ(shape->file_bytes, bytes.size());
  }
  expect_words(import_model(hub.url("/owner/other")).error(), {"404"});
}

TEST(Url, IsTakenApart) {
  const auto url = parse_url("HTTPS://Example.org/a/b?c=d#e");
  ASSERT_TRUE(url) << url.error();
  EXPECT_EQ(url->origin(), "https://example.org:443");
  EXPECT_EQ(url->target, "/a/b?c=d");
  EXPECT_EQ(parse_url("http://[::1]:8080")->origin(), "http://[::1]:8080");
  for (const char* wrong : {"ftp://x/", "http://", "http://x:0/", "http://x:99999/", "http://x:y/",
                            "http://u:p@x/", "http://x/a b", "http://x y/", "http://[::1"})
    EXPECT_FALSE(parse_url(wrong)) << wrong;
  EXPECT_EQ(redirected(*url, "c.gguf")->target, "/a/c.gguf");
  EXPECT_EQ(redirected(*url, "/c.gguf")->target, "/c.gguf");
  EXPECT_EQ(redirected(*url, "//other.org/c")->origin(), "https://other.org:443");
  expect_words(redirected(*url, "http://example.org/c").error(), {"not encrypted"});
  EXPECT_TRUE(without_proxy(*url, "a.net, .org"));
  EXPECT_TRUE(without_proxy(*url, "example.org:443"));
  EXPECT_TRUE(without_proxy(*url, "*"));
  EXPECT_FALSE(without_proxy(*url, "ample.org,example.org:80"));
  EXPECT_EQ(beside("http://x/a/b?c=d", "e"), "http://x/a/e?c=d");
  EXPECT_EQ(beside("b.gguf", "e"), "e");
}

}  // namespace
}  // namespace weighin
