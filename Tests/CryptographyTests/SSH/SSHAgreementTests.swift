import Foundation
import PKI
import Testing

@testable import Cryptography

/// `ssh-keygen -Y verify` is the judge: on random cases it and we say the same.
struct SSHAgreementTests {
  private static let person = "ada@example.com"
  private static let time = Timestamp(CivilTime(year: 2026, month: 6, day: 15, hour: 12))

  /// Keys and signatures are made once for a run of random cases.
  private final class Bench {
    let folder: TemporaryFolder
    let keys = ["ed25519", "256", "384", "521", "rsa"]
    private(set) var publicKeys: [String: String] = [:]
    private(set) var signatures: [(key: String, namespace: String, text: [UInt8])] = []
    let message = Array("tree 1234\nauthor Ada\n\nmessage\n".utf8)

    init() throws {
      folder = try TemporaryFolder()
      try folder.write("message", message)
      for key in keys {
        let type = key == "rsa" ? ["rsa", "-b", "2048"] : [key]
        let kind = key == "ed25519" || key == "rsa" ? type : ["ecdsa", "-b", key]
        try folder.keygen(["-q", "-N", "", "-C", "", "-f", key, "-t"] + kind)
        publicKeys[key] = String(decoding: try folder.read("\(key).pub"), as: UTF8.self)
          .trimmingCharacters(in: .whitespacesAndNewlines)
        for (namespace, hash) in [("git", "sha512"), ("git", "sha256"), ("file", "sha512")] {
          try? FileManager.default.removeItem(atPath: "\(folder.path)/message.sig")
          try folder.keygen([
            "-Y", "sign", "-q", "-f", key, "-n", namespace, "-O", "hashalg=\(hash)", "message",
          ])
          signatures.append((key, namespace, try folder.read("message.sig")))
        }
      }
    }

    /// What OpenSSH says.
    func judge(_ signature: [UInt8], _ message: [UInt8], allowed: String) throws -> Bool {
      try folder.write("sig", signature)
      try folder.write("judged", message)
      try folder.write("allowed", Array(allowed.utf8))
      return try folder.run(
        "/bin/sh",
        [
          "-c",
          "ssh-keygen -Y verify -f allowed -I \(person) -n git -s sig"
            + " -O verify-time=20260615120000Z < judged",
        ]
      ).status == 0
    }
  }

  /// What we say.
  private func accepts(_ text: [UInt8], _ message: [UInt8], allowed: String) throws -> Bool {
    let (signers, findings) = AllowedSigners.read(Array(allowed.utf8), file: "allowed")
    try #require(findings == [], "\(allowed)")
    guard let signature = try? SSHSignature(armored: text), signature.namespace == "git",
      // A key that is no point of its curve is no key.
      (try? signature.verifies(message)) == true
    else { return false }
    let signer = try? signers.signer(
      of: signature.publicKey, namespace: "git", at: Self.time, claiming: Self.person)
    return signer?.principals.contains(Self.person) ?? false
  }

  private func line(_ bench: Bench, _ key: String, _ random: inout SplitMix) -> String {
    let principals = [
      "ada@example.com", "ada@example.com", "*@example.com", "bob@example.com",
      "!ada@example.com,*@example.com", "bob@example.com,ada@example.com", "\"ada@example.com\"",
      "a?a@*", "!b*,ada@example.com", "ADA@example.com",
    ]
    let options = [
      "", "", "", "namespaces=\"git\"", "namespaces=\"file\"", "namespaces=\"g*,file\"",
      "namespaces=\"!git,*\"", "valid-after=\"20260615Z\"", "valid-after=\"20260616Z\"",
      "valid-before=\"20260615Z\"", "valid-before=\"20260615120000Z\"",
      "valid-before=\"202606151159Z\"", "VALID-AFTER=\"20260101Z\",valid-before=\"20270101Z\"",
    ]
    let option = options.randomElement(using: &random) ?? ""
    return
      "\(principals.randomElement(using: &random) ?? "") \(option) \(bench.publicKeys[key] ?? "")"
  }

