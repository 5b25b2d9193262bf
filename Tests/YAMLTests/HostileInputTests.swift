import PKI
import Testing
import YAML

/// Damaged files: reading always ends, never traps, and says something about a place in the file.
@Suite struct HostileInputTests {
  private static let sample = """
    \u{FEFF}%YAML 1.2
    ---
    # Wurzel für alle
    kind: Authority
    name: example-root
    subject: {commonName: "Exämple\\tRoot \\u00e9", organization: 'it''s'}
    crl: {lifetime: 30d, refreshBefore: 10d}\r
    ---
    kind: Server
    dnsNames:
    - api.example.com
    - "*.api.example.com"
    text: >-
      folded
      text

    more: |2+
        kept

    ? explicit
    : [a, {b: c}, [😀]]
    plain: one
      two
    ...

    """

  @Test func `the sample is read`() throws {
    #expect(try outline(Self.sample).count == 2)
  }

  @Test func `a file cut off at any byte is read or refused`() {
    let bytes = Array(Self.sample.utf8)
    for count in bytes.indices { check(Array(bytes.prefix(count))) }
  }

  @Test func `a file beginning at any byte is read or refused`() {
    let bytes = Array(Self.sample.utf8)
    for count in bytes.indices { check(Array(bytes.dropFirst(count))) }
  }

  @Test(arguments: 1...8)
  func `random mutations are read or refused`(seed: UInt64) {
    var random = SplitMix(state: seed)
    for _ in 0..<500 {
      var bytes = Array(Self.sample.utf8)
      for _ in 0..<Int.random(in: 1...8, using: &random) { mutate(&bytes, &random) }
      check(bytes)
    }
  }

  @Test(arguments: 1...4)
  func `random indicators are read or refused`(seed: UInt64) {
    var random = SplitMix(state: seed)
    let alphabet = Array("[]{},:?-#&*!|>'\"%@`\n \t\\ab0<=~".utf8)
    for _ in 0..<1000 {
      let count = Int.random(in: 0...60, using: &random)
      check((0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 })
    }
  }

  /// Findings lie in the file, in order; documents are what a second reading gives.
  private func check(_ bytes: [UInt8]) {
    do throws(YAMLError) {
      let nodes = try YAMLReader.documents(in: bytes, file: "a.yaml")
      let again = allFindings(bytes)
      #expect(again.isEmpty)
      #expect(nodes.allSatisfy { $0.place.line >= 1 && $0.place.column >= 1 })
    } catch {
      let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 2
      #expect(!error.findings.isEmpty)
      #expect(error.findings == error.findings.sorted())
      for finding in error.findings {
        #expect((1...lines).contains(finding.place.line))
        #expect((1...bytes.count + 1).contains(finding.place.column))
      }
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    guard let index = bytes.indices.randomElement(using: &random) else { return }
    let indicators = Array("[]{},:?-#&*!|>'\"%@`\n\r \t\\".utf8)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
    case 1: bytes.remove(at: index)
    case 2: bytes.insert(indicators.randomElement(using: &random) ?? 0, at: index)
    case 3: bytes[index] = indicators.randomElement(using: &random) ?? 0
    default:
      let end = min(bytes.count, index + Int.random(in: 1...40, using: &random))
      bytes.insert(contentsOf: Array(bytes[index..<end]), at: index)
    }
  }
}

/// A seeded generator, so that a failure can be repeated (Steele, Lea, Flood: SplitMix64, 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
