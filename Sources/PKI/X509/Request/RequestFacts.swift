/// What a certification request (PKCS#10, RFC 2986) says, after its structure has been checked for
/// all that `openssl req -verify` lets through. Whether its signature is good is still to be seen.
package struct RequestFacts: Hashable, Sendable {
  package let der: [UInt8]
  package let subject: DistinguishedName
  package let publicKey: PublicKey
  /// Names of the four known kinds; any other kind is refused.
  package let alternativeNames: [SubjectAlternativeName]
  /// The extensions asked for, in order. Nothing but the key is ever taken from a request.
  package let requestedExtensions: [OID]
  /// Attributes that were read over: platforms add their own.
  package let ignoredAttributes: [OID]
  package let signatureAlgorithm: OID
  /// The CertificationRequestInfo: what the signature covers.
  package let infoRange: Range<Int>
  package let signatureRange: Range<Int>

  package var info: ArraySlice<UInt8> { der[infoRange] }
  package var signature: ArraySlice<UInt8> { der[signatureRange] }
  package var subjectPublicKeyInfo: [UInt8] { publicKey.subjectPublicKeyInfo }
}

/// Why a certification request is refused.
package enum RequestError: Error, Hashable, Sendable, CustomStringConvertible {
  case malformed(DERError)
  /// A sentence in lower case without a full stop.
  case refused(String)

  package var description: String {
    switch self {
    case .malformed(let error): error.description
    case .refused(let sentence): sentence
    }
  }
}
