import SwiftASN1

/// What reading one certificate leaves for reading the next.
///
/// Certificates of one issuer repeat most of their extensions and the issuer's name byte for byte.
/// Equal bytes are read to equal values, so they are read once, and held once in memory.
package struct CertificateMemory {
  /// More different extensions than this are not remembered: a search must stay cheaper than reading.
  private static let most = 16

  private struct Extension {
    let encoded: [UInt8]
    let item: CertificateExtension
    let values: ExtensionValues
  }

  private var extensions: [Extension] = []
  private var issuer: DistinguishedName?

  package init() {}

  /// The name in these bytes if it was the last issuer's.
  func issuer(_ encoded: ArraySlice<UInt8>) -> DistinguishedName? {
    guard let issuer, encoded.elementsEqual(issuer.der) else { return nil }
    return issuer
  }

  mutating func remember(issuer name: DistinguishedName) { issuer = name }

  /// Adds what an extension in these bytes says to the values, if it was read before.
  func recall(
    _ encoded: ArraySlice<UInt8>, into values: inout ExtensionValues
  ) -> CertificateExtension? {
    guard let known = extensions.first(where: { encoded.elementsEqual($0.encoded) }) else {
      return nil
    }
    values.take(known.item.oid, from: known.values)
    return known.item
  }

  /// Reads an extension into the values, and remembers it.
  mutating func read(
    _ item: CertificateExtension, _ value: DERReader, _ encoded: ArraySlice<UInt8>,
    into values: inout ExtensionValues
  ) throws(DERError) {
    // Those that differ from certificate to certificate would only fill the memory.
    guard extensions.count < Self.most, item.oid != .subjectAlternativeName,
      item.oid != .subjectKeyIdentifier
    else { return try values.read(item.oid, value) }
    var own = ExtensionValues()
    try own.read(item.oid, value)
    values.take(item.oid, from: own)
    extensions.append(Extension(encoded: Array(encoded), item: item, values: own))
  }
}

extension ExtensionValues {
  /// Takes over what another reading of one extension came to.
  fileprivate mutating func take(_ oid: OID, from other: ExtensionValues) {
    switch oid {
    case .basicConstraints: authority = other.authority
    case .keyUsage: keyUsage = other.keyUsage
    case .extendedKeyUsage: extendedKeyUsage = other.extendedKeyUsage
    case .authorityKeyIdentifier: authorityKeyIdentifier = other.authorityKeyIdentifier
    case .nameConstraints: nameConstraints = other.nameConstraints
    case .crlDistributionPoints: distributionPoints = other.distributionPoints
    case .authorityInfoAccess:
      issuerURLs = other.issuerURLs
      ocspURLs = other.ocspURLs
    default: break
    }
    others += other.others
  }
}
