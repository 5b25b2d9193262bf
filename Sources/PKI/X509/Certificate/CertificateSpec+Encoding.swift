import SwiftASN1

extension CertificateSpec {
  /// The last second of a certificate that begins at a moment. The validity counts both ends (RFC
  /// 5280 section 4.1.2.5), so the lifetime includes the last second. What X.509 cannot express
  /// ends with its time; the lint refuses that.
  package func notAfter(from notBefore: Timestamp) -> Timestamp {
    let (seconds, overflows) = notBefore.seconds.addingReportingOverflow(lifetime.seconds)
    guard !overflows, seconds > Int.min else { return .endOfTime }
    return min(Timestamp(seconds: seconds - 1), .endOfTime)
  }

  /// The DER of the TBSCertificate (RFC 5280 section 4.1): version 3, and always the same bytes for
  /// the same values.
  ///
  /// Empty when an extension cannot say what it should, as a DNS name beyond ASCII. The lint refuses
  /// that in words, and ``permit(serial:notBefore:publicKey:issuer:path:)`` signs nothing that it
  /// cannot read back.
  package func toBeSigned(
    serial: SerialNumber, notBefore: Timestamp, publicKey: PublicKey, issuer: CertificateIssuer
  ) -> [UInt8] {
    let keys = ExtensionRecipe.KeyIdentifiers(
      subject: publicKey.id.bytes, issuer: issuer.keyIdentifier)
    var serializer = DER.Serializer()
    do {
      try serializer.appendConstructedNode(identifier: .sequence) { fields in
        try fields.serialize(
          Self.version3, explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific)
        try fields.serialize(serial.bytes[...])
        fields.serializeRawBytes(
          SignatureAlgorithm(for: issuer.publicKey.algorithm).identifier)
        fields.serializeRawBytes(issuer.subject.der)
        try fields.appendConstructedNode(identifier: .sequence) { validity in
          try validity.append(notBefore)
          try validity.append(notAfter(from: notBefore))
        }
        fields.serializeRawBytes(subject.der)
        fields.serializeRawBytes(publicKey.subjectPublicKeyInfo)
        try fields.appendConstructedNode(identifier: .context(3)) { tagged in
          try tagged.serializeSequenceOf(extensions(keys))
        }
      }
    } catch {
      return []
    }
    return serializer.serializedBytes
  }

  /// Versions are counted from 0 (RFC 5280 section 4.1.2.1).
  private static let version3 = 2

  private func extensions(
    _ keys: ExtensionRecipe.KeyIdentifiers
  ) throws -> [ExtensionRecipe.Extension] {
    try ExtensionRecipe.all.filter { $0.isPresent(self) }
      .map { try $0.make(self, keys, $0.isCritical(self)) }
  }

  /// The extensions that a certificate of this specification has, in order.
  package var expectedExtensions: [CertificateExtension] {
    ExtensionRecipe.all.filter { $0.isPresent(self) }
      .map { CertificateExtension(oid: $0.oid, isCritical: $0.isCritical(self)) }
  }
}
