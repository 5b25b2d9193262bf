import Crypto

/// What a certificate says, read from its bytes alone.
///
/// Certificates of every origin can be read, old ones without extensions too, so a fact says what
/// stands there and not whether that is good. What is not canonical DER, says something twice or
/// contradicts itself is refused.
package struct CertificateFacts: Hashable, Sendable {
  package let der: [UInt8]
  /// 1, 2 or 3.
  package let version: Int
  package let serial: SerialNumber
  package let signatureAlgorithm: SignatureAlgorithmIdentifier
  package let issuer: DistinguishedName
  /// The first second of validity.
  package let notBefore: Timestamp
  /// The last second of validity.
  package let notAfter: Timestamp
  package let subject: DistinguishedName
  package let subjectPublicKeyInfo: SubjectPublicKeyInfo
  /// In the order in which they stand.
  package let extensions: [CertificateExtension]
  package let values: ExtensionValues
  /// The bytes of ``der`` that the signature covers.
  package let toBeSignedRange: Range<Int>
  package let signatureRange: Range<Int>

  /// The key, when it is one of certwright's own kinds.
  package var publicKey: PublicKey? { subjectPublicKeyInfo.publicKey }
  package var keyID: KeyID { subjectPublicKeyInfo.id }
  package var toBeSigned: ArraySlice<UInt8> { der[toBeSignedRange] }
  package var signature: ArraySlice<UInt8> { der[signatureRange] }

  /// From the first to the last second of validity, both included.
  package var lifetime: Lifetime {
    Lifetime(seconds: notAfter.seconds - notBefore.seconds + 1)
  }

  package var isAuthority: Bool { values.authority != nil }
  package var pathLength: Int? { values.authority?.pathLength }
  package var keyUsage: KeyUsage? { values.keyUsage }
  package var extendedKeyUsage: [ExtendedKeyUsage]? { values.extendedKeyUsage }
  /// The names of the four kinds that certwright knows, in the order in which they stand.
  package var alternativeNames: [SubjectAlternativeName] { values.alternativeNames }
  package var subjectKeyIdentifier: [UInt8]? { values.subjectKeyIdentifier }
  package var authorityKeyIdentifier: [UInt8]? { values.authorityKeyIdentifier }
  package var distributionPoints: [String] { values.distributionPoints }
  package var issuerURLs: [String] { values.issuerURLs }
  package var ocspURLs: [String] { values.ocspURLs }
  package var nameConstraints: NameConstraints? { values.nameConstraints }

  /// Whether subject and issuer are the same name, as on a root.
  package var isSelfIssued: Bool { subject == issuer }

  /// Extensions that RFC 5280 section 4.2 tells every reader to refuse when it does not know them.
  package var unknownCriticalExtensions: [OID] {
    extensions.filter { $0.isCritical && !ExtensionValues.known.contains($0.oid) }.map(\.oid)
  }

  /// The SHA-256 of the whole certificate, in lower-case hexadecimal.
  package var fingerprint: String { Hex.encode(SHA256.hash(data: der)) }

  /// What this certificate lends to those that it signs. Its subject key identifier, or where it
  /// has none, the identifier that certwright would have given its key; nil when its key is of a
  /// kind that certwright does not sign with.
  package var asIssuer: CertificateIssuer? {
    publicKey.map { key in
      CertificateIssuer(
        subject: subject, keyIdentifier: subjectKeyIdentifier ?? key.id.bytes, publicKey: key)
    }
  }
}

/// An extension by its type and criticality.
package struct CertificateExtension: Hashable, Sendable, CustomStringConvertible {
  package let oid: OID
  package let isCritical: Bool

  package init(oid: OID, isCritical: Bool) {
    self.oid = oid
    self.isCritical = isCritical
  }

  package var description: String { oid.name + (isCritical ? " (critical)" : "") }
}
