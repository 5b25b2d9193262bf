import SwiftASN1
import X509

/// How one extension of a certificate is written: whether it is there, whether it is critical, and
/// its value.
///
/// The list below is the profile of every certificate that certwright signs, in the order of
/// encoding. The same list says which extensions an issued certificate must have.
struct ExtensionRecipe: Sendable {
  typealias Extension = X509.Certificate.Extension

  let oid: OID
  let isPresent: @Sendable (CertificateSpec) -> Bool
  let isCritical: @Sendable (CertificateSpec) -> Bool
  /// Takes the criticality last. Fails on what the extension cannot say, as text beyond ASCII.
  let make: @Sendable (CertificateSpec, KeyIdentifiers, Bool) throws -> Extension

  /// The two identifiers that no specification knows, because they follow from keys.
  struct KeyIdentifiers: Sendable {
    let subject: [UInt8]
    let issuer: [UInt8]
  }

  static let all: [ExtensionRecipe] = [
    basicConstraints, keyUsage, extendedKeyUsage, subjectKeyIdentifier, authorityKeyIdentifier,
    alternativeNames, nameConstraints, distributionPoints, authorityInfoAccess,
  ]

  /// RFC 5280 section 4.2.1.9. An end entity has an empty sequence, because cA FALSE is the default
  /// and DER leaves defaults out; critical on both, so that nobody takes a leaf for an authority.
  private static let basicConstraints = ExtensionRecipe(
    oid: .basicConstraints, isPresent: { _ in true }, isCritical: { _ in true },
    make: { spec, _, isCritical in
      let constraints: BasicConstraints =
        if let authority = spec.authority {
          .isCertificateAuthority(maxPathLength: authority.pathLength)
        } else {
          .notCertificateAuthority
        }
      return try Extension(constraints, critical: isCritical)
    })

  /// RFC 5280 section 4.2.1.3.
  private static let keyUsage = ExtensionRecipe(
    oid: .keyUsage, isPresent: { !$0.keyUsage.isEmpty }, isCritical: { _ in true },
    make: { spec, _, isCritical in
      try Extension(X509.KeyUsage(spec.keyUsage), critical: isCritical)
    })

  /// RFC 5280 section 4.2.1.12.
  private static let extendedKeyUsage = ExtensionRecipe(
    oid: .extendedKeyUsage, isPresent: { !$0.extendedKeyUsage.isEmpty }, isCritical: { _ in false },
    make: { spec, _, isCritical in
      let usages = try spec.extendedKeyUsage.compactMap(X509.ExtendedKeyUsage.Usage.init)
      return try Extension(X509.ExtendedKeyUsage(usages), critical: isCritical)
    })

  /// RFC 5280 section 4.2.1.2.
  private static let subjectKeyIdentifier = ExtensionRecipe(
    oid: .subjectKeyIdentifier, isPresent: { _ in true }, isCritical: { _ in false },
    make: { _, keys, isCritical in
      try Extension(
        SubjectKeyIdentifier(keyIdentifier: keys.subject[...]), critical: isCritical)
    })

  /// RFC 5280 section 4.2.1.1. A root has it too, equal to its own identifier.
  private static let authorityKeyIdentifier = ExtensionRecipe(
    oid: .authorityKeyIdentifier, isPresent: { _ in true }, isCritical: { _ in false },
    make: { _, keys, isCritical in
      try Extension(AuthorityKeyIdentifier(keyIdentifier: keys.issuer[...]), critical: isCritical)
    })

  /// RFC 5280 section 4.2.1.6: critical when it is the only name there is.
  private static let alternativeNames = ExtensionRecipe(
    oid: .subjectAlternativeName, isPresent: { !$0.alternativeNames.isEmpty },
    isCritical: { $0.subject.isEmpty },
    make: { spec, _, isCritical in
      try Extension(
        SubjectAlternativeNames(spec.alternativeNames.map(X509.GeneralName.init)),
        critical: isCritical)
    })

  /// RFC 5280 section 4.2.1.10.
  private static let nameConstraints = ExtensionRecipe(
    oid: .nameConstraints, isPresent: { $0.nameConstraints?.isEmpty == false },
    isCritical: { _ in true },
    make: { spec, _, isCritical in
      let constraints = X509.NameConstraints(
        permittedSubtrees: spec.nameConstraints?.permitted.generalNames ?? [],
        excludedSubtrees: spec.nameConstraints?.excluded.generalNames ?? [])
      return try Extension(constraints, critical: isCritical)
    })

  /// RFC 5280 section 4.2.1.13: one distribution point for each URI. swift-certificates has no type
  /// for this extension.
  private static let distributionPoints = ExtensionRecipe(
    oid: .crlDistributionPoints, isPresent: { !$0.distributionPoints.isEmpty },
    isCritical: { _ in false },
    make: { spec, _, isCritical in
      var value = DER.Serializer()
      try value.appendConstructedNode(identifier: .sequence) { points in
        for uri in spec.distributionPoints {
          try points.appendConstructedNode(identifier: .sequence) { point in
            try point.appendConstructedNode(identifier: .context(0)) { name in
              try name.appendConstructedNode(identifier: .context(0)) { fullName in
                try fullName.serialize(X509.GeneralName.uniformResourceIdentifier(uri))
              }
            }
          }
        }
      }
      return Extension(
        oid: try ASN1ObjectIdentifier(OID.crlDistributionPoints), critical: isCritical,
        value: value.serializedBytes[...])
    })

  /// RFC 5280 section 4.2.2.1: where the issuer's own certificate is.
  private static let authorityInfoAccess = ExtensionRecipe(
    oid: .authorityInfoAccess, isPresent: { !$0.issuerURLs.isEmpty }, isCritical: { _ in false },
    make: { spec, _, isCritical in
      let access = AuthorityInformationAccess(
        spec.issuerURLs.map { uri in
          .init(method: .issuingCA, location: .uniformResourceIdentifier(uri))
        })
      return try Extension(access, critical: isCritical)
    })
}
