import PKI

/// What the ledger's own files say.
enum RecordInspector {
  static func event(_ event: LedgerEvent) -> Inspected {
    var shown = Inspected("event of \"\(event.owner)\"", kind: "event")
    shown.add("Event", describe(event.action))
    shown.add("Serial", event.id.serial.description)
    shown.add("Issuer key", event.id.issuer.hex)
    shown.add("Public key", event.publicKey.hex)
    shown.add("Not after", event.notAfter.description)
    shown.add("Recorded", event.at.description)
    return shown
  }

  static func describe(_ action: LedgerEvent.Action) -> String {
    switch action {
    case .revoked(let reason, let date, let cause):
      "revoked from \(date), reason \(reason.rawValue), cause \(cause.rawValue)"
    case .released: "released from hold"
    case .retired: "retired"
    case .renamed(let name): "renamed to \"\(name)\""
    }
  }

  /// A run's record, as far as it has the fields of one.
  static func run(_ node: Node) -> Inspected? {
    guard let digest = text("plan_digest", of: node), let time = text("time", of: node) else {
      return nil
    }
    var shown = Inspected("run at \(time)", kind: "run")
    shown.add("Desired commit", text("desired_commit", of: node))
    shown.add("Plan digest", digest)
    shown.add(
      "Changes",
      items("changes", of: node).map { change in
        ["action", "kind", "name", "serial"].compactMap { text($0, of: change) }
          .joined(separator: " ")
      })
    shown.add(
      "CRLs",
      items("crls", of: node).map { list in
        "\(text("issuer_key", of: list) ?? "") number \(text("number", of: list) ?? "")"
      })
    return shown
  }

  private static func value(_ key: String, of node: Node) -> Node? {
    guard case .mapping(let entries, _) = node else { return nil }
    return entries.first { $0.key.text == key }?.value
  }

  private static func text(_ key: String, of node: Node) -> String? {
    guard case .scalar(let scalar) = value(key, of: node) else { return nil }
    return scalar.text
  }

  private static func items(_ key: String, of node: Node) -> [Node] {
    guard case .sequence(let items, _) = value(key, of: node) else { return [] }
    return items
  }
}
