package import PKI

/// Why bytes that certwright has made are not what it meant to make.
package enum JudgementError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Not the DER that it should be; the text says which part.
  case malformed(String)
  case signedBySomebodyElse
  /// The AlgorithmIdentifiers do not agree with each other or with the issuer's key.
  case wrongAlgorithm
  case failed(OpenSSLError)
  /// OpenSSL's sentence, and where in the path: 0 is the certificate itself.
  case invalidPath(String, depth: Int)

  package var description: String {
    switch self {
    case .malformed(let part): "is not well-formed: \(part)"
    case .signedBySomebodyElse: "does not bear its issuer's signature"
    case .wrongAlgorithm: "names another signature algorithm than its issuer's key has"
    case .failed(let error): "cannot be checked: \(error)"
    case .invalidPath(let reason, let depth): "has no valid path: \(reason) at depth \(depth)"
    }
  }
}

/// An extension as it stands in a certificate or CRL.
package struct JudgedExtension: Hashable, Sendable {
  /// Dotted, as in `2.5.29.17`.
  package let identifier: String
  package let isCritical: Bool
  /// The content of the extnValue OCTET STRING.
  package let value: [UInt8]
}

/// What a certificate says, read back without the code that wrote it.
package struct JudgedCertificate: Hashable, Sendable {
  package let serial: SerialNumber
  /// The DER of the Name.
  package let issuer: [UInt8]
  package let subject: [UInt8]
  package let notBefore: Timestamp
  package let notAfter: Timestamp
  package let subjectPublicKeyInfo: [UInt8]
  /// In the order in which they stand.
  package let extensions: [JudgedExtension]
}

/// What a CRL says, without its entries.
package struct JudgedRevocationList: Hashable, Sendable {
  package let issuer: [UInt8]
  package let thisUpdate: Timestamp
  package let nextUpdate: Timestamp
  /// The content octets of the CRLNumber (RFC 5280 section 5.2.3).
  package let number: [UInt8]
  package let entryCount: Int
  package let extensions: [JudgedExtension]
}
