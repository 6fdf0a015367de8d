import NegativeSpaceCFFmpeg

#if canImport(Glibc)
  import Glibc
#endif

// Macros of FFmpeg's headers that Swift does not import.

/// `AVERROR(EAGAIN)`: the codec wants more input, or has output to be taken first.
let averrorAgain: Int32 = -EAGAIN

/// `AVERROR(EINVAL)`, among others for a container on none of the lists that it may be on.
let averrorInvalidArgument: Int32 = -EINVAL

/// `AVERROR_EOF`: `FFERRTAG('E', 'O', 'F', ' ')`.
let averrorEndOfFile: Int32 = -(0x45 | 0x4F << 8 | 0x46 << 16 | 0x20 << 24)

/// `AV_NOPTS_VALUE`: no time stamp.
let noTimestamp = Int64.min

/// `FF_QP2LAMBDA`: how `global_quality` counts one step of the quantiser.
let lambdaPerQuantiserStep: Int32 = 118

/// `AV_INPUT_BUFFER_PADDING_SIZE`: zeros that must follow the bytes given to a decoder.
let inputPadding = 64

/// `AVFMT_GLOBALHEADER`: the container keeps the codec's header apart from the packets.
let formatWantsGlobalHeader: Int32 = 0x0040

/// `AVFMT_FLAG_BITEXACT`: the muxer writes neither its version nor the time.
let formatBitExact: Int32 = 0x0400

/// `AV_CODEC_FLAG_GLOBAL_HEADER`.
let codecGlobalHeader: Int32 = 1 << 22

/// `AV_CODEC_FLAG_BITEXACT`: only the stream's content decides the bytes.
let codecBitExact: Int32 = 1 << 23

/// `AV_CODEC_FLAG_QSCALE`: a fixed quantiser.
let codecFixedQuantiser: Int32 = 1 << 1

/// `AVIO_FLAG_WRITE`.
let ioWrite: Int32 = 2

/// `AV_DICT_IGNORE_SUFFIX`: walk over all entries.
let dictionaryIgnoreSuffix: Int32 = 2

/// `AVERROR_PATCHWELCOME`: known, but not written yet: `FFERRTAG('P', 'A', 'W', 'E')`.
let averrorPatchWelcome: Int32 = -(0x50 | 0x41 << 8 | 0x57 << 16 | 0x45 << 24)

/// `AVERROR_INVALIDDATA`: `FFERRTAG('I', 'N', 'D', 'A')`.
let averrorInvalidData: Int32 = -(0x49 | 0x4E << 8 | 0x44 << 16 | 0x41 << 24)