  @Test func `we accept and refuse what ssh-keygen accepts and refuses`() throws {
    let bench = try Bench()
    var random = SplitMix(state: 20_261_123)
    var accepted = 0
    let cases = 160
    for number in 0..<cases {
      var (key, _, text) = try #require(bench.signatures.randomElement(using: &random))
      var message = bench.message
      switch Int.random(in: 0..<8, using: &random) {
      case 0: message[Int.random(in: message.indices, using: &random)] ^= 1
      case 1:
        // A letter of the base64, which may be any part of the signature.
        let index = Int.random(in: 40..<text.count - 40, using: &random)
        if text[index] != UInt8(ascii: "\n") {
          text[index] = text[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        }
      case 2: message += [0x0a]
      default: break
      }
      if Int.random(in: 0..<5, using: &random) == 0 {
        key = bench.keys.randomElement(using: &random) ?? key
      }
      var lines = [line(bench, key, &random)]
      for _ in 0..<Int.random(in: 0..<3, using: &random) {
        lines.append(line(bench, bench.keys.randomElement(using: &random) ?? key, &random))
      }
      let allowed = lines.joined(separator: "\n") + "\n"
      let expected = try bench.judge(text, message, allowed: allowed)
      let answer = try accepts(text, message, allowed: allowed)
      #expect(answer == expected, "case \(number): \(key)\n\(allowed)")
      if expected { accepted += 1 }
    }
    // Neither side may win by always saying the same.
    #expect((20...cases - 40).contains(accepted), "\(accepted)")
  }

  @Test func `what we sign with every kind of key is accepted by ssh-keygen`() throws {
    let bench = try Bench()
    for key in bench.keys {
      let signer = try SSHSigningKey(pem: try bench.folder.read(key))
      let text = try signer.signature(of: bench.message, namespace: "git")
      let allowed = "ada@example.com \(bench.publicKeys[key] ?? "")\n"
      #expect(try bench.judge(Array(text.utf8), bench.message, allowed: allowed), "\(key)")
      #expect(try !bench.judge(Array(text.utf8), bench.message + [1], allowed: allowed))
      #expect(try accepts(Array(text.utf8), bench.message, allowed: allowed))
    }
  }

  /// Security keys are imitated: a key of ours signs what a token would sign.
  @Test(arguments: [KeyAlgorithm.ed25519, .ecdsaP256], [UInt8(1), 5, 0])
  func `signatures of security keys are read, and a touch is demanded`(
    algorithm: KeyAlgorithm, flags: UInt8
  ) throws {
    let bench = try Bench()
    let key = try PrivateKey.generate(algorithm)
    let plain = try SSHPublicKey(of: key)
    let application = Array("ssh:".utf8)
    let publicKey =
      switch plain.material {
      case .ecdsa(_, let point):
        SSHPublicKey(.securityKeyECDSA(point: point, application: application))
      case .ed25519(let point):
        SSHPublicKey(.securityKeyEd25519(point, application: application))
      default: plain
      }
    var signed = SSHWriter()
    signed.append(raw: SSHSignature.Hash.sha256.of(application))
    signed.append(raw: [flags])
    signed.append(7)
    signed.append(
      raw: SSHSignature.Hash.sha256.of(
        SSHSignature.signedBytes(of: bench.message, namespace: "git", hash: .sha512)))
    var value = try key.sign(signed.bytes)
    if algorithm == .ecdsaP256 { value = try SSHSigningKey.wire(ecdsa: value) }
    var inner = SSHWriter()
    inner.append(publicKey.type)
    inner.append(string: value)
    inner.append(raw: [flags])
    inner.append(7)
    var blob = SSHWriter()
    blob.append(raw: Array("SSHSIG".utf8))
    blob.append(1)
    blob.append(string: publicKey.blob)
    blob.append("git")
    blob.append("")
    blob.append("sha512")
    blob.append(string: inner.bytes)
    let text =
      "-----BEGIN SSH SIGNATURE-----\n\(Data(blob.bytes).base64EncodedString())\n"
      + "-----END SSH SIGNATURE-----\n"
    let allowed =
      "ada@example.com \(publicKey.type) \(Data(publicKey.blob).base64EncodedString())\n"
    // OpenSSH leaves the touch to its caller here; we do not.
    #expect(try bench.judge(Array(text.utf8), bench.message, allowed: allowed))
    let isTouched = flags & 1 == 1
    #expect(try accepts(Array(text.utf8), bench.message, allowed: allowed) == isTouched)
    #expect(try !accepts(Array(text.utf8), bench.message + [1], allowed: allowed))
  }

  @Test func `keys that cannot sign unattended or are damaged are refused with the reason`() throws
  {
    let folder = try TemporaryFolder()
    try folder.keygen(["-q", "-N", "secret", "-C", "", "-f", "locked", "-t", "ed25519"])
    try folder.keygen(["-q", "-N", "", "-C", "", "-f", "open", "-t", "ecdsa"])
    let locked = try folder.read("locked")
    #expect { try SSHSigningKey(pem: locked) } throws: { "\($0)".contains("it is encrypted") }
    let open = try folder.read("open")
    _ = try SSHSigningKey(pem: open)
    var random = SplitMix(state: 9)
    for _ in 0..<300 {
      var bytes = open
      bytes[Int.random(in: 40..<bytes.count - 40, using: &random)] ^= 4
      _ = try? SSHSigningKey(pem: bytes)
      _ = try? SSHSigningKey(
        pem: Array(open.prefix(Int.random(in: 0..<open.count, using: &random))))
    }
    try folder.write("exposed", open)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: "\(folder.path)/exposed")
    #expect { try SSHSigningKey.file("\(folder.path)/exposed") } throws: {
      "\($0)".contains("open to other users")
    }
    let answer = try folder.openssl("genpkey", "-algorithm", "ed25519", "-out", "pkcs8")
    #expect(answer.status == 0)
    _ = try SSHSigningKey(pem: try folder.read("pkcs8"))
  }
}

extension TemporaryFolder {
  fileprivate func keygen(_ arguments: [String]) throws {
    let outcome = try run("/usr/bin/ssh-keygen", arguments)
    try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
  }
}

/// SplitMix64: small, and the same on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
