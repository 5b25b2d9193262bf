/// Why a change is made: the cause and its explanation in one value. Text, JSON and Markdown are all
/// written from it; nobody writes a second sentence for the same fact.
package enum Reason: Hashable, Sendable {
  // Certificates
  case missing(Place)
  case returned(Place)
  case differs(FieldDifference, Place)
  case issuerChanged(from: String, to: Name, Place)
  case keyAlgorithmChanged(from: String, to: KeyAlgorithm, Place)
  case newRequest(file: String, Place)
  case requestDropped(Place)
  case revoked(RevocationReason, Place?)
  case keyCompromised
  case due(renewAt: Timestamp, notAfter: Timestamp)
  case expired(Timestamp)
  case staysValid(serial: SerialNumber, until: Timestamp)
  case cascades(unexpired: Int)

  // Revocations and departures
  case declaredRevocation(RevocationReason, Place)
  case released(Place)
  case removedWithRevocation(last: Place)
  case removed(last: Place?)
  case validUntil(Timestamp, name: Name, isAuthority: Bool)
  case renamed(from: Name, Place)

  // CRLs
  case firstRevocationList
  case entriesAdded(Int)
  case entriesReleased(Int)
  case reasonsChanged(Int)
  case revocationListDue(refreshAt: Timestamp, nextUpdate: Timestamp)
  case revocationListLifetime(from: Lifetime, to: Lifetime, Place)
  case partitionsMissing(Int, Place)

  // Publishing
  case published(new: Place)
  case declarationChanged(Place)
  case noLongerDeclared
  case follows(String)
  case drift(paths: [String])
  case desiredTreeChanged
  /// Settings, policies and protections, which show in nothing else.
  case declaredBesides([String])
  case ledgersUnited
}

extension Reason {
  /// The sentence, in lower case without a full stop and without the place.
  package var sentence: String {
    switch self {
    case .missing: "it has no certificate"
    case .returned: "the name was retired and is declared again"
    case .differs(let difference, _):
      "\(difference.field.rawValue) is \(Reason.text(difference.actual)), declared "
        + Reason.text(difference.expected)
    case .issuerChanged(let from, let to, _): "issued by \(from), declared issuer \(to)"
    case .keyAlgorithmChanged(let from, let to, _): "key is \(from), declared \(to.rawValue)"
    case .newRequest(let file, _): "\(file) holds another public key"
    case .requestDropped: "its key came from a request, the declared key is managed"
    case .revoked(let reason, _): "its certificate is revoked (\(reason.rawValue))"
    case .keyCompromised: "its key was revoked as compromised"
    case .due(let renewAt, let notAfter): "due since \(renewAt), expires \(notAfter)"
    case .expired(let notAfter): "expired \(notAfter)"
    case .staysValid(let serial, let until):
      "the certificate it replaces, \(serial), stays valid until \(until) unless it is revoked"
    case .cascades(let unexpired): Reason.cascade(unexpired)
    case .declaredRevocation(let reason, _): "declared, reason \(reason.rawValue)"
    case .released: "the hold is released"
    case .removedWithRevocation: "removed from desired state with onRemoval: revoke"
    case .removed: "removed from desired state"
    case .validUntil(let until, let name, let isAuthority):
      "its certificate stays valid until \(until); to end it now add a Revocation with "
        + "\(isAuthority ? "authority" : "identity"): \(name)"
    case .renamed(let from, _): "renamed from \(from)"
    case .firstRevocationList: "the authority has no CRL"
    case .entriesAdded(let count): "adds \(Reason.count(count, "revoked certificate"))"
    case .entriesReleased(let count): "releases \(Reason.count(count, "held certificate"))"
    case .reasonsChanged(let count): "changes the reason of \(Reason.count(count, "entry"))"
    case .revocationListDue(let refreshAt, let nextUpdate):
      "due since \(refreshAt), nextUpdate \(nextUpdate)"
    case .revocationListLifetime(let from, let to, _): "lifetime is \(from), declared \(to)"
    case .partitionsMissing(let count, _):
      "\(Reason.count(count, "partition")) of it \(count == 1 ? "does" : "do") not exist yet"
    case .published: "new in desired state"
    case .declarationChanged: "its declaration changed"
    case .noLongerDeclared: "no longer declared"
    case .follows(let cause): "follows \(cause)"
    case .drift(let paths): Reason.drift(paths)
    case .declaredBesides(let what): "rules that show nowhere else change: \(Reason.listed(what))"
    case .desiredTreeChanged: "the desired state is another one than last applied"
    case .ledgersUnited: "two runs recorded without each other"
    }
  }

