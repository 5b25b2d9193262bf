import PKI

/// Writes DER that may be wrong, for readers to refuse.
struct DERWriter {
  private(set) var bytes: [UInt8] = []

  /// Appends bytes as they are.
  mutating func append(_ raw: some Sequence<UInt8>) {
    bytes.append(contentsOf: raw)
  }

  mutating func primitive(_ tag: DERTag, _ content: some Collection<UInt8>) {
    bytes += DERHeader(tag, length: content.count).bytes
    bytes.append(contentsOf: content)
  }

  mutating func constructed(_ tag: DERTag, _ content: (inout DERWriter) -> Void) {
    var inner = DERWriter()
    content(&inner)
    primitive(tag, inner.bytes)
  }

  mutating func sequence(_ content: (inout DERWriter) -> Void) {
    constructed(.sequence, content)
  }

  mutating func objectIdentifier(_ oid: OID) {
    primitive(.objectIdentifier, oid.content)
  }

  mutating func wholeBits(_ content: [UInt8]) {
    primitive(.bitString, [0] + content)
  }
}
