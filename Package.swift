// swift-tools-version: 6.2
import PackageDescription

/// Rules every Swift target is built under.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let hashing = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "certwright",
  products: [
    .executable(name: "certwright", targets: ["certwright"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CLibGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

    .target(name: "PKI", dependencies: [x509, asn1, hashing], swiftSettings: settings),
    .target(name: "YAML", dependencies: ["CLibYAML", "PKI"], swiftSettings: settings),
    .target(name: "Parallel", swiftSettings: settings),
    .target(
      name: "Cryptography", dependencies: ["COpenSSL", "PKI", "Parallel"], swiftSettings: settings),
    .target(
      name: "Git", dependencies: ["CLibGit2", "PKI", "Parallel", hashing], swiftSettings: settings),
    .target(
      name: "Reconciler",
      dependencies: ["PKI", "YAML", "Cryptography", "Git", "Parallel", logging],
      swiftSettings: settings),
    .executableTarget(
      name: "certwright", dependencies: ["Reconciler", "PKI", arguments, logging],
      swiftSettings: settings),

    .testTarget(
      name: "PKITests", dependencies: ["PKI", "YAML", x509, asn1, hashing], swiftSettings: settings),
    .testTarget(name: "YAMLTests", dependencies: ["YAML", "PKI"], swiftSettings: settings),
    .testTarget(
      name: "CryptographyTests", dependencies: ["Cryptography", "PKI", "Parallel"],
      swiftSettings: settings),
    .testTarget(name: "GitTests", dependencies: ["Git", "PKI"], swiftSettings: settings),
    .testTarget(
      name: "ReconcilerTests", dependencies: ["Reconciler", "PKI", "YAML", "Cryptography", "Git"],
      swiftSettings: settings),
    .testTarget(
      name: "EndToEndTests", dependencies: ["certwright", "PKI"], swiftSettings: settings),
  ]
)
