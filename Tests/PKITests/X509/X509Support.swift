import Foundation
import PKI

/// The real `openssl`, as the judge of what is written here.
enum OpenSSL {
  struct Result {
    let status: Int32
    let output: [UInt8]
    var text: String { String(decoding: output, as: UTF8.self) }
  }

  @discardableResult
  static func run(_ arguments: [String], input: [UInt8]? = nil) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    if let input {
      let file = try TemporaryFolder()
      process.standardInput = try FileHandle(forReadingFrom: file.write("input", input))
      try process.run()
    } else {
      process.standardInput = FileHandle.nullDevice
      try process.run()
    }
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Result(status: process.terminationStatus, output: Array(data))
  }
}

/// A folder of one test's own, gone with it.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "x509-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> URL {
    let file = url.appending(path: name)
    try Data(bytes).write(to: file)
    return file
  }

  func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: url.appending(path: name)))
  }
}

/// A signing key that the openssl command made, and its public half as the reader sees it.
struct TestKey {
  let folder: TemporaryFolder
  let algorithm: KeyAlgorithm
  let publicKey: PublicKey

  /// The file of the private key.
  var path: String { folder.path("key.pem") }

  init(_ algorithm: KeyAlgorithm = .ecdsaP256) throws {
    folder = try TemporaryFolder()
    self.algorithm = algorithm
    try OpenSSL.run(Self.options(algorithm) + ["-out", folder.path("key.pem")])
    try OpenSSL.run([
      "pkey", "-in", folder.path("key.pem"), "-pubout", "-outform", "DER", "-out",
      folder.path("spki.der"),
    ])
    publicKey = try PublicKey(subjectPublicKeyInfo: folder.read("spki.der"))
  }

  static func options(_ algorithm: KeyAlgorithm) -> [String] {
    switch algorithm {
    case .rsa2048: ["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    case .rsa3072: ["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"]
    case .rsa4096: ["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"]
    case .ecdsaP256: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    case .ecdsaP384: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]
    case .ecdsaP521: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]
    case .ed25519: ["genpkey", "-algorithm", "ED25519"]
    }
  }

  func sign(_ bytes: [UInt8]) throws -> [UInt8] {
    try folder.write("tbs", bytes)
    let digest: [String] =
      switch algorithm {
      case .ed25519: []
      case .ecdsaP384: ["-digest", "sha384"]
      case .ecdsaP521: ["-digest", "sha512"]
      default: ["-digest", "sha256"]
      }
    let raw = algorithm == .ed25519
    try OpenSSL.run(
      ["pkeyutl", "-sign", "-inkey", path, "-rawin", "-in", folder.path("tbs")]
        + (raw ? [] : digest) + ["-out", folder.path("signature")])
    return try folder.read("signature")
  }

  func issuer(_ subject: DistinguishedName) -> CertificateIssuer {
    CertificateIssuer(
      subject: subject, keyIdentifier: publicKey.id.bytes, publicKey: publicKey)
  }
}

/// A small deterministic generator: the same seed gives the same test.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

enum Sample {
  static let now = Timestamp("2026-11-23T15:00:00Z") ?? Timestamp(seconds: 0)

  static func serial(_ number: Int = 1) -> SerialNumber {
    SerialNumber(hex: String(number, radix: 16)) ?? SerialNumber(random: .init(repeating: 7))
  }

  static func name(_ commonName: String) -> DistinguishedName {
    DistinguishedName(
      Subject([
        .init(.country, "US"), .init(.organization, "Example, Inc"), .init(.commonName, commonName),
      ]))
  }

  static func authority(
    _ name: String = "Example CA", pathLength: Int? = nil, constraints: NameConstraints? = nil,
    lifetime: Lifetime = .days(3650)
  ) -> CertificateSpec {
    CertificateSpec(
      subject: Sample.name(name), authority: .init(pathLength: pathLength),
      keyUsage: [.keyCertSign, .cRLSign], extendedKeyUsage: [], alternativeNames: [],
      nameConstraints: constraints, distributionPoints: [], issuerURLs: [], lifetime: lifetime)
  }

  static func server(
    _ name: String = "api", names: [SubjectAlternativeName] = [dns("api.example.com")],
    lifetime: Lifetime = .days(90), keyUsage: KeyUsage = .digitalSignature
  ) -> CertificateSpec {
    CertificateSpec(
      subject: Sample.name(name), authority: nil, keyUsage: keyUsage,
      extendedKeyUsage: [.serverAuth], alternativeNames: names, nameConstraints: nil,
      distributionPoints: ["http://crl.example.com/edge.crl"],
      issuerURLs: ["http://crl.example.com/edge.der"], lifetime: lifetime)
  }

  static func dns(_ name: String) -> SubjectAlternativeName { .init(kind: .dns, canonical: name) }
  static func ip(_ name: String) -> SubjectAlternativeName { .init(kind: .ip, canonical: name) }
  static func uri(_ name: String) -> SubjectAlternativeName { .init(kind: .uri, canonical: name) }
  static func email(_ name: String) -> SubjectAlternativeName {
    .init(kind: .email, canonical: name)
  }
}

extension CertificateSpec {
  /// Encodes and signs, without the lint.
  func signed(
    by key: TestKey, as issuer: DistinguishedName, for publicKey: PublicKey? = nil,
    serial: SerialNumber = Sample.serial(), notBefore: Timestamp = Sample.now
  ) throws -> [UInt8] {
    let bytes = toBeSigned(
      serial: serial, notBefore: notBefore, publicKey: publicKey ?? key.publicKey,
      issuer: key.issuer(issuer))
    return SignedObject.assemble(
      bytes, SignatureAlgorithm(for: key.algorithm), signature: try key.sign(bytes))
  }
}
