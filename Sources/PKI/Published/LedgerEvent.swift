/// Something that happened to an issued certificate, recorded once in a file of its own.
package struct LedgerEvent: Hashable, Sendable {
  package enum Kind: Hashable, Sendable, CaseIterable {
    case revoked
    case retired
    case renamed

    package var folder: String {
      switch self {
      case .revoked: LedgerPath.revoked
      case .retired: LedgerPath.retired
      case .renamed: LedgerPath.renamed
      }
    }
  }

  /// Why a certificate is on the CRL, which decides what may take it off.
  package enum Cause: String, Hashable, Sendable, CaseIterable {
    /// A Revocation document that must stay while the certificate is unexpired.
    case document
    /// Its identity left desired state with `onRemoval: revoke`.
    case removal
    /// The authority was adopted with it.
    case imported
  }

  package enum Action: Hashable, Sendable {
    /// Put on the CRL, or given a graver reason there; `date` is the entry's revocationDate.
    case revoked(RevocationReason, date: Timestamp, cause: Cause)
    /// A hold has ended.
    case released
    /// The identity left desired state.
    case retired
    /// The identity has another name from now on.
    case renamed(to: Name)

    package var kind: Kind {
      switch self {
      case .revoked, .released: .revoked
      case .retired: .retired
      case .renamed: .renamed
      }
    }
  }

  package let id: CertificateID
  /// The owner at the time of the event.
  package let owner: Name
  package let publicKey: KeyID
  package let notAfter: Timestamp
  package let at: Timestamp
  package let action: Action
  /// Counts the events of one kind of one certificate from 0.
  package let sequence: Int

  package init(
    id: CertificateID, owner: Name, publicKey: KeyID, notAfter: Timestamp, at: Timestamp,
    action: Action, sequence: Int
  ) {
    self.id = id
    self.owner = owner
    self.publicKey = publicKey
    self.notAfter = notAfter
    self.at = at
    self.action = action
    self.sequence = sequence
  }

  package var path: String {
    LedgerPath.event(action.kind, id, notAfter: notAfter, sequence: sequence)
  }
}

// MARK: - YAML

extension LedgerEvent {
  /// The file's bytes: a flat YAML mapping.
  package var yaml: String {
    var lines: [(String, String)] = [
      ("event", eventName), ("owner", owner.text), ("issuer", id.issuer.hex),
      ("serial", "\"\(id.serial)\""), ("publicKey", "\"\(publicKey.hex)\""),
      ("notAfter", notAfter.description), ("at", at.description),
    ]
    lines[2].1 = "\"\(id.issuer.hex)\""
    switch action {
    case .revoked(let reason, let date, let cause):
      lines.append(("reason", reason.rawValue))
      lines.append(("revocationDate", date.description))
      lines.append(("cause", cause.rawValue))
    case .renamed(let name):
      lines.append(("to", name.text))
    case .released, .retired:
      break
    }
    return lines.map { "\($0.0): \($0.1)\n" }.joined()
  }

  private var eventName: String {
    switch action {
    case .revoked: "revoked"
    case .released: "released"
    case .retired: "retired"
    case .renamed: "renamed"
    }
  }

  /// Reads what ``yaml`` wrote; nil is damage.
  package init?(_ node: Node, sequence: Int) {
    guard case .mapping(let entries, _) = node else { return nil }
    var fields: [String: String] = [:]
    for entry in entries {
      guard case .scalar(let scalar) = entry.value else { return nil }
      fields[entry.key.text] = scalar.text
    }
    self.init(fields, sequence: sequence)
  }

  /// Reads the very text that ``yaml`` writes, without a parser for all of YAML: many a CRL has more
  /// entries than there are certificates. nil is anything else, damage or not.
  package init?(written text: String, sequence: Int) {
    var fields: [String: String] = [:]
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      var value = line[colon...].dropFirst(2)
      if value.first == UInt8(ascii: "\"") { value = value.dropFirst().dropLast() }
      fields[String(Substring(line[..<colon]))] = String(Substring(value))
    }
    self.init(fields, sequence: sequence)
    guard yaml == text else { return nil }
  }

  private init?(_ fields: [String: String], sequence: Int) {
    guard let issuer = fields["issuer"].flatMap({ KeyID(hex: $0) }),
      let serial = fields["serial"].flatMap({ SerialNumber(hex: $0) }),
      let owner = fields["owner"].flatMap({ Name($0) }),
      let publicKey = fields["publicKey"].flatMap({ KeyID(hex: $0) }),
      let notAfter = fields["notAfter"].flatMap({ Timestamp($0) }),
      let at = fields["at"].flatMap({ Timestamp($0) }),
      let action = LedgerEvent.action(fields)
    else { return nil }
    self.init(
      id: CertificateID(issuer: issuer, serial: serial), owner: owner, publicKey: publicKey,
      notAfter: notAfter, at: at, action: action, sequence: sequence)
  }

  private static func action(_ fields: [String: String]) -> Action? {
    switch fields["event"] {
    case "released": return .released
    case "retired": return .retired
    case "renamed": return fields["to"].flatMap { Name($0) }.map { .renamed(to: $0) }
    case "revoked":
      guard let reason = fields["reason"].flatMap({ RevocationReason(rawValue: $0) }),
        let date = fields["revocationDate"].flatMap({ Timestamp($0) }),
        let cause = fields["cause"].flatMap({ Cause(rawValue: $0) })
      else { return nil }
      return .revoked(reason, date: date, cause: cause)
    default: return nil
    }
  }
}
