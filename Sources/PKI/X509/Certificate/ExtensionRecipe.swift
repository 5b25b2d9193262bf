/// How one extension of a certificate is written: whether it is there, whether it is critical, and
/// its value.
///
/// The list below is the profile of every certificate that certwright signs, in the order of
/// encoding. The same list says which extensions an issued certificate must have.
struct ExtensionRecipe: Sendable {
  let oid: OID
  let isPresent: @Sendable (CertificateSpec) -> Bool
  let isCritical: @Sendable (CertificateSpec) -> Bool
  let write: @Sendable (CertificateSpec, KeyIdentifiers, inout DERWriter) -> Void

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
    write: { spec, _, writer in
      writer.sequence { writer in
        guard let authority = spec.authority else { return }
        writer.true()
        if let pathLength = authority.pathLength { writer.count(pathLength) }
      }
    })

  /// RFC 5280 section 4.2.1.3.
  private static let keyUsage = ExtensionRecipe(
    oid: .keyUsage, isPresent: { !$0.keyUsage.isEmpty }, isCritical: { _ in true },
    write: { spec, _, writer in writer.namedBits(spec.keyUsage.rawValue) })

  /// RFC 5280 section 4.2.1.12.
  private static let extendedKeyUsage = ExtensionRecipe(
    oid: .extendedKeyUsage, isPresent: { !$0.extendedKeyUsage.isEmpty }, isCritical: { _ in false },
    write: { spec, _, writer in
      writer.sequence { writer in
        for purpose in spec.extendedKeyUsage {
          if let oid = purpose.objectIdentifier { writer.objectIdentifier(oid) }
        }
      }
    })

  /// RFC 5280 section 4.2.1.2.
  private static let subjectKeyIdentifier = ExtensionRecipe(
    oid: .subjectKeyIdentifier, isPresent: { _ in true }, isCritical: { _ in false },
    write: { _, keys, writer in writer.primitive(.octetString, keys.subject) })

  /// RFC 5280 section 4.2.1.1. A root has it too, equal to its own identifier.
  private static let authorityKeyIdentifier = ExtensionRecipe(
    oid: .authorityKeyIdentifier, isPresent: { _ in true }, isCritical: { _ in false },
    write: { _, keys, writer in
      writer.sequence { $0.primitive(.context(0), keys.issuer) }
    })

  /// RFC 5280 section 4.2.1.6: critical when it is the only name there is.
  private static let alternativeNames = ExtensionRecipe(
    oid: .subjectAlternativeName, isPresent: { !$0.alternativeNames.isEmpty },
    isCritical: { $0.subject.isEmpty },
    write: { spec, _, writer in
      writer.sequence { writer in
        for name in spec.alternativeNames { writer.generalName(name) }
      }
    })

  /// RFC 5280 section 4.2.1.10.
  private static let nameConstraints = ExtensionRecipe(
    oid: .nameConstraints, isPresent: { $0.nameConstraints?.isEmpty == false },
    isCritical: { _ in true },
    write: { spec, _, writer in
      if let constraints = spec.nameConstraints { writer.nameConstraints(constraints) }
    })

  /// RFC 5280 section 4.2.1.13: one distribution point for each URI.
  private static let distributionPoints = ExtensionRecipe(
    oid: .crlDistributionPoints, isPresent: { !$0.distributionPoints.isEmpty },
    isCritical: { _ in false },
    write: { spec, _, writer in
      writer.sequence { writer in
        for uri in spec.distributionPoints {
          writer.sequence { point in
            point.constructed(.constructedContext(0)) { name in
              name.constructed(.constructedContext(0)) { $0.primitive(.context(6), uri.utf8) }
            }
          }
        }
      }
    })

  /// RFC 5280 section 4.2.2.1: where the issuer's own certificate is.
  private static let authorityInfoAccess = ExtensionRecipe(
    oid: .authorityInfoAccess, isPresent: { !$0.issuerURLs.isEmpty }, isCritical: { _ in false },
    write: { spec, _, writer in
      writer.sequence { writer in
        for uri in spec.issuerURLs {
          writer.sequence { access in
            access.objectIdentifier(.caIssuers)
            access.primitive(.context(6), uri.utf8)
          }
        }
      }
    })
}

extension ExtendedKeyUsage {
  /// The identifier as DER wants it; nil when the text is no object identifier.
  package var objectIdentifier: OID? { Self.known[self] ?? OID(dotted: oid) }

  /// The names that certwright knows need no parsing: they stand in every certificate.
  private static let known: [ExtendedKeyUsage: OID] = {
    var known: [ExtendedKeyUsage: OID] = [:]
    for (purpose, _) in names { known[purpose] = OID(dotted: purpose.oid) }
    return known
  }()

  private static let purposes: [OID: ExtendedKeyUsage] = {
    var purposes: [OID: ExtendedKeyUsage] = [:]
    for (purpose, oid) in known { purposes[oid] = purpose }
    return purposes
  }()

  package init(_ oid: OID) {
    self = Self.purposes[oid] ?? ExtendedKeyUsage(oid: oid.description)
  }
}

extension NameConstraints {
  package var isEmpty: Bool { permitted.isEmpty && excluded.isEmpty }
}
