BEGIN TRANSACTION;
CREATE TABLE device (
  id TEXT PRIMARY KEY,
  label TEXT NOT NULL,
  cpu TEXT NOT NULL,
  cores INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  memory_available_bytes INTEGER NOT NULL,
  memory_limit TEXT NOT NULL,
  memory_limit_bytes INTEGER NOT NULL,
  storage_free_bytes INTEGER NOT NULL,
  probed_at TEXT NOT NULL,
  facts TEXT NOT NULL
);
INSERT INTO "device" VALUES('0123456789abcdef','old','Made CPU 8-Core @ 3.2 GHz',8,16,17179869184,0,'',0,214748364800,'2026-01-01T09:59:00Z','{"id":"0123456789abcdef","label":"made-laptop-0123",
    "platform":{"board":"Made Board 3","system":"Debian GNU/Linux 12 (bookworm)","kernel":"6.1.0",
      "virtualization":{"absent":"none found"},"power":"mains"},
    "cpu":{"architecture":"x86_64","name":"Made CPU","simd":["sse4.2","avx2","fma"],
      "governor":{"absent":"/sys has no cpufreq folder"},"mhz":3200.0,"max_mhz":4100.0},
    "topology":{"sockets":1,"cores":8,"threads":16,"usable_threads":16,"last_level_cache_bytes":16777216,
      "core_kinds":[{"kind":"core","cores":8,"threads":16,"max_mhz":4100.0}],
      "caches":[{"level":1,"type":"data","bytes":32768,"shared_by_threads":2,"count":8},
                {"level":3,"type":"unified","bytes":16777216,"shared_by_threads":16,"count":1}],"numa":[]},
    "memory":{"total_bytes":17179869184,"available_bytes":11811160064,"usable_bytes":10737418240,
      "usable_limit":"cgroup","swap_total_bytes":2147483648,"transparent_huge_pages":"madvise",
      "limits":[{"kind":"cgroup","bytes":12884901888,"available_bytes":10737418240,"source":"/sys"}]},
    "storage":{"where":"models folder","filesystem":"ext4","total_bytes":512110190592,
      "free_bytes":214748364800,"read_bytes_per_s":{"absent":"not measured"}},
    "vulkan":[{"name":"llvmpipe (LLVM 15)","driver":"llvmpipe","type":"cpu","api_version":"1.3",
      "software":true,"unified":true,"heaps":[{"bytes":17179869184,"device_local":true}]}],
    "remarks":[],"warnings":[]}');
