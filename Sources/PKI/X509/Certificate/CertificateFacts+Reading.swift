import SwiftASN1

extension CertificateFacts {
  /// Reads a certificate that fills the bytes.
  ///
  /// From swift-asn1's nodes and not with X509's `Certificate`, which refuses what has to be read
  /// here: keys of kinds that swift-crypto does not know or finds too small, and identifiers with
  /// components of more than 63 bits, as those made from UUIDs (X.667).
  package init(_ der: [UInt8]) throws(DERError) {
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
    issuer = try DistinguishedName(fields.next(.sequence, "the issuer"), "the issuer")
    var validity = try fields.inside("the validity")
    notBefore = try validity.next("notBefore").time("notBefore")
    notAfter = try validity.next("notAfter").time("notAfter")
    try validity.finish("the validity")
    subject = try DistinguishedName(fields.next(.sequence, "the subject"), "the subject")
    subjectPublicKeyInfo = try SubjectPublicKeyInfo(
      fields.next(.sequence, "the public key"), in: der)
    (extensions, values) = try Self.readTail(&fields, version: version, in: der)
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
    _ fields: inout DERNodes, version: Int, in der: [UInt8]
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
      list = try readExtensions(node, in: der) { oid, value throws(DERError) in
        try values.read(oid, value)
      }
    }
    try fields.finish("the certificate's last field")
    return (list, values)
  }

  /// Reads Extensions, at least one, none twice, and hands out the inside of each value.
  static func readExtensions(
    _ node: ASN1Node, in der: [UInt8], _ body: (OID, DERReader) throws(DERError) -> Void
  ) throws(DERError) -> [CertificateExtension] {
    guard node.identifier == .sequence else {
      throw DERError("the extensions have the wrong type", at: node.start)
    }
    var nodes = try DERNodes(node, "the extensions")
    let bytes = DERReader(der)
    var list: [CertificateExtension] = []
    list.reserveCapacity(10)
    while !nodes.isAtEnd {
      let start = nodes.position
      var one = try nodes.inside("an extension")
      let oid = try one.next("an extension's type").objectIdentifier("an extension's type")
      let isCritical = try one.optionalTrue("an extension's criticality")
      let value = try one.next(.octetString, "an extension's value")
        .primitive("an extension's value")
      try one.finish("an extension")
      guard !list.contains(where: { $0.oid == oid }) else {
        throw DERError("the extension \(oid.name) occurs twice", at: start)
      }
      list.append(CertificateExtension(oid: oid, isCritical: isCritical))
      try body(oid, bytes.within(value.startIndex..<value.endIndex))
    }
    guard !list.isEmpty else { throw DERError("the list of extensions is empty") }
    return list
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