  /// Where in desired state the cause stands, if it stands there.
  package var place: Place? {
    switch self {
    case .missing(let place), .returned(let place), .differs(_, let place),
      .issuerChanged(_, _, let place), .keyAlgorithmChanged(_, _, let place),
      .newRequest(_, let place), .requestDropped(let place),
      .declaredRevocation(_, let place), .released(let place),
      .removedWithRevocation(let place), .renamed(_, let place),
      .revocationListLifetime(_, _, let place), .partitionsMissing(_, let place),
      .published(let place),
      .declarationChanged(let place):
      place
    case .revoked(_, let place), .removed(let place): place
    case .keyCompromised, .due, .expired, .staysValid, .cascades, .validUntil,
      .firstRevocationList, .entriesAdded, .entriesReleased, .reasonsChanged, .revocationListDue,
      .noLongerDeclared, .follows, .drift, .desiredTreeChanged, .declaredBesides, .ledgersUnited:
      nil
    }
  }

  /// The stable name of the reason, for machines.
  package var code: String {
    switch self {
    case .missing: "missing"
    case .returned: "returned"
    case .differs: "differs"
    case .issuerChanged: "issuerChanged"
    case .keyAlgorithmChanged: "keyAlgorithmChanged"
    case .newRequest: "newRequest"
    case .requestDropped: "requestDropped"
    case .revoked: "revoked"
    case .keyCompromised: "keyCompromised"
    case .due: "due"
    case .expired: "expired"
    case .staysValid: "staysValid"
    case .cascades: "cascades"
    case .declaredRevocation: "declaredRevocation"
    case .released: "released"
    case .removedWithRevocation: "removedWithRevocation"
    case .removed: "removed"
    case .validUntil: "validUntil"
    case .renamed: "renamed"
    case .firstRevocationList: "firstRevocationList"
    case .entriesAdded: "entriesAdded"
    case .entriesReleased: "entriesReleased"
    case .reasonsChanged: "reasonsChanged"
    case .revocationListDue: "revocationListDue"
    case .revocationListLifetime: "revocationListLifetime"
    case .partitionsMissing: "partitionsMissing"
    case .published: "published"
    case .declarationChanged: "declarationChanged"
    case .noLongerDeclared: "noLongerDeclared"
    case .follows: "follows"
    case .drift: "drift"
    case .desiredTreeChanged: "desiredTreeChanged"
    case .declaredBesides: "declaredBesides"
    case .ledgersUnited: "ledgersUnited"
    }
  }

  private static func text(_ value: String) -> String { value.isEmpty ? "none" : value }

  private static func cascade(_ unexpired: Int) -> String {
    unexpired == 0
      ? "no unexpired certificate depends on it"
      : "\(count(unexpired, "unexpired certificate")) below it will be refused everywhere"
  }

  private static func listed(_ names: [String]) -> String {
    let shown = names.prefix(5).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }

  private static func drift(_ paths: [String]) -> String {
    let shown = paths.prefix(3).joined(separator: ", ")
    let more = paths.count > 3 ? " and \(paths.count - 3) more" : ""
    return "published bytes differ from what is rendered: \(shown)\(more)"
  }

  package static func count(_ count: Int, _ noun: String) -> String {
    guard count != 1 else { return "1 \(noun)" }
    let endsInConsonantAndY = noun.hasSuffix("y") && !"aeou".contains(noun.dropLast().last ?? "a")
    return endsInConsonantAndY ? "\(count) \(noun.dropLast())ies" : "\(count) \(noun)s"
  }
}
