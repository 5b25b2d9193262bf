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

  /// The certificate with the id of the blob that ``encode(_:)`` makes of it. Whoever writes the blob
  /// encodes it again: all texts of a run held in between would be most of its memory.
  package static func recorded(_ certificate: IssuedCertificate) -> IssuedCertificate {
    certificate.recorded(as: BlobID.of(encode(certificate)))
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
  /// Reads many files: what most of them have in common is read once and held once.
  package struct Reader {
    private var memory = CertificateMemory()
    /// The intermediates that were read last, as text and as bytes.
    private var last: (text: ArraySlice<UInt8>, intermediates: [[UInt8]]) = ([], [])

    package init() {}

    /// Reads what ``LedgerCertificate/encode(_:)`` wrote.
    ///
    /// - Parameters:
    ///   - issuer: the key that signed, which the path names.
    ///   - record: the blob that holds the bytes, when they are a published file's.
    package mutating func decode(
      _ bytes: [UInt8], issuer: KeyID, record: ObjectID? = nil
    ) throws(LedgerError) -> IssuedCertificate {
      do throws(DERError) {
        return try read(bytes, issuer: issuer, record: record)
      } catch {
        throw LedgerError(error.description)
      }
    }

    private mutating func read(
      _ bytes: [UInt8], issuer: KeyID, record: ObjectID?
    ) throws(DERError) -> IssuedCertificate {
      let (leaf, rest) = try PEM.first(in: bytes)
      guard leaf.label == PEM.certificate else { throw Self.foreign }
      let fields = LedgerCertificate.fields(of: leaf.preamble)
      guard let owner = (fields["Identity"] ?? fields["Authority"]).flatMap({ Name($0) }) else {
        throw DERError("does not say for whom the certificate was made")
      }
      let facts = try CertificateFacts(leaf.der, recalling: &memory)
      return IssuedCertificate(
        id: CertificateID(issuer: issuer, serial: facts.serial), issuedTo: owner,
        request: fields["Request"], facts: facts, intermediates: try intermediates(rest),
        record: record)
    }

    private mutating func intermediates(
      _ text: ArraySlice<UInt8>
    ) throws(DERError) -> [[UInt8]] {
      if text == last.text { return last.intermediates }
      let blocks = try PEM.blocks(in: Array(text))
      guard blocks.allSatisfy({ $0.label == PEM.certificate }) else { throw Self.foreign }
      last = (text, blocks.map(\.der))
      return last.intermediates
    }

    private static let foreign = DERError("holds something else than certificates")
  }

  fileprivate static func fields(of preamble: [String]) -> [String: String] {
    var fields: [String: String] = [:]
    for line in preamble {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[String(parts[0])] = String(parts[1].drop { $0 == " " })
    }
    return fields
  }
}
