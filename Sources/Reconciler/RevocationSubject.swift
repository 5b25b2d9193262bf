import PKI

/// What a person on call names, as the fields of a Revocation.
struct RevocationSubject: Sendable {
  private static let longestSlug = 80

  let owner: Name
  /// Safe in the name of a file and of a branch.
  let slug: String
  let fields: [(name: String, value: String)]

  static func find(
    _ target: String, in state: PublishedState, isReplacing: Bool, at now: Timestamp
  ) throws(ReconcileError) -> RevocationSubject {
    if let name = Name(target), !state.certificates(of: name).isEmpty {
      return try named(name, in: state, isReplacing: isReplacing, at: now)
    }
    if let serial = SerialNumber(hex: target) {
      return try numbered(serial, in: state, isReplacing: isReplacing, at: now)
    }
    throw .invalid(
      "no certificate was ever issued for \"\(target)\"",
      hint: "certwright status lists names; inspect finds names and serial numbers")
  }

  private static func named(
    _ name: Name, in state: PublishedState, isReplacing: Bool, at now: Timestamp
  ) throws(ReconcileError) -> RevocationSubject {
    let open = state.unexpired(of: name, at: now).filter { !state.isRevoked($0.id) }
    guard let newest = open.last else {
      throw .invalid(
        "\"\(name)\" has no certificate left to revoke: all are revoked or have expired", hint: nil)
    }
    let slug = slug(of: name)
    guard !newest.facts.isAuthority else {
      guard !isReplacing else {
        throw .invalid("an authority cannot be issued anew", hint: "leave --replace out")
      }
      return RevocationSubject(owner: name, slug: slug, fields: [("authority", name.text)])
    }
    let until = isReplacing ? [("issuedBefore", now.description)] : []
    return RevocationSubject(owner: name, slug: slug, fields: [("identity", name.text)] + until)
  }

  /// References and file names have at most 255 bytes.
  private static func slug(of name: Name) -> String {
    let text = name.text.replacing("/", with: "-").replacing("..", with: "-")
    guard text.utf8.count > longestSlug else { return text }
    return "\(text.prefix(longestSlug))-\(BlobID.of(Array(name.text.utf8)).hex.prefix(8))"
  }

  private static func numbered(
    _ serial: SerialNumber, in state: PublishedState, isReplacing: Bool, at now: Timestamp
  ) throws(ReconcileError) -> RevocationSubject {
    guard !isReplacing else {
      throw .invalid(
        "one certificate is replaced anyway while its identity is declared",
        hint: "leave --replace out")
    }
    let found = state.certificates.values.filter {
      $0.id.serial == serial && !$0.isExpired(at: now)
    }
    guard let certificate = found.first else {
      throw .invalid("no unexpired certificate has the serial number \(serial)", hint: nil)
    }
    guard !state.isRevoked(certificate.id) else {
      throw .invalid("the certificate \(serial) is revoked already", hint: nil)
    }
    guard let issuer = state.authoritiesByKey[certificate.id.issuer] else {
      throw .invalid("the authority that issued \(serial) is not known", hint: nil)
    }
    return RevocationSubject(
      owner: state.owner(of: certificate), slug: serial.description,
      fields: [
        ("identity", state.owner(of: certificate).text), ("issuer", state.owner(of: issuer).text),
        ("serial", "\"\(serial)\""),
      ])
  }
}
