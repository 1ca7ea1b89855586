"""How large an untrusted file may be before it is opened. One place, so that every reader has the same answer."""
MAX_PIXELS = 50_000_000              # 50 megapixels: 150 MB as RGB
MAX_SCANNED_PIXELS = 1_000_000_000   # pixels times scans of a JPEG; a progressive one has about ten scans
MAX_CHUNKS = 100_000                 # of a PNG; 50 megapixels have some 20,000
MAX_IMAGE_BYTES = 200_000_000
MAX_ARCHIVE_BYTES = 4_000_000_000    # a zip of pictures, packed and unpacked
MAX_JSON_BYTES = 50_000_000
MAX_MODEL_BYTES = 700_000_000        # an ONNX file, or what a checkpoint's tensors take once loaded
MAX_GRAPH_BYTES = 16_000_000         # the text in which OpenVINO and ncnn describe a network, without its weights
MAX_CHECKPOINT_ENTRIES = 20_000
MAX_CLASSES = 10_000
