// swift-tools-version: 6.1
import PackageDescription

/// Every module is `NegativeSpace` and a short name, which its folder has: module names must be unique in the whole
/// graph of whoever depends on this package, also those that no product shows, and others have a `Text` and a `CFFmpeg`
/// too.
func module(_ name: String) -> String { "NegativeSpace" + name }

/// The import picture of docs/architecture.md, one line a module: name, what it may import.
let modules: [(name: String, imports: [String])] = [
  ("Kernels", ["CKernels", "COneDNN", "COpenBLAS"]),
  ("Tensors", ["Kernels"]),
  ("Layers", ["Kernels", "Tensors"]),
  ("Configuration", ["Files"]),
  ("Files", []),
  ("Networks", ["Configuration", "Kernels", "Layers", "Tensors"]),
  ("Sampling", ["Configuration", "Tensors"]),
  ("Text", ["CSentencePiece", "Configuration", "Files"]),
  ("Weights", ["Configuration", "Files", "Kernels", "Layers", "Tensors"]),
  ("Rewards", ["Configuration", "Kernels", "Layers", "Media", "Networks", "Tensors", "Text", "Weights"]),
  ("Media", ["CFFmpeg", "CZlib", "Files"]),
  ("EmojiWorld", ["CFreeType", "Tensors"]),
  (
    "Pipelines",
    [
      "CFFmpeg", "Configuration", "Files", "Kernels", "Networks", "Layers", "Sampling", "Text", "Weights", "Media",
      "Tensors",
    ]
  ),
  ("Tables", ["CSnappy", "CZlib", "CZstd", "Configuration"]),
  ("Writers", ["Configuration", "Files", "Kernels", "Layers", "Networks", "Tensors", "Text", "Weights"]),
  ("Training", ["Configuration", "Files", "Kernels", "Layers", "Tensors", "Weights"]),
  (
    "Learning",
    [
      "Configuration", "Files", "Kernels", "Training", "Pipelines", "Rewards", "Networks", "Layers", "Sampling", "Text",
      "Media", "Tables", "Tensors", "Weights", "Writers",
    ]
  ),
  ("Evaluation", ["Files", "Pipelines", "Rewards", "Sampling", "Weights", "Media", "Tensors"]),
  (
    "EmojiFamily",
    [
      "Configuration", "Files", "Kernels", "Evaluation", "Learning", "Training", "Pipelines", "Rewards", "Networks",
      "Layers",
      "Sampling", "Text",
      "Weights",
      "Media", "EmojiWorld", "Tensors",
    ]
  ),
  (
    "Benchmarks",
    [
      "Configuration", "Kernels", "EmojiFamily", "Learning", "Training", "Pipelines", "Rewards", "Networks", "Layers",
      "Sampling", "Text", "Tensors",
    ]
  ),
]

/// Modules without tests of their own.
let untested: Set<String> = ["Benchmarks"]

/// What the command line imports.
let negspace = [
  "Benchmarks", "Evaluation", "EmojiFamily", "Files", "Learning", "Training", "Pipelines", "Rewards", "Weights",
  "Tables", "Writers",
  "Media",
  "Text",
  "Sampling", "Networks", "Layers", "Kernels", "Tensors", "EmojiWorld",
]

/// What the library's users see of it.
let library = ["Evaluation", "Learning", "Pipelines", "Rewards", "Sampling", "Tables", "Writers"]

/// The programs of Samples/Library, which has a package of its own: here they are built with the tests, and like a
/// user's they see nothing but what is public.
let samples = ["Picture", "Video", "Learn"]

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func dependencies(_ names: [String]) -> [Target.Dependency] { names.map { .target(name: module($0)) } }

let package = Package(
  name: "NegativeSpace",
  products: [
    .library(name: "NegativeSpace", targets: ["NegativeSpace"]),
    .executable(name: "negspace", targets: ["negspace"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // MARK: C libraries made visible
    .systemLibrary(
      name: module("COpenBLAS"), path: "Sources/COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: module("CFFmpeg"), path: "Sources/CFFmpeg", pkgConfig: "libavformat libavcodec libavutil libswscale",
      providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"])]),
    .systemLibrary(
      name: module("CFreeType"), path: "Sources/CFreeType", pkgConfig: "freetype2",
      providers: [.apt(["libfreetype-dev"])]),
    .systemLibrary(
      name: module("CZlib"), path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: module("CSnappy"), path: "Sources/CSnappy", pkgConfig: "snappy", providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(
      name: module("CZstd"), path: "Sources/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    // oneDNN has no pkg-config file and descriptors that Swift sees as tuples: a thin C face over it.
    .target(name: module("COneDNN"), path: "Sources/COneDNN", linkerSettings: [.linkedLibrary("dnnl")]),
    // SentencePiece is C++: the same.
    .target(
      name: module("CSentencePiece"), path: "Sources/CSentencePiece",
      linkerSettings: [.linkedLibrary("sentencepiece"), .linkedLibrary("sentencepiece_train")]),
    .target(name: module("CKernels"), path: "Sources/CKernels"),

    // MARK: The library, named as the package is
    .target(name: "NegativeSpace", dependencies: dependencies(library), swiftSettings: strict),

    // MARK: The command line
    .executableTarget(
      name: "negspace",
      dependencies: dependencies(negspace) + [.product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict),

    // MARK: What the tests share
    .target(
      name: module("TestSupport"), dependencies: dependencies(["Kernels", "Tensors", "Layers", "Weights"]),
      path: "Tests/TestSupport", swiftSettings: strict),
  ]
    // MARK: Modules and their tests
    + modules.map {
      .target(
        name: module($0.name), dependencies: dependencies($0.imports), path: "Sources/\($0.name)",
        swiftSettings: strict)
    }
    + modules.filter { !untested.contains($0.name) }.map {
      .testTarget(
        name: "\($0.name)Tests", dependencies: dependencies([$0.name, "TestSupport"] + $0.imports),
        resources: [.copy("Fixtures")], swiftSettings: strict)
    }
    // MARK: The library's samples
    + samples.map {
      .executableTarget(
        name: module("Sample\($0)"), dependencies: ["NegativeSpace"], path: "Samples/Library/Sources/\($0)",
        packageAccess: false)
    }
    + [
      .testTarget(
        name: "LibraryTests",
        dependencies: ["NegativeSpace"] + samples.map { .target(name: module("Sample\($0)")) },
        packageAccess: false, swiftSettings: strict),
      .testTarget(
        name: "CommandLineTests",
        dependencies: ["negspace"] + dependencies(["TestSupport", "Pipelines", "Weights", "Tensors"]),
        resources: [.copy("Fixtures")], swiftSettings: strict),
    ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
