extension CertificateFacts {
  /// Reads a certificate that fills the bytes.
  package init(_ der: [UInt8]) throws(DERError) {
    try DERReader(der).checkTree()
    var outer = try DERReader.open(der, .sequence, "the certificate")
    let signed = try outer.read(.sequence, "the signed part of the certificate")
    let outerAlgorithm = try SignatureAlgorithmIdentifier(&outer)
    let algorithmEnd = outer.position
    signatureRange = try outer.readWholeBits("the signature")
    try outer.finish("the signature")
    self.der = der
    toBeSignedRange = signed.range

    var reader = outer.inside(signed)
    version = try Self.readVersion(&reader)
    serial = try Self.readSerial(&reader)
    let algorithmStart = reader.position
    signatureAlgorithm = try SignatureAlgorithmIdentifier(&reader)
    // The two may not differ by a byte (RFC 5280 section 4.1.1.2).
    let inner = reader.slice(algorithmStart..<reader.position)
    guard outerAlgorithm == signatureAlgorithm,
      reader.slice(signed.range.upperBound..<algorithmEnd).elementsEqual(inner)
    else { throw DERError("the two signature algorithms differ", at: algorithmStart) }
    issuer = try Self.readName(&reader, "the issuer")
    var validity = try reader.readSequence("the validity")
    notBefore = try DERTime.read(&validity, "notBefore")
    notAfter = try DERTime.read(&validity, "notAfter")
    try validity.finish("the validity")
    subject = try Self.readName(&reader, "the subject")
    let key = try reader.read(.sequence, "the public key")
    subjectPublicKeyInfo = try SubjectPublicKeyInfo(Array(reader.slice(key.range)))
    (extensions, values) = try Self.readTail(&reader, version: version)
  }

  private static func readVersion(_ reader: inout DERReader) throws(DERError) -> Int {
    guard var explicit = try reader.readExplicit(0, "the version") else { return 1 }
    let number = try explicit.readCount("the version")
    guard number == 1 || number == 2 else {
      throw DERError("the version is none that X.509 has", at: explicit.position)
    }
    return number + 1
  }

  package static func readSerial(_ reader: inout DERReader) throws(DERError) -> SerialNumber {
    let start = reader.position
    let content = try reader.readInteger("the serial number")
    guard let first = content.first, first < 0x80, let serial = SerialNumber(magnitude: content)
    else {
      throw DERError(
        "the serial number is zero, negative or longer than 20 bytes", at: start)
    }
    return serial
  }

  package static func readName(
    _ reader: inout DERReader, _ what: String
  ) throws(DERError) -> DistinguishedName {
    let element = try reader.read(.sequence, what)
    do {
      return try DistinguishedName(parsing: Array(reader.slice(element.range)))
    } catch {
      throw DERError(
        "\(what): \(error.message)", at: element.range.lowerBound + (error.offset ?? 0))
    }
  }

  /// Unique identifiers, which nobody uses, and extensions: what is allowed depends on the version
  /// (RFC 5280 section 4.1.2.1).
  private static func readTail(
    _ reader: inout DERReader, version: Int
  ) throws(DERError) -> ([CertificateExtension], ExtensionValues) {
    for number: UInt8 in [1, 2] {
      guard let unique = try reader.readOptional(.context(number)) else { continue }
      guard version >= 2 else {
        throw DERError("a unique identifier needs version 2", at: unique.range.lowerBound)
      }
    }
    var values = ExtensionValues()
    var list: [CertificateExtension] = []
    let start = reader.position
    if let explicit = try reader.readExplicit(3, "the extensions") {
      guard version == 3 else { throw DERError("extensions need version 3", at: start) }
      list = try readExtensions(explicit) { oid, value throws(DERError) in
        try values.read(oid, value)
      }
    }
    try reader.finish("the certificate's last field")
    return (list, values)
  }

  /// Reads Extensions, at least one, none twice, and hands out the inside of each value.
  package static func readExtensions(
    _ reader: DERReader, _ body: (OID, DERReader) throws(DERError) -> Void
  ) throws(DERError) -> [CertificateExtension] {
    var outer = reader
    var sequence = try outer.readSequence("the extensions")
    var list: [CertificateExtension] = []
    list.reserveCapacity(10)
    while !sequence.isAtEnd {
      let start = sequence.position
      var one = try sequence.readSequence("an extension")
      let oid = try one.readObjectIdentifier("an extension's type")
      let isCritical = try one.readOptionalTrue("an extension's criticality")
      let value = try one.readOctetString("an extension's value")
      try one.finish("an extension")
      guard !list.contains(where: { $0.oid == oid }) else {
        throw DERError("the extension \(oid.name) occurs twice", at: start)
      }
      list.append(CertificateExtension(oid: oid, isCritical: isCritical))
      try body(oid, one.inside(value))
    }
    guard !list.isEmpty else { throw DERError("the list of extensions is empty") }
    return list
  }
}
