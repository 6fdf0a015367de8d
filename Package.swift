// swift-tools-version: 6.1
import PackageDescription

/// The import picture of docs/architecture.md, one line a module: name, what it may import.
let modules: [(name: String, imports: [Target.Dependency])] = [
  ("Kernels", ["CKernels", "COneDNN", "COpenBLAS"]),
  ("Tensors", ["Kernels"]),
  ("Layers", ["Kernels", "Tensors"]),
  ("Networks", ["Kernels", "Layers", "Tensors"]),
  ("Sampling", ["Tensors"]),
  ("Text", []),
  ("Weights", ["Kernels", "Layers", "Tensors"]),
  ("Rewards", ["Kernels", "Layers", "Networks", "Tensors", "Text", "Weights"]),
  ("Media", ["CFFmpeg"]),
  ("EmojiWorld", ["CFreeType"]),
  ("Pipelines", ["Kernels", "Networks", "Layers", "Sampling", "Text", "Weights", "Media", "Tensors"]),
  (
    "Training",
    [
      "Kernels", "Pipelines", "Rewards", "Networks", "Layers", "Sampling", "Text", "Weights", "Media", "EmojiWorld",
      "Tensors",
    ]
  ),
  ("Evaluation", ["Pipelines", "Rewards", "Training", "Weights", "Media", "EmojiWorld", "Tensors"]),
]

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "NegativeSpace",
  products: [
    .library(name: "NegativeSpace", targets: ["Pipelines"]),
    .executable(name: "negspace", targets: ["negspace"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // MARK: C libraries made visible
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CFFmpeg", pkgConfig: "libavformat libavcodec libavutil libswscale",
      providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"])]),
    .systemLibrary(name: "CFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"])]),
    // oneDNN has no pkg-config file and descriptors that Swift sees as tuples: a thin C face over it.
    .target(name: "COneDNN", linkerSettings: [.linkedLibrary("dnnl")]),
    .target(name: "CKernels"),

    // MARK: The command line
    .executableTarget(
      name: "negspace",
      dependencies: [
        "Evaluation", "Training", "Pipelines", "Rewards", "Weights", "Media", "Text", "Sampling", "Networks", "Layers",
        "Kernels", "Tensors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // MARK: What the tests share
    .target(
      name: "TestSupport", dependencies: ["Kernels", "Tensors", "Layers", "Weights"], path: "Tests/TestSupport",
      swiftSettings: strict),
  ]
    // MARK: Modules and their tests
    + modules.map { .target(name: $0.name, dependencies: $0.imports, swiftSettings: strict) }
    + modules.map {
      .testTarget(
        name: "\($0.name)Tests",
        dependencies: [.byName(name: $0.name), "TestSupport"] + $0.imports,
        exclude: [], resources: [.copy("Fixtures")], swiftSettings: strict)
    }
    + [
      .testTarget(
        name: "CommandLineTests", dependencies: ["negspace", "TestSupport", "Weights", "Tensors"],
        resources: [.copy("Fixtures")], swiftSettings: strict)
    ],
  swiftLanguageModes: [.v6]
)
