import Foundation
import PKI
import Testing

/// Programs that others wrote, asked about what certwright published.
enum Judge {
  private static let endOfUTCTime = Timestamp(CivilTime(year: 2050, month: 1, day: 1))

  static func expectedTag(_ time: Timestamp) -> String {
    time < endOfUTCTime ? "UTCTIME" : "GENERALIZEDTIME"
  }

  /// The ASN.1 types of all times in a published PEM file, in order.
  static func timeTags(_ world: World, _ path: String) throws -> [String] {
    let text = try Program.run(
      ["openssl", "asn1parse"], in: world.repository, input: try world.published(path)
    ).expect().output
    return text.split(separator: "\n").compactMap { line in
      ["UTCTIME", "GENERALIZEDTIME"].first { line.contains($0) }
    }
  }

  /// The files below the published branch's tree, checked out for programs that read files.
  static func export(_ world: World) throws -> URL {
    let place = world.folder.url("export-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try Program.run(
      ["sh", "-c", "git archive published | tar -x -C '\(place.path)'"], in: world.repository
    ).expect()
    return place
  }

  /// `openssl verify` with all the strictness it has, and every CRL of the chain.
  ///
  /// - Parameters:
  ///   - purpose: `server` or `client`.
  ///   - complaint: what OpenSSL must say instead of OK.
  static func verify(
    _ world: World, _ path: String, _ authority: String, _ purpose: String, at time: Timestamp,
    complaint: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let place = try export(world)
    let outcome = try Program.run(
      [
        "sh", "-c",
        """
        cat authorities/*/crl.pem > crls.pem
        cat authorities/*/ca.pem > cas.pem
        openssl verify -x509_strict -crl_check_all -purpose ssl\(purpose) -attime \(time.seconds) \
          -CAfile cas.pem -untrusted \(authority)/chain.pem -CRLfile crls.pem \(path)
        """,
      ], in: place)
    if let complaint {
      outcome.expect(2, says: complaint, sourceLocation: sourceLocation)
    } else {
      outcome.expect(says: ": OK", sourceLocation: sourceLocation)
    }
  }
}
