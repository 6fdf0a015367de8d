// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Library",
  dependencies: [.package(name: "NegativeSpace", path: "../..")],
  targets: ["Picture", "Video", "Learn"].map {
    .executableTarget(name: $0, dependencies: [.product(name: "NegativeSpace", package: "NegativeSpace")])
  },
  swiftLanguageModes: [.v6]
)
