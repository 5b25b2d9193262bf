import SwiftASN1

extension CertificateFacts {
  /// Reads a certificate that fills the bytes.
  ///
  /// From swift-asn1's nodes and not with X509's `Certificate`, which refuses what has to be read
  /// here: keys of kinds that swift-crypto does not know or finds too small, and identifiers with
  /// components of more than 63 bits, as those made from UUIDs (X.667).
  package init(_ der: [UInt8]) throws(DERError) {
    var memory = CertificateMemory()
    try self.init(der, recalling: &memory)
  }

  /// The same for one of many.
  package init(_ der: [UInt8], recalling memory: inout CertificateMemory) throws(DERError) {
    let root = try ASN1Node.parse(DERReader(der), "the certificate")
    let signed = try SignedNodes(root, "the certificate")
    self.der = der
    toBeSignedRange = signed.content.range
    signatureRange = signed.signatureRange

    var fields = try DERNodes(signed.content, "the signed part of the certificate")
    version = try Self.readVersion(&fields)
    serial = try Self.readSerial(&fields)
    let algorithm = try fields.next("the signature algorithm")
    signatureAlgorithm = try SignatureAlgorithmIdentifier(algorithm)
    // The two may not differ by a byte (RFC 5280 section 4.1.1.2).
    guard signed.algorithm.encodedBytes.elementsEqual(algorithm.encodedBytes) else {
      throw DERError("the two signature algorithms differ", at: algorithm.start)
    }
    issuer = try Self.readIssuer(&fields, &memory)
    var validity = try fields.inside("the validity")
    notBefore = try validity.next("notBefore").time("notBefore")
    notAfter = try validity.next("notAfter").time("notAfter")
    try validity.finish("the validity")
    subject = try DistinguishedName(fields.next(.sequence, "the subject"), "the subject")
    subjectPublicKeyInfo = try SubjectPublicKeyInfo(
      fields.next(.sequence, "the public key"), in: der)
    (extensions, values) = try Self.readTail(&fields, version: version, in: der, &memory)
  }

  private static func readIssuer(
    _ fields: inout DERNodes, _ memory: inout CertificateMemory
  ) throws(DERError) -> DistinguishedName {
    let node = try fields.next(.sequence, "the issuer")
    if let known = memory.issuer(node.encodedBytes) { return known }
    let issuer = try DistinguishedName(node, "the issuer")
    memory.remember(issuer: issuer)
    return issuer
  }

  private static func readVersion(_ fields: inout DERNodes) throws(DERError) -> Int {
    guard let node = try fields.explicit(0, "the version") else { return 1 }
    let number = try node.count("the version")
    guard number == 1 || number == 2 else {
      throw DERError("the version is none that X.509 has", at: node.start)
    }
    return number + 1
  }

  private static func readSerial(_ fields: inout DERNodes) throws(DERError) -> SerialNumber {
    let node = try fields.next(.integer, "the serial number")
    do {
      if let serial = SerialNumber(magnitude: try ArraySlice<UInt8>(derEncoded: node)) {
        return serial
      }
    } catch {
      // Only non-negative integers are read as bytes.
    }
    throw DERError("the serial number is zero, negative or longer than 20 bytes", at: node.start)
  }

  /// Unique identifiers, which nobody uses, and extensions: what is allowed depends on the version
  /// (RFC 5280 section 4.1.2.1).
  private static func readTail(
    _ fields: inout DERNodes, version: Int, in der: [UInt8], _ memory: inout CertificateMemory
  ) throws(DERError) -> ([CertificateExtension], ExtensionValues) {
    for number: UInt in [1, 2] {
      guard let unique = fields.optional(.context(number)) else { continue }
      _ = try unique.primitive("a unique identifier")
      guard version >= 2 else {
        throw DERError("a unique identifier needs version 2", at: unique.start)
      }
    }
    var values = ExtensionValues()
    var list: [CertificateExtension] = []
    let start = fields.position
    if let node = try fields.explicit(3, "the extensions") {
      guard version == 3 else { throw DERError("extensions need version 3", at: start) }
      list = try readExtensions(node, in: der, into: &values, recalling: &memory)
    }
    try fields.finish("the certificate's last field")
    return (list, values)
  }

  private static func readExtensions(
    _ node: ASN1Node, in der: [UInt8], into values: inout ExtensionValues,
    recalling memory: inout CertificateMemory
  ) throws(DERError) -> [CertificateExtension] {
    var list = try ExtensionList(node, in: der)
    while let encoded = list.upcoming {
      if let known = memory.recall(encoded, into: &values) {
        try list.skip(known)
      } else {
        let (item, value) = try list.next()
        try memory.read(item, value, encoded, into: &values)
      }
    }
    return list.items
  }

  /// Reads Extensions, at least one, none twice, and hands out the inside of each value.
  static func readExtensions(
    _ node: ASN1Node, in der: [UInt8], _ body: (OID, DERReader) throws(DERError) -> Void
  ) throws(DERError) -> [CertificateExtension] {
    var list = try ExtensionList(node, in: der)
    while list.upcoming != nil {
      let (item, value) = try list.next()
      try body(item.oid, value)
    }
    return list.items
  }
}

/// Extensions on the way through their list: at least one, none twice.
private struct ExtensionList {
  private(set) var items: [CertificateExtension] = []
  private var nodes: DERNodes
  private let bytes: DERReader

  init(_ node: ASN1Node, in der: [UInt8]) throws(DERError) {
    guard node.identifier == .sequence else {
      throw DERError("the extensions have the wrong type", at: node.start)
    }
    nodes = try DERNodes(node, "the extensions")
    bytes = DERReader(der)
    guard !nodes.isAtEnd else { throw DERError("the list of extensions is empty") }
    items.reserveCapacity(10)
  }

  /// The bytes of the next one; nil at the end.
  var upcoming: ArraySlice<UInt8>? { nodes.upcoming?.encodedBytes }

  mutating func next() throws(DERError) -> (CertificateExtension, DERReader) {
    let start = nodes.position
    var one = try nodes.inside("an extension")
    let oid = try one.next("an extension's type").objectIdentifier("an extension's type")
    let isCritical = try one.optionalTrue("an extension's criticality")
    let value = try one.next(.octetString, "an extension's value")
      .primitive("an extension's value")
    try one.finish("an extension")
    let item = CertificateExtension(oid: oid, isCritical: isCritical)
    try add(item, at: start)
    return (item, bytes.within(value.startIndex..<value.endIndex))
  }

  /// Goes on behind one whose content is known from elsewhere.
  mutating func skip(_ item: CertificateExtension) throws(DERError) {
    let start = nodes.position
    _ = try nodes.next("an extension")
    try add(item, at: start)
  }

  private mutating func add(_ item: CertificateExtension, at start: Int) throws(DERError) {
    guard !items.contains(where: { $0.oid == item.oid }) else {
      throw DERError("the extension \(item.oid.name) occurs twice", at: start)
    }
    items.append(item)
  }
}

/// The three parts of everything that is signed: content, algorithm and signature.
struct SignedNodes {
  let content: ASN1Node
  let algorithm: ASN1Node
  let signatureRange: Range<Int>

  init(_ root: ASN1Node, _ what: String) throws(DERError) {
    guard root.identifier == .sequence else {
      throw DERError("\(what) has the wrong type", at: root.start)
    }
    var outer = try DERNodes(root, what)
    content = try outer.next(.sequence, "the signed part")
    algorithm = try outer.next(.sequence, "the signature algorithm")
    signatureRange = try outer.next(.bitString, "the signature").wholeBits("the signature")
    try outer.finish("the signature")
  }
}
