import SwiftASN1

extension RequestFacts {
  /// Reads a file that holds one request and nothing else, as PEM or as plain DER.
  package init(file bytes: [UInt8]) throws(RequestError) {
    try self.init(der: try Self.der(of: bytes))
  }

  /// Labels of RFC 7468 section 7; the second is what old tools write.
  private static let labels = [PEM.certificationRequest, "NEW CERTIFICATE REQUEST"]

  private static func der(of bytes: [UInt8]) throws(RequestError) -> [UInt8] {
    if bytes.first == DERTag.sequence.byte { return bytes }
    let blocks = try malformed { () throws(DERError) in try PEM.blocks(in: bytes) }
    guard !blocks.contains(where: \.isPrivateKey) else {
      throw .refused("the file holds a private key, which must never be in the repository")
    }
    guard let block = blocks.first else { throw .refused("the file holds no PEM block") }
    guard blocks.count == 1 else {
      throw .refused("the file holds \(blocks.count) PEM blocks instead of one request")
    }
    guard labels.contains(block.label) else {
      throw .refused("the file holds a PEM block \"\(block.label)\" instead of a request")
    }
    return block.der
  }

  /// Reads a request that fills the bytes.
  package init(der: [UInt8]) throws(RequestError) {
    let parts = try Self.malformed { () throws(DERError) in try Parts(der) }
    self.der = der
    subject = parts.subject
    signatureAlgorithm = parts.signatureAlgorithm
    infoRange = parts.infoRange
    signatureRange = parts.signatureRange
    guard Self.strongAlgorithms.contains(signatureAlgorithm) else {
      let name = Self.weakAlgorithms[signatureAlgorithm.description] ?? signatureAlgorithm.name
      throw .refused("the request is signed with \(name), which is not accepted")
    }
    guard let key = parts.key.publicKey else {
      throw .refused("the request's key is \(parts.key.algorithmDescription), which is refused")
    }
    publicKey = key
    try Self.check(parts.subject)
    let attributes = try Attributes(parts.attributes, in: der)
    alternativeNames = attributes.alternativeNames
    requestedExtensions = attributes.requestedExtensions
    ignoredAttributes = attributes.ignored
  }

  static func malformed<Value>(
    _ body: () throws(DERError) -> Value
  ) throws(RequestError) -> Value {
    do { return try body() } catch { throw .malformed(error) }
  }

  /// RSA with SHA-384 and SHA-512 proves possession as well as certwright's own algorithms.
  private static let strongAlgorithms: Set<OID> = Set(
    SignatureAlgorithm.allCases.map(\.oid)
      + ["1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13"].compactMap { OID(dotted: $0) })

  private static let weakAlgorithms: [String: String] = [
    "1.2.840.113549.1.1.2": "MD2", "1.2.840.113549.1.1.4": "MD5", "1.2.840.113549.1.1.5": "SHA-1",
    "1.3.14.3.2.29": "SHA-1", "1.2.840.10045.4.1": "SHA-1", "1.2.840.113549.1.1.10": "RSASSA-PSS",
    "1.2.840.113549.1.1.14": "SHA-224", "1.2.840.10045.4.3.1": "SHA-224",
  ]

  private static func check(_ subject: DistinguishedName) throws(RequestError) {
    for attribute in subject.attributes {
      guard attribute.isText else {
        throw .refused("the subject's \(attribute.shortName) is no text")
      }
      guard !NameText.hasControlCharacter(attribute.value) else {
        throw .refused("the subject's \(attribute.shortName) has a control character")
      }
    }
  }

  /// The request taken apart, before anything is judged. X509's CertificateSigningRequest does not
  /// come into question: it fails on every key that swift-crypto refuses, without its name.
  private struct Parts {
    let subject: DistinguishedName
    let key: SubjectPublicKeyInfo
    let attributes: DERNodes
    let signatureAlgorithm: OID
    let infoRange: Range<Int>
    let signatureRange: Range<Int>

    init(_ der: [UInt8]) throws(DERError) {
      let signed = try SignedNodes(
        ASN1Node.parse(DERReader(der), "the request"), "the request")
      infoRange = signed.content.range
      signatureRange = signed.signatureRange
      var algorithm = try DERNodes(signed.algorithm, "the signature algorithm")
      signatureAlgorithm = try algorithm.next("the signature algorithm")
        .objectIdentifier("the signature algorithm")

      var fields = try DERNodes(signed.content, "the request's information")
      guard try fields.next(.integer, "the version").count("the version") == 0 else {
        throw DERError("the version of the request is not 1, which is written as 0")
      }
      subject = try DistinguishedName(fields.next(.sequence, "the subject"), "the subject")
      key = try SubjectPublicKeyInfo(fields.next(.sequence, "the public key"), in: der)
      attributes = try fields.inside("the set of attributes", .context(0))
      try fields.finish("the set of attributes")
    }
  }
}
