import Testing

@testable import PKI

/// Reading who may sign: what is understood, and that everything else is said with its place.
struct AllowedSignersTests {
  static let key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINqM9I8r5fRVRb0PvNhHYlPA9sL7cU4e1bQx3rWq0k5v"

  private func read(_ text: String) -> (signers: AllowedSigners, findings: [Finding]) {
    AllowedSigners.read(Array(text.utf8), file: "allowed")
  }

  private func findings(_ text: String) -> [String] {
    read(text).findings.map { "\($0.place.line):\($0.place.column) \($0.message)" }
  }

  @Test func `lines, comments, quotes and options are read as ssh-keygen describes them`() throws {
    let (signers, findings) = read(
      """
      # who may sign

      ada@example.com,bob@example.com \(Self.key) a comment with spaces
        "carl@example.com" NAMESPACES="git,file",valid-after="20260102Z" \(Self.key)\r
      *@example.com,!eve@example.com valid-before="20270102030405Z",namespaces="g*" \(Self.key)
      """)
    #expect(findings == [])
    let entries = signers.entries
    #expect(entries.map(\.place.line) == [3, 4, 5])
    #expect(entries.map(\.principals.description).first == "ada@example.com,bob@example.com")
    #expect(entries[1].namespaces?.description == "git,file")
    #expect(entries[1].validAfter?.description == "2026-01-02T00:00:00Z")
    #expect(entries[2].validBefore?.description == "2027-01-02T03:04:05Z")
    #expect(entries[2].principals.matches("dora@example.com"))
    #expect(!entries[2].principals.matches("eve@example.com"))
    #expect(Set(entries.map(\.key)).count == 1)
    #expect(entries[0].key.fingerprint.hasPrefix("SHA256:"))
  }

  @Test func `every mistake of a file is said at once and with its place`() {
    let text = """
      ada@example.com
      ada@example.com ssh-ed25519
      ada@example.com ssh-ed25519 AAAA====
      ada@example.com ssh-dss AAAAB3NzaC1kc3MAAAAA
      ada@example.com cert-authority \(Self.key)
      ada@example.com namespace="git" \(Self.key)
      ada@example.com namespaces=git \(Self.key)
      ada@example.com namespaces="git \(Self.key)
      ada@example.com valid-after="20260101" \(Self.key)
      ada@example.com valid-after="20260230Z" \(Self.key)
      ada@example.com valid-after="20270101Z",valid-before="20260101Z" \(Self.key)
      "ada@example.com \(Self.key)
      ,ada@example.com \(Self.key)
      !ada@example.com \(Self.key)
      a"da@example.com \(Self.key)
      """
    let found = findings(text)
    #expect(found.map { $0.prefix { $0 != ":" } } == (1...15).map { "\($0)" })
    #expect(found[0] == "1:16 the key is missing")
    #expect(found[3].hasSuffix("is a DSA key, which is too weak"))
    #expect(found[4].contains("cert-authority is not supported"))
    #expect(found[8] == "9:17 \"20260101\" depends on the time zone of whoever reads it")
    #expect(read(text).findings[5].hint == "did you mean \"namespaces\"?")
  }

  @Test func `a file that allows nobody is a finding`() {
    #expect(findings("") == ["1:1 the file allows nobody to sign"])
    #expect(findings("# nobody\n") == ["1:1 the file allows nobody to sign"])
  }

  @Test func `hostile bytes never trap and are never signers`() {
    var random = SplitMix(state: 6)
    let pieces: [[UInt8]] = [
      Array("ada@example.com ".utf8), Array(Self.key.utf8), Array(" namespaces=\"".utf8),
      Array("\"".utf8), Array("\\\"".utf8), [0xff, 0xfe], [0], [0x0a], Array(",".utf8),
      Array("valid-after=\"99999999Z\"".utf8), Array(" ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAA".utf8),
      [UInt8](repeating: 65, count: 400), Array("!".utf8), Array("=".utf8),
    ]
    for _ in 0..<3_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<8, using: &random) {
        bytes += pieces.randomElement(using: &random) ?? []
      }
      let (signers, findings) = AllowedSigners.read(bytes, file: "f")
      #expect(!signers.entries.isEmpty || !findings.isEmpty)
      for finding in findings { #expect(finding.place.line >= 1 && finding.place.column >= 1) }
    }
    let long = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
    #expect(AllowedSigners.read(long, file: "f").findings.count == 1)
  }

  @Test func `cut and altered keys and signatures never trap`() throws {
    var random = SplitMix(state: 7)
    let blob = try #require(read("a \(Self.key)").signers.entries.first).key.blob
    var armored = SSHSignature.armor(
      key: try SSHPublicKey(blob: blob), namespace: "git", hash: .sha512, algorithm: "ssh-ed25519",
      value: [UInt8](repeating: 1, count: 64))
    _ = try SSHSignature(armored: Array(armored.utf8))
    for count in 0..<blob.count {
      #expect(throws: SSHFormatError.self) { try SSHPublicKey(blob: blob.prefix(count)) }
    }
    for _ in 0..<2_000 {
      var bytes = Array(armored.utf8)
      for _ in 0..<3 {
        bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
      }
      _ = try? SSHSignature(armored: bytes)
      _ = try? SSHSignature(armored: Array(bytes.dropLast(Int.random(in: 0..<99, using: &random))))
    }
    armored = ""
    #expect(throws: SSHFormatError.self) { try SSHSignature(armored: Array(armored.utf8)) }
  }

  @Test func `patterns match as in ssh_config`() {
    let cases: [(String, String, Bool)] = [
      ("*", "", true), ("?", "", false), ("a*b?d", "axxbcd", true), ("a*b?d", "axxbd", false),
      ("**a", "bba", true), ("*a*a*a*a*b", String(repeating: "a", count: 60), false),
      ("ada@*.com", "ada@example.com", true), ("Ada", "ada", false),
    ]
    for (pattern, text, expected) in cases {
      #expect(SSHPatternList.matches(pattern, text) == expected, "\(pattern) \(text)")
    }
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
