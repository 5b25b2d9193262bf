import PKI
import SwiftASN1
import Testing

@Suite struct DERTests {
  /// Whether swift-asn1 finds the bytes well formed.
  private func theirs(_ bytes: [UInt8]) -> Bool { (try? DER.parse(bytes)) != nil }

  private func ours(_ bytes: [UInt8]) -> Bool {
    var reader = DERReader(bytes)
    do {
      try reader.checkTree()
      _ = try reader.read()
      return reader.isAtEnd
    } catch {
      return false
    }
  }

  @Test func `what is accepted here is well formed to swift-asn1 too`() throws {
    let seeds = [
      try Sample.server().signed(by: try TestKey(), as: Sample.name("Root")),
      Sample.name("x").der, [0x30, 0x03, 0x02, 0x01, 0x05], [0x05, 0x00],
    ]
    var random = Seeded(3)
    var accepted = 0
    for seed in seeds {
      #expect(ours(seed) && theirs(seed))
      for _ in 0..<4_000 {
        var mutated = seed
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let index = Int.random(in: mutated.indices, using: &random)
          mutated[index] = UInt8.random(in: 0...255, using: &random)
        }
        guard ours(mutated) else { continue }
        accepted += 1
        #expect(theirs(mutated), "\(mutated)")
      }
    }
    #expect(accepted > 100)
  }

  @Test(
    arguments: [
      [0x30, 0x80, 0x00, 0x00], [0x30, 0x81, 0x00], [0x04, 0x81, 0x01, 0x61],
      [0x04, 0x82, 0x00, 0x80], [0x04, 0x85, 0, 0, 0, 0, 1], [0x04, 0xff], [0x1f, 0x01, 0x00],
      [0x00, 0x00], [0x10, 0x00], [0x24, 0x00], [0x01, 0x01, 0x01], [0x02, 0x02, 0x00, 0x01],
      [0x02, 0x00], [0x02, 0x02, 0xff, 0xff], [0x05, 0x01, 0x00], [0x30, 0x03, 0x02, 0x02, 0x01],
    ] as [[UInt8]])
  func `forms that DER forbids are refused`(_ bytes: [UInt8]) {
    #expect(!ours(bytes))
  }

  @Test func `nesting without end is refused without a trap`() {
    var bytes: [UInt8] = []
    for _ in 0..<40 { bytes = [0x30, UInt8(bytes.count)] + bytes }
    #expect(!ours(bytes))
  }

  @Test(arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000])
  func `lengths of every size are written in their shortest form`(_ count: Int) throws {
    let content = [UInt8](repeating: 7, count: count)
    let bytes = DERHeader(.octetString, length: count).bytes + content
    #expect(try ASN1OctetString(derEncoded: bytes).bytes.elementsEqual(content))
    var serializer = DER.Serializer()
    try serializer.serialize(ASN1OctetString(contentBytes: content[...]))
    #expect(serializer.serializedBytes == bytes)
  }

  @Test(arguments: [
    "1.2.840.113549.1.1.11", "2.5.29.17", "0.9.2342.19200300.100.1.1", "2.999.1", "1.39.0",
    "2.25.4611686018427387903", "0.0",
  ])
  func `object identifiers keep their text`(_ text: String) throws {
    let oid = try #require(OID(dotted: text))
    #expect(oid.description == text)
    #expect(OID(content: oid.content) == oid)
  }

  @Test(arguments: [
    "", "1", "3.1", "1.40", "1.2.", ".1", "1..2", "1.02", "1.-2", "1.2.99999999999999999999",
  ])
  func `text that is no object identifier is refused`(_ text: String) {
    #expect(OID(dotted: text) == nil)
  }

  @Test func `an identifier with components beyond 64 bits has a text too`() throws {
    let long = try #require(OID(content: [0x69] + [UInt8](repeating: 0xff, count: 18) + [0x7f]))
    #expect(long.description.hasPrefix("#69ff"))
  }

  @Test(arguments: [
    ("17:491231235959Z", "2049-12-31T23:59:59Z"), ("17:500101000000Z", "1950-01-01T00:00:00Z"),
    ("18:20500101000000Z", "2050-01-01T00:00:00Z"), ("18:99991231235959Z", "9999-12-31T23:59:59Z"),
    ("18:20491231235959Z", nil), ("17:4912312359Z", nil), ("17:491231235960Z", nil),
    ("17:490231000000Z", nil), ("18:20500101000000.5Z", nil), ("17:491231235959+0000", nil),
    ("18:205001010000Z", nil), ("17:4912312359 9Z", nil), ("17:", nil),
  ])
  func `times have one form for each year`(_ text: String, _ time: String?) {
    let content = Array(text.utf8.dropFirst(3))
    let tag: UInt8 = text.hasPrefix("17") ? 0x17 : 0x18
    var reader = DERReader([tag, UInt8(content.count)] + content)
    let read = try? DERTime.read(&reader, "the time")
    #expect(read == time.flatMap { Timestamp($0) })
  }
}
