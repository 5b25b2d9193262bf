import SwiftASN1

extension RevocationListFacts {
  /// Reads a list that fills the bytes, every entry included.
  package init(_ der: [UInt8]) throws(DERError) {
    var outer = try DERReader.open(der, .sequence, "the revocation list")
    let signed = try outer.read(.sequence, "the signed part of the list")
    let outerAlgorithm = try outer.read(.sequence, "the signature algorithm")
    signatureRange = try outer.readWholeBits("the signature")
    try outer.finish("the signature")
    self.der = der
    toBeSignedRange = signed.range

    var reader = outer.inside(signed)
    version = try Self.readVersion(&reader)
    let algorithm = try reader.read(.sequence, "the signature algorithm")
    signatureAlgorithm = try SignatureAlgorithmIdentifier(
      ASN1Node.parse(reader.within(algorithm.range), "the signature algorithm"))
    guard reader.slice(algorithm.range).elementsEqual(reader.slice(outerAlgorithm.range)) else {
      throw DERError("the two signature algorithms differ", at: algorithm.range.lowerBound)
    }
    let name = try reader.read(.sequence, "the issuer")
    issuer = try DistinguishedName(
      ASN1Node.parse(reader.within(name.range), "the issuer"), "the issuer")
    thisUpdate = try DERTime.read(&reader, "thisUpdate")
    let hasNextUpdate =
      reader.nextTag == DERTag.utcTime.byte || reader.nextTag == DERTag.generalizedTime.byte
    nextUpdate = hasNextUpdate ? try DERTime.read(&reader, "nextUpdate") : nil
    let list = try reader.readOptional(.sequence)
    entriesRange = list?.content ?? reader.position..<reader.position
    (count, unknownCriticalEntries) = try Self.checkEntries(reader, list)
    let tail = try Tail(&reader, version: version)
    number = tail.number
    authorityKeyIdentifier = tail.authorityKeyIdentifier
    issuingDistributionPoint = tail.issuingDistributionPoint
    isDelta = tail.isDelta
    extensions = tail.extensions
  }

  private static func readVersion(_ reader: inout DERReader) throws(DERError) -> Int {
    guard reader.nextTag == DERTag.integer.byte else { return 1 }
    let number = try reader.readCount("the version")
    guard number == 1 else {
      throw DERError("the version is none that a revocation list has", at: reader.position)
    }
    return 2
  }

  private static func checkEntries(
    _ reader: DERReader, _ list: DERElement?
  ) throws(DERError) -> (count: Int, unknown: Int) {
    guard let list else { return (0, 0) }
    var entries = reader.inside(list)
    guard !entries.isAtEnd else {
      throw DERError(
        "revokedCertificates is there and empty, where it should be absent",
        at: list.range.lowerBound)
    }
    var (count, unknown) = (0, 0)
    var dates = DateMemory()
    while !entries.isAtEnd {
      let entry = try RevocationEntryView(&entries, &dates)
      count += 1
      if entry.hasUnknownCriticalExtension { unknown += 1 }
    }
    return (count, unknown)
  }

  /// What follows the entries: crlExtensions (RFC 5280 section 5.2).
  private struct Tail {
    var number: SerialNumber?
    var authorityKeyIdentifier: [UInt8]?
    var issuingDistributionPoint: [UInt8]?
    var isDelta = false
    var extensions: [CertificateExtension] = []

    init(_ reader: inout DERReader, version: Int) throws(DERError) {
      let start = reader.position
      if let tagged = try reader.readOptional(.constructedContext(0)) {
        guard version == 2 else {
          throw DERError("a list with extensions needs version 2", at: start)
        }
        let node = try ASN1Node.parse(reader.within(tagged.content), "the extensions")
        extensions = try CertificateFacts.readExtensions(node, in: reader.bytes) {
          oid, value throws(DERError) in try read(oid, value)
        }
      }
      try reader.finish("the list's last field")
    }

    private mutating func read(_ oid: OID, _ value: DERReader) throws(DERError) {
      var value = value
      switch oid {
      case .crlNumber:
        let start = value.position
        let content = try value.readInteger("cRLNumber")
        // Zero, which `openssl ca` can be told to begin with, reads as no number: any number is higher.
        guard content.first ?? 0x80 < 0x80, content.count <= 20 else {
          throw DERError("cRLNumber is negative or longer than 20 bytes", at: start)
        }
        number = SerialNumber(magnitude: content)
      case .authorityKeyIdentifier:
        var values = ExtensionValues()
        try values.read(oid, value)
        authorityKeyIdentifier = values.authorityKeyIdentifier
        return
      case .issuingDistributionPoint:
        let point = try value.read(.sequence, "issuingDistributionPoint")
        issuingDistributionPoint = Array(value.slice(point.range))
      case .deltaCRLIndicator:
        isDelta = true
        return
      default: return
      }
      try value.finish("the extension \(oid.name)")
    }
  }
}
