extension Change {
  /// The change as plans are saved and shown.
  func document(_ causes: [String: CausingCommit]) -> JSON {
    .members([
      ("action", .string(action.rawValue)), ("sign", .string(action.sign)),
      ("kind", .string(subject.word)), ("name", .string(subject.name)),
      ("certificate", certificateForm), ("events", eventsForm), ("crl", listForm),
      ("declaration", declaration.map { .string($0) }),
      ("paths", pathsForm), ("guard", guardForm),
      ("reasons", .array(reasons.map { $0.json(causes) })),
    ])
  }

  private var certificateForm: JSON? {
    guard case .certificate(let certificate) = detail else { return nil }
    return certificate.json
  }

  private var eventsForm: JSON? {
    guard case .events(let events) = detail else { return nil }
    return .array(events.map(\.json))
  }

  private var listForm: JSON? {
    guard case .revocationList(let list) = detail else { return nil }
    return .members([
      ("number", .int(list.number)), ("this_update", .string(list.thisUpdate.description)),
      ("next_update", .string(list.nextUpdate.description)),
      ("lifetime", .string(list.lifetime.description)),
    ])
  }

  private var pathsForm: JSON? {
    guard case .paths(let paths) = detail else { return nil }
    return .strings(paths)
  }

  private var guardForm: JSON? {
    guard case .blocked(let guarded) = detail else { return nil }
    return .members([
      ("code", .string(guarded.code)), ("message", .string(guarded.sentence)),
      ("hint", guarded.hint.map { .string($0) }),
    ])
  }
}

extension PlannedCertificate {
  fileprivate var json: JSON {
    .members([
      ("issuer", .string(issuer.text)),
      ("key", .string(key.algorithmName)),
      ("key_source", .string(keySource)), ("key_id", keyID.map { .string($0.hex) }),
      ("request", requestPath.map { .string($0) }),
      ("not_before", .string(validity.notBefore.description)),
      ("not_after", .string(validity.notAfter.description)),
      ("renew_at", .string(renewAt.description)),
      ("replaces", follows.map { .string($0.serial.description) }),
      ("spec", spec.json),
    ])
  }

  private var keyID: KeyID? {
    switch key {
    case .new: nil
    case .kept(let key), .requested(let key, _): key.id
    }
  }

  private var requestPath: String? {
    if case .requested(_, let file) = key { file } else { nil }
  }

  private var keySource: String {
    switch key {
    case .new: "new"
    case .kept: "kept"
    case .requested: "request"
    }
  }
}

extension PlannedEvent {
  fileprivate var json: JSON {
    let (event, reason, to): (String, String?, String?) =
      switch action {
      case .revoke(let reason, _): ("revoke", reason.rawValue, nil)
      case .release: ("release", nil, nil)
      case .retire: ("retire", nil, nil)
      case .rename(let name): ("rename", nil, name.text)
      }
    return .members([
      ("event", .string(event)), ("serial", .string(id.serial.description)),
      ("issuer_key", .string(id.issuer.hex)), ("owner", .string(owner.text)),
      ("not_after", .string(notAfter.description)),
      ("reason", reason.map { .string($0) }), ("to", to.map { .string($0) }),
    ])
  }
}

extension Reason {
  /// - Parameter causes: the commits that brought what reasons name, by file.
  package func json(_ causes: [String: CausingCommit]) -> JSON {
    .members([
      ("code", .string(code)), ("message", .string(sentence)),
      (
        "place",
        place.map {
          .members([
            ("file", .string($0.file)), ("line", .int($0.line)), ("column", .int($0.column)),
          ])
        }
      ),
      ("commit", causingFile.flatMap { causes[$0]?.json }),
    ])
  }
}
