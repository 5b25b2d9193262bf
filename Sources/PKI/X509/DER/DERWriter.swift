/// Appends DER to one buffer.
///
/// swift-asn1's serializer asks for a protocol type and a `try` per value; here the same bytes come
/// from closures that cannot fail, and the buffer can grow by a million entries in between.
package struct DERWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init(capacity: Int = 1_024) {
    bytes.reserveCapacity(capacity)
  }

  /// Appends what is DER already, or the content of the element that is being written.
  package mutating func append(_ raw: some Sequence<UInt8>) {
    bytes.append(contentsOf: raw)
  }

  package mutating func primitive(_ tag: DERTag, _ content: some Collection<UInt8>) {
    bytes.append(tag.byte)
    appendLength(content.count)
    bytes.append(contentsOf: content)
  }

  /// An element whose content the closure writes. The length is made room for afterwards: most are
  /// shorter than 128 bytes, and moving the rest of a certificate costs less than measuring twice.
  package mutating func constructed(_ tag: DERTag, _ content: (inout DERWriter) -> Void) {
    bytes.append(tag.byte)
    let start = bytes.count
    bytes.append(0)
    content(&self)
    let length = bytes.count - start - 1
    let encoded = Self.lengthBytes(length)
    if encoded.count == 1 {
      bytes[start] = encoded[0]
    } else {
      bytes.replaceSubrange(start..<start + 1, with: encoded)
    }
  }

  package mutating func sequence(_ content: (inout DERWriter) -> Void) {
    constructed(.sequence, content)
  }

  package mutating func objectIdentifier(_ oid: OID) {
    primitive(.objectIdentifier, oid.content)
  }

  /// A magnitude, big-endian: leading zeros are dropped and one is added where the first bit would
  /// read as a sign.
  package mutating func unsignedInteger(_ magnitude: some Collection<UInt8>) {
    let trimmed = Array(magnitude.drop { $0 == 0 })
    guard let first = trimmed.first else { return primitive(.integer, [0]) }
    primitive(.integer, first < 0x80 ? trimmed : [0] + trimmed)
  }

  package mutating func count(_ number: Int) {
    unsignedInteger((0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
  }

  package mutating func `true`() {
    primitive(.boolean, [0xff])
  }

  package mutating func wholeBits(_ content: some Collection<UInt8>) {
    bytes.append(DERTag.bitString.byte)
    appendLength(content.count + 1)
    bytes.append(0)
    bytes.append(contentsOf: content)
  }

  /// Named bits without trailing zero bits (X.690 section 11.2.2), bit 0 first.
  package mutating func namedBits(_ bits: UInt16) {
    guard bits != 0 else { return primitive(.bitString, [0]) }
    var octets: [UInt8] = [0, 0]
    for bit in 0..<16 where bits & (1 << bit) != 0 { octets[bit / 8] |= 0x80 >> UInt8(bit % 8) }
    if octets[1] == 0 { octets.removeLast() }
    let unused = UInt8(octets[octets.count - 1].trailingZeroBitCount)
    primitive(.bitString, [unused] + octets)
  }

  package mutating func time(_ time: Timestamp) {
    DERTime.append(time, to: &bytes)
  }

  package mutating func appendLength(_ length: Int) {
    if length < 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: length))
    } else {
      bytes.append(contentsOf: Self.lengthBytes(length))
    }
  }

  private static func lengthBytes(_ length: Int) -> [UInt8] {
    guard length >= 0x80 else { return [UInt8(truncatingIfNeeded: length)] }
    let magnitude = (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
    let digits = magnitude.drop { $0 == 0 }
    return [0x80 | UInt8(truncatingIfNeeded: digits.count)] + digits
  }
}
