/// The text of a certificate's file in the ledger: who it was made for, then the certificate and the
/// intermediates above it at that time.
///
/// RFC 7468 section 2 lets a PEM file begin with explanatory text, which every reader skips; so one
/// blob serves as record and as what a server loads.
package enum LedgerCertificate {
  package static func preamble(of certificate: IssuedCertificate) -> [UInt8] {
    let kind = certificate.facts.isAuthority ? "Authority" : "Identity"
    var text = "\(kind): \(certificate.issuedTo)\n"
    if let request = certificate.request { text += "Request: \(request)\n" }
    return Array(text.utf8)
  }

  package static func encode(_ certificate: IssuedCertificate) -> [UInt8] {
    preamble(of: certificate) + PEM.encode("CERTIFICATE", certificate.facts.der)
      + certificate.intermediates.flatMap { PEM.encode("CERTIFICATE", $0) }
  }
}

/// Why a file of the ledger cannot be read.
package struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

extension LedgerCertificate {
  /// Reads what ``encode(_:)`` wrote.
  ///
  /// - Parameter issuer: the key that signed, which the path names.
  package static func decode(
    _ bytes: [UInt8], issuer: KeyID
  ) throws(LedgerError) -> IssuedCertificate {
    do throws(DERError) {
      return try decode(try PEM.blocks(in: bytes), issuer: issuer)
    } catch {
      throw LedgerError(error.description)
    }
  }

  private static func decode(
    _ blocks: [PEM.Block], issuer: KeyID
  ) throws(DERError) -> IssuedCertificate {
    guard let leaf = blocks.first, blocks.allSatisfy({ $0.label == PEM.certificate }) else {
      throw DERError("holds something else than certificates")
    }
    let fields = fields(of: leaf.preamble)
    guard let owner = (fields["Identity"] ?? fields["Authority"]).flatMap({ Name($0) }) else {
      throw DERError("does not say for whom the certificate was made")
    }
    let facts = try CertificateFacts(leaf.der)
    return IssuedCertificate(
      id: CertificateID(issuer: issuer, serial: facts.serial), issuedTo: owner,
      request: fields["Request"], facts: facts, intermediates: blocks.dropFirst().map(\.der))
  }

  private static func fields(of preamble: [String]) -> [String: String] {
    var fields: [String: String] = [:]
    for line in preamble {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[String(parts[0])] = String(parts[1].drop { $0 == " " })
    }
    return fields
  }
}