CREATE TABLE gpu (
  device TEXT NOT NULL REFERENCES device(id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  driver TEXT NOT NULL,
  driver_version TEXT NOT NULL,
  vendor_id INTEGER NOT NULL,
  type TEXT NOT NULL,
  software INTEGER NOT NULL,
  unified INTEGER NOT NULL,
  memory_bytes INTEGER,
  memory_free_bytes INTEGER,
  max_storage_buffer_range INTEGER NOT NULL,
  max_allocation_bytes INTEGER NOT NULL,
  max_allocations INTEGER NOT NULL,
  PRIMARY KEY (device, id)
);
INSERT INTO "gpu" VALUES('0123456789abcdef','fedcba9876543210','Made GPU 8 GB','made','1.0',4318,'discrete',0,0,8589934592,7516192768,4294967295,4294967296,4096);
CREATE TABLE gpu_tuning (
  gpu TEXT NOT NULL,
  driver_version TEXT NOT NULL,
  kernel TEXT NOT NULL,
  parameters TEXT NOT NULL,
  seconds REAL NOT NULL,
  tuned_at TEXT NOT NULL,
  PRIMARY KEY (gpu, driver_version, kernel)
);
CREATE TABLE kernel_race (
  device TEXT NOT NULL REFERENCES device(id),
  op TEXT NOT NULL,
  format TEXT,
  kernel TEXT NOT NULL,
  runner_up TEXT NOT NULL,
  margin REAL NOT NULL,
  seconds REAL NOT NULL,
  raced_at TEXT NOT NULL
);
INSERT INTO "kernel_race" VALUES('0123456789abcdef','gemv','q4_0','cpu.gemv.q4_0.avx2.ahead4k','cpu.gemv.q4_0.avx2',0.25,0.00021,'2026-01-01T10:00:00Z');
INSERT INTO "kernel_race" VALUES('0123456789abcdef','gemm','q4_0','cpu.gemm.q4_0.avx2','cpu.gemm.q4_0.sse42',0.875,0.0005,'2026-01-01T10:00:00Z');
CREATE TABLE measurement (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  device TEXT NOT NULL REFERENCES device(id),
  backend TEXT NOT NULL,
  kernel TEXT NOT NULL,
  op TEXT NOT NULL,
  format TEXT,
  m INTEGER NOT NULL,
  n INTEGER NOT NULL,
  k INTEGER NOT NULL,
  heads INTEGER NOT NULL,
  kv_heads INTEGER NOT NULL,
  context INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  seconds REAL,
  spread REAL,
  bytes REAL NOT NULL,
  operations REAL NOT NULL,
  bytes_per_s REAL,
  ops_per_s REAL,
  roofline_fraction REAL,
  error REAL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  samples TEXT NOT NULL
, gpu TEXT NOT NULL DEFAULT '', engine TEXT NOT NULL DEFAULT '');
INSERT INTO "measurement" VALUES(1,1,'0123456789abcdef','cpu','cpu.stream_read.avx2','stream_read',NULL,268435456,0,0,0,0,0,8,0.0067108864,0.02,268435456.0,0.0,40000000000.0,NULL,NULL,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2,1,'0123456789abcdef','cpu','cpu.peak_fp32.avx2','peak_fp32',NULL,1073741824,0,0,0,0,0,8,1.78956970666666655839e-03,0.02,0.0,1073741824.0,NULL,600000000000.0,NULL,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(4,1,'0123456789abcdef','cpu','cpu.peak_int8.avx2','peak_int8',NULL,1073741824,0,0,0,0,0,8,4.47392426666666639598e-04,0.02,0.0,1073741824.0,NULL,2400000000000.0,NULL,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(5,1,'0123456789abcdef','cpu','cpu.stream_read.avx2','stream_read',NULL,268435456,0,0,0,0,0,1,0.033554432,0.02,268435456.0,0.0,7.99999999999999904633e+09,NULL,NULL,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(6,1,'0123456789abcdef','cpu','cpu.peak_fp32.avx2','peak_fp32',NULL,1073741824,0,0,0,0,0,1,8.94784853333333365932e-03,0.02,0.0,1073741824.0,NULL,120000000000.0,NULL,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(8,1,'0123456789abcdef','cpu','cpu.peak_int8.avx2','peak_int8',NULL,1073741824,0,0,0,0,0,1,2.23696213333333341483e-03,0.02,0.0,1073741824.0,NULL,480000000000.0,NULL,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(41,1,'0123456789abcdef','cpu','cpu.quantize.q8_0.avx2','quantize','q8_0',0,1,512,0,0,0,8,1.0e-07,0.02,2592.0,2048.0,25920000000.0,20480000000.0,0.89,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(47,1,'0123456789abcdef','cpu','cpu.quantize.q8_0.avx2','quantize','q8_0',0,1,2048,0,0,0,8,3.06745562130177540924e-07,0.02,10368.0,8192.0,3.37999999999999961846e+10,2.67061728395061721797e+10,0.845,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(67,1,'0123456789abcdef','cpu','cpu.quantize.q8_0.avx2','quantize','q8_0',0,512,512,0,0,0,8,4.1472e-05,0.02,1327104.0,1048576.0,32000000000.0,2.52839506172839508066e+10,0.8,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(73,1,'0123456789abcdef','cpu','cpu.quantize.q8_0.avx2','quantize','q8_0',0,512,2048,0,0,0,8,1.75775364238410595216e-04,0.02,5308416.0,4194304.0,30200000000.0,2.38617283950617294313e+10,0.755,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(413,1,'0123456789abcdef','cpu','cpu.gemv.q8_0.avx2','gemv','q8_0',256,1,512,0,0,0,8,5.73935483870967758091e-06,0.02,142336.0,262144.0,24800000000.0,4.56748201438848876968e+10,0.62,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(835,1,'0123456789abcdef','cpu','cpu.gemv.q4_0.avx2','gemv','q4_0',256,1,512,0,0,0,8,2.70422535211267607091e-06,0.02,76800.0,262144.0,28400000000.0,9.69386666666666717544e+10,0.71,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(841,1,'0123456789abcdef','cpu','cpu.gemv.q4_0.avx2','gemv','q4_0',512,1,2048,0,0,0,8,2.25587969924812036578e-05,0.02,600064.0,2097152.0,26600000000.0,9.2963822525597259519e+10,0.665,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(900,1,'0123456789abcdef','cpu','ggml.CPU_REPACK','gemv','q4_0',256,1,512,0,0,0,8,4.05633802816901431866e-06,0.02,76800.0,262144.0,1.89333333333333320609e+10,6.46257777777777786239e+10,NULL,0.0,'measured','','[]','','llama.cpp 0.25.1 haswell');
INSERT INTO "measurement" VALUES(1795,1,'0123456789abcdef','cpu','cpu.gemm.q4_0.avx2','gemm','q4_0',256,512,512,0,0,0,8,7.40715938189845471981e-05,0.02,1646592.0,134217728.0,22229736328.125,1812000000000.0,0.755,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(1801,1,'0123456789abcdef','cpu','cpu.gemm.q4_0.avx2','gemm','q4_0',512,512,2048,0,0,0,8,6.30130178403755865541e-04,0.02,5832704.0,1073741824.0,9256347656.25,1704000000000.0,0.71,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2165,1,'0123456789abcdef','cpu','cpu.attention.f16.avx2','attention','f16',0,0,64,4,4,641,8,2.31842253521126760761e-05,0.02,658432.0,656384.0,28400000000.0,2.83116640746500778189e+10,0.71,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2187,1,'0123456789abcdef','cpu','cpu.prefill_attention.f16.avx2','prefill_attention','f16',0,512,64,4,4,512,8,2.9686505960264904019e-04,0.02,1572864.0,134479872.0,5.29824561403508758564e+09,4.52999999999999938956e+11,0.755,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2209,1,'0123456789abcdef','cpu','cpu.rms_norm.avx2','rms_norm',NULL,0,1,768,0,0,0,8,1.92e-07,0.02,6144.0,3072.0,32000000000.0,16000000000.0,0.8,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2225,1,'0123456789abcdef','cpu','cpu.rms_norm.avx2','rms_norm',NULL,0,512,768,0,0,0,8,8.83631460674157251811e-05,0.02,3145728.0,1572864.0,35600000000.0,17800000000.0,0.89,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2241,1,'0123456789abcdef','cpu','cpu.rope.avx2','rope',NULL,8,1,64,0,0,0,8,1.53984962406015032454e-07,0.02,4096.0,1536.0,26600000000.0,9975000000.0,0.665,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2243,1,'0123456789abcdef','cpu','cpu.rope.avx2','rope',NULL,8,512,64,0,0,0,8,6.94421192052980206215e-05,0.02,2097152.0,786432.0,3.01999999999999961856e+10,1.13249999999999980922e+10,0.755,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2287,1,'0123456789abcdef','cpu','cpu.softmax.avx2','softmax',NULL,0,1,49152,0,0,0,8,1.16336094674556211642e-05,0.02,393216.0,540672.0,33800000000.0,46475000000.0,0.845,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2301,1,'0123456789abcdef','cpu','cpu.swiglu.avx2','swiglu',NULL,0,1,2048,0,0,0,8,7.27100591715976322763e-07,0.02,24576.0,24576.0,33800000000.0,33800000000.0,0.845,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2317,1,'0123456789abcdef','cpu','cpu.swiglu.avx2','swiglu',NULL,0,512,2048,0,0,0,8,5.07375483870967721074e-04,0.02,12582912.0,12582912.0,24800000000.0,24800000000.0,0.62,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2473,1,'0123456789abcdef','cpu','cpu.embedding.q8_0.avx2','embedding','q8_0',32000,1,768,0,0,0,8,1.36901408450704233251e-07,0.02,3888.0,0.0,28400000000.0,NULL,0.71,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2479,1,'0123456789abcdef','cpu','cpu.embedding.q8_0.avx2','embedding','q8_0',32000,512,768,0,0,0,8,7.48366917293233e-05,0.02,1990656.0,0.0,2.6600000000000003815e+10,NULL,0.665,0.0,'measured','','[]','','');
INSERT INTO "measurement" VALUES(2480,1,'0123456789abcdef','cpu','cpu.gemv.q2_K.avx2','gemv','q2_K',0,1,512,0,0,0,8,NULL,NULL,2592.0,2048.0,NULL,NULL,NULL,NULL,'skipped','budget','[]','','');
INSERT INTO "measurement" VALUES(2481,1,'0123456789abcdef','cpu','cpu.gemv.q3_K.avx2','gemv','q3_K',0,1,512,0,0,0,8,NULL,NULL,2592.0,2048.0,NULL,NULL,NULL,NULL,'failed','could not be run: made up','[]','','');
INSERT INTO "measurement" VALUES(2482,1,'0123456789abcdef','vulkan','vulkan.stream_read','stream_read',NULL,268435456,0,0,0,0,0,1,0.00067108864,0.02,268435456.0,0.0,400000000000.0,NULL,0.665,0.0,'measured','','[]','fedcba9876543210','');
CREATE TABLE measurement_class (
  measurement_id INTEGER NOT NULL REFERENCES measurement(id) ON DELETE CASCADE,
  size_class TEXT NOT NULL,
  PRIMARY KEY (measurement_id, size_class)
) WITHOUT ROWID;
INSERT INTO "measurement_class" VALUES(1,'100M');
INSERT INTO "measurement_class" VALUES(2,'100M');
INSERT INTO "measurement_class" VALUES(4,'100M');
INSERT INTO "measurement_class" VALUES(5,'100M');
INSERT INTO "measurement_class" VALUES(6,'100M');
INSERT INTO "measurement_class" VALUES(8,'100M');
INSERT INTO "measurement_class" VALUES(41,'100M');
INSERT INTO "measurement_class" VALUES(47,'100M');
INSERT INTO "measurement_class" VALUES(67,'100M');
INSERT INTO "measurement_class" VALUES(73,'100M');
INSERT INTO "measurement_class" VALUES(413,'100M');
INSERT INTO "measurement_class" VALUES(835,'100M');
INSERT INTO "measurement_class" VALUES(841,'100M');
INSERT INTO "measurement_class" VALUES(1795,'100M');
INSERT INTO "measurement_class" VALUES(1801,'100M');
INSERT INTO "measurement_class" VALUES(2165,'100M');
INSERT INTO "measurement_class" VALUES(2187,'100M');
INSERT INTO "measurement_class" VALUES(2209,'100M');
INSERT INTO "measurement_class" VALUES(2225,'100M');
INSERT INTO "measurement_class" VALUES(2241,'100M');
INSERT INTO "measurement_class" VALUES(2243,'100M');
INSERT INTO "measurement_class" VALUES(2287,'100M');
INSERT INTO "measurement_class" VALUES(2301,'100M');
INSERT INTO "measurement_class" VALUES(2317,'100M');
INSERT INTO "measurement_class" VALUES(2473,'100M');
INSERT INTO "measurement_class" VALUES(2479,'100M');
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL REFERENCES device(id),
  program_version TEXT NOT NULL,
  compiler TEXT NOT NULL,
  build TEXT NOT NULL,
  options TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  outcome TEXT NOT NULL
);
INSERT INTO "run" VALUES(1,'0123456789abcdef','0.1.0','GNU 12.2.0','Release','--budget 90s','2026-01-01T10:00:00Z','2026-01-01T10:01:30Z','budget');
CREATE TABLE run_warning (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  warning TEXT NOT NULL,
  UNIQUE (run, warning)
);
INSERT INTO "run_warning" VALUES(1,'other programs used 12% of the cores');
CREATE TABLE verification (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL REFERENCES device(id),
  verified_at TEXT NOT NULL,
  engine TEXT NOT NULL,
  build TEXT NOT NULL,
  backend TEXT NOT NULL,
  cpu_variant TEXT NOT NULL,
  gpu TEXT NOT NULL,
  model TEXT NOT NULL,
  format TEXT NOT NULL,
  isa TEXT NOT NULL,
  weights_bytes INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  mmap INTEGER NOT NULL,
  memory_bytes INTEGER,
  predicted_memory_bytes INTEGER NOT NULL,
  warnings TEXT NOT NULL
);
INSERT INTO "verification" VALUES(1,'0123456789abcdef','2026-01-02T10:00:00Z','llama.cpp','abc123 (7)','CPU','haswell','','smollm2-135m','q4_0','avx2',89941248,8,0,1,323456789,193942788,'[]');
CREATE TABLE verification_part (
  verification INTEGER NOT NULL REFERENCES verification(id) ON DELETE CASCADE,
  phase TEXT NOT NULL,
  part TEXT NOT NULL,
  format TEXT,
  operations REAL NOT NULL,
  seconds REAL NOT NULL
, peak_seconds REAL NOT NULL DEFAULT 0);
INSERT INTO "verification_part" VALUES(1,'decode','other',NULL,244.0,2.93667676903719876597e-04,0.0);
INSERT INTO "verification_part" VALUES(1,'decode','product','q4_0',210.0,1.03986441563286985401e-02,4.42368000000000058044e-04);
INSERT INTO "verification_part" VALUES(1,'decode','product','q8_0',1.0,5.77905563909774343256e-03,0.0001179648);
INSERT INTO "verification_part" VALUES(1,'decode','attention',NULL,30.0,0.000195150044942195,0.0);
INSERT INTO "verification_part" VALUES(1,'prefill','other',NULL,244.0,1.35836516491168540765e-01,0.0);
INSERT INTO "verification_part" VALUES(1,'prefill','product','q4_0',210.0,2.87334128741721817057e-01,2.26492416000000029718e-01);
INSERT INTO "verification_part" VALUES(1,'prefill','product','q8_0',1.0,5.77905563909774343256e-03,0.0001179648);
INSERT INTO "verification_part" VALUES(1,'prefill','attention',NULL,30.0,0.09455616,0.0);
CREATE TABLE verification_phase (
  verification INTEGER NOT NULL REFERENCES verification(id) ON DELETE CASCADE,
  phase TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  tokens_per_s REAL NOT NULL,
  samples TEXT NOT NULL,
  predicted_low REAL,
  predicted REAL,
  predicted_high REAL,
  PRIMARY KEY (verification, phase)
);
INSERT INTO "verification_phase" VALUES(1,'decode',32,90.0,'[90.0,90.0,90.0]',3.87186949637776081081e+01,5.42731898980792593079e+01,7.60764055831076433386e+01);
INSERT INTO "verification_phase" VALUES(1,'prefill',512,400.0,'[400.0,400.0,400.0]',3.10097897088440788582e+02,4.37471511868996117307e+02,617.164210057067);
CREATE INDEX measurement_of_device ON measurement (device, op, format);
CREATE INDEX verification_of_device ON verification (device);
CREATE UNIQUE INDEX measured_once ON measurement
  (run, backend, gpu, engine, kernel, op, coalesce(format, ''), m, n, k, heads, kv_heads, context, threads);
CREATE VIEW measurements AS
  SELECT measurement.id AS measurement_id, run, device, backend, gpu, engine, kernel, op, format, size_class, m, n,
         k, threads, seconds, spread, bytes_per_s, ops_per_s, roofline_fraction, status, reason
  FROM measurement LEFT JOIN measurement_class ON measurement_class.measurement_id = measurement.id;
CREATE UNIQUE INDEX raced_once ON kernel_race (device, op, coalesce(format, ''));
COMMIT;
