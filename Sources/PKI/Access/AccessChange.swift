/// Who gains or loses access to what by a plan, and until when: what the difference of two files
/// does not say.
///
/// Identities to whom the same happens are one change, so that a renewal of thousands is one
/// sentence.
package struct AccessChange: Hashable, Sendable {
  package enum Who: Hashable, Sendable {
    /// Whoever shows no certificate.
    case anyone
    /// At least one, in the order of their names.
    case identities([Name])
  }

  package enum Kind: Hashable, Sendable {
    case gains(with: Certificate)
    /// At once, or at once for whoever does not use another certificate.
    case loses(unlessUsing: Certificate?)
    /// Nothing changes until the certificate that it has expires.
    case expires(Ending)
  }

  package enum Certificate: Hashable, Sendable {
    /// The one that it has.
    case present
    /// The newest of several that it has.
    case newest
    /// One that this plan makes.
    case planned
  }

  package enum Ending: Hashable, Sendable {
    /// A certificate that this plan makes goes on.
    case unlessRenewed
    /// The certificate that this plan makes is not accepted there.
    case notAccepted
    /// Its name is retired by this plan.
    case retired
  }

  package let who: Who
  package let kind: Kind
  /// In order; at least one.
  package let doors: [AccessDoor]
  /// The same in the words of people, as in `edge:443/admin`; nil is everything that it had.
  package let place: String?
  /// Only from these addresses; nil is all.
  package let sources: [IPRange]?
  /// The first moment at which one of the certificates that matter has expired.
  package let until: Timestamp?
  /// Whether all of them expire on that day.
  package let isSameDay: Bool

  package init(
    who: Who, kind: Kind, doors: [AccessDoor], place: String?, sources: [IPRange]?,
    until: Timestamp?, isSameDay: Bool
  ) {
    self.who = who
    self.kind = kind
    self.doors = doors
    self.place = place
    self.sources = sources
    self.until = until
    self.isSameDay = isSameDay
  }

  package var identities: [Name] {
    if case .identities(let names) = who { names } else { [] }
  }

  /// The stable word for machines.
  package var word: String {
    switch kind {
    case .gains: "gains"
    case .loses: "loses"
    case .expires: "expires"
    }
  }
}

// MARK: - For people

extension AccessChange {
  private static let shownNames = 3

  /// In lower case but for names, without a full stop.
  package var sentence: String {
    switch kind {
    case .gains(let certificate): gain(with: certificate)
    case .loses(nil):
      "\(subject) \(verb("loses", "lose")) \(place ?? "everything")\(origin)"
    case .loses(let other?):
      "\(subject) \(verb("loses", "lose")) \(place ?? "access") at once unless \(pronoun)"
        + " \(verb(other == .planned ? "installs" : "uses", other == .planned ? "install" : "use"))"
        + " \(possessive) \(other == .planned ? "new" : "newest") \(certificates)"
    case .expires(let ending):
      "\(subject) \(verb("loses", "lose")) \(place ?? "access") \(moment)\(why(ending))"
    }
  }

  private func gain(with certificate: Certificate) -> String {
    if who == .anyone {
      return "anyone gains \(place ?? "everything")\(origin) without a certificate"
    }
    let how = certificate == .planned ? " with \(possessive) new \(certificates)" : ""
    let end = until.map { ", \(isSameDay ? "until" : "the first until") \($0.date)" } ?? ""
    return "\(subject) \(verb("gains", "gain")) \(place ?? "everything")\(origin)\(how)\(end)"
  }

  private var moment: String {
    guard let until else { return "when it expires" }
    return isSameDay ? "on \(until.date)" : "from \(until.date) on"
  }

  private func why(_ ending: Ending) -> String {
    switch ending {
    case .unlessRenewed:
      " unless \(pronoun) \(verb("installs", "install")) \(possessive) new \(certificates)"
    case .notAccepted: ": \(possessive) new \(certificates) \(verb("is", "are")) not accepted there"
    case .retired: ", when \(possessive) \(certificates) \(verb("expires", "expire"))"
    }
  }

  private var origin: String {
    guard let sources else { return "" }
    let shown = sources.prefix(Self.shownNames).map(\.printed).joined(separator: ", ")
    let more = sources.count - Self.shownNames
    return " from \(shown)\(more > 0 ? " and \(more) more blocks" : "")"
  }

  private var subject: String {
    switch who {
    case .anyone: "whoever has no accepted certificate"
    case .identities(let names): Self.list(names.map(\.text), "identities")
    }
  }

  /// `a, b and c`, or `a, b and 9 more things`.
  static func list(_ words: [String], _ things: String, shown: Int = shownNames) -> String {
    guard words.count > 1 else { return words.first ?? "" }
    if words.count <= shown {
      return words.dropLast().joined(separator: ", ") + " and \(words[words.count - 1])"
    }
    return words.prefix(shown - 1).joined(separator: ", ")
      + " and \(words.count - shown + 1) more \(things)"
  }

  private var isSingular: Bool { identities.count < 2 }
  private func verb(_ singular: String, _ plural: String) -> String {
    isSingular ? singular : plural
  }
  private var pronoun: String { isSingular ? "it" : "they" }
  private var possessive: String { isSingular ? "its" : "their" }
  private var certificates: String { isSingular ? "certificate" : "certificates" }
}

// MARK: - For machines

extension AccessChange {
  package var json: JSON {
    let proxies = Set(doors.map(\.listener.proxy))
    let listeners = Set(doors.map(\.listener))
    let proxy = proxies.count == 1 ? proxies.first?.text : nil
    let listener = listeners.count == 1 ? listeners.first?.socket : nil
    let route = doors.count == 1 ? doors.first?.path : nil
    return .members([
      ("change", .string(word)),
      ("sentence", .string(sentence)),
      ("identity", text(identities.count == 1 ? identities.first?.text : nil)),
      ("identities", .strings(identities.map(\.text))),
      ("anyone", .bool(who == .anyone)),
      ("proxy", text(proxy)), ("listener", text(listener)), ("route", text(route)),
      ("routes", .array(doors.map(\.json))),
      ("from", sources.map { .strings($0.map(\.printed)) }),
      ("until", text(until?.description)),
      ("condition", condition.map { .string($0) }),
    ])
  }

  private func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

  /// What keeps the access, or why it ends.
  private var condition: String? {
    switch kind {
    case .gains(.planned), .loses(.planned), .expires(.unlessRenewed): "new-certificate"
    case .loses(.newest): "newest-certificate"
    case .expires(.notAccepted): "new-certificate-not-accepted"
    case .expires(.retired): "retired"
    case .gains, .loses: nil
    }
  }
}

extension AccessDoor {
  fileprivate var json: JSON {
    .members([
      ("proxy", .string(listener.proxy.text)), ("listener", .string(listener.socket)),
      ("route", .string(path)),
    ])
  }
}
