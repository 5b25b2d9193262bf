/// What a revocation list says, read from its bytes alone. Entries stay bytes until somebody asks.
package struct RevocationListFacts: Hashable, Sendable {
  package let der: [UInt8]
  /// 1 or 2.
  package let version: Int
  package let signatureAlgorithm: SignatureAlgorithmIdentifier
  package let issuer: DistinguishedName
  package let thisUpdate: Timestamp
  /// The last second for which the list speaks; RFC 5280 wants it, X.509 does not.
  package let nextUpdate: Timestamp?
  /// cRLNumber; nil when there is none.
  package let number: SerialNumber?
  package let authorityKeyIdentifier: [UInt8]?
  /// The content of issuingDistributionPoint: such a list is not complete (section 5.2.5).
  package let issuingDistributionPoint: [UInt8]?
  /// Whether this is a delta list, which says only what changed (section 5.2.4).
  package let isDelta: Bool
  package let extensions: [CertificateExtension]
  package let count: Int
  /// The number of entries that carry critical extensions which nobody here knows; an indirect
  /// list's certificateIssuer is one. Such entries may speak of another issuer's certificates.
  package let unknownCriticalEntries: Int
  package let toBeSignedRange: Range<Int>
  package let signatureRange: Range<Int>
  /// The content of revokedCertificates.
  let entriesRange: Range<Int>

  package var toBeSigned: ArraySlice<UInt8> { der[toBeSignedRange] }
  package var signature: ArraySlice<UInt8> { der[signatureRange] }

  /// From thisUpdate to nextUpdate, both included.
  package var lifetime: Lifetime? {
    nextUpdate.map { Lifetime(seconds: $0.seconds - thisUpdate.seconds + 1) }
  }
}
