/// Why something that desired state asks for is not done.
package enum Guard: Hashable, Sendable {
  /// Would leave a certificate valid longer than the one above it.
  case outlivesIssuer(notAfter: Timestamp, issuer: Name, issuerNotAfter: Timestamp)
  case issuerUnavailable(issuer: Name)
  /// The key was revoked as compromised; the request must be made anew with another key.
  case compromisedRequest(file: String)
  /// The request's key is in use by another identity, or by an authority.
  case keyInUse(by: Name)
  case subjectHeld(by: Name, until: Timestamp)
  /// A Revocation document was removed or changed while it must stand.
  case unrevocation(owner: Name, serial: SerialNumber, until: Timestamp, document: Place?)
  case reasonLightened(owner: Name, from: RevocationReason, to: RevocationReason)
  case notOnHold(owner: Name, reason: RevocationReason)
  case unknownSerial(issuer: Name, serial: SerialNumber)
  case otherOwner(serial: SerialNumber, owner: Name, declared: Name)
  case unknownIdentity(Name)
  case futureTime(Timestamp)
  case rootRevocation(Name)
  /// Authorities keep their key and subject: a new key is a new Authority document.
  case authorityKeyChanged(from: String, to: KeyAlgorithm)
  case authoritySubjectChanged(from: String, to: String)
  case authorityIssuerChanged(from: String, to: Name)
  case proxyServerEnded(server: Name)
  case protected(Name)
  /// Roots renew with somebody's word alone.
  case rootConsent(Name)
  case limit(name: String, count: Int, limit: Int)
  /// Several were there, and none would be left.
  case emptied(Emptied, count: Int)
  /// Policies in force do not let this one be made, changed or removed where it stands.
  case policyChange(PoliciesInForce.Change, inForce: String, count: Int)
  /// The desired commit does not descend from the one last applied: a merge would be undone.
  case rewound(from: ObjectID)
  /// A commit that changes desired state is not signed as the host demands.
  case unsignedCommit(ObjectID, author: String, subject: String, reason: String)
  /// Too few of those who may have signed a file's content.
  case unsignedFile(path: String, reason: String)
  /// A shallow clone hides commits that would have to be signed.
  case historyCut(at: ObjectID)
}

extension Guard {
  /// The guard's stable name.
  package var code: String {
    switch self {
    case .outlivesIssuer: "outlives-issuer"
    case .issuerUnavailable: "issuer-unavailable"
    case .compromisedRequest: "compromised-key"
    case .keyInUse: "key-in-use"
    case .subjectHeld: "subject-held"
    case .unrevocation: "un-revocation"
    case .reasonLightened: "reason-lightened"
    case .notOnHold: "not-on-hold"
    case .unknownSerial: "unknown-serial"
    case .otherOwner: "other-owner"
    case .unknownIdentity: "unknown-identity"
    case .futureTime: "future-time"
    case .rootRevocation: "root-revocation"
    case .authorityKeyChanged: "authority-key"
    case .authoritySubjectChanged: "authority-subject"
    case .authorityIssuerChanged: "authority-issuer"
    case .proxyServerEnded: "proxy-server"
    case .protected: "protected"
    case .rootConsent: "root-consent"
    case .limit(let name, _, _): "limit-\(name)"
    case .emptied: "never-to-zero"
    case .policyChange: "policy-change"
    case .rewound: "rewind"
    case .unsignedCommit: "missing-signature"
    case .unsignedFile: "missing-signers"
    case .historyCut: "missing-history"
    }
  }

  package var sentence: String {
    switch self {
    case .outlivesIssuer(let notAfter, let issuer, let issuerNotAfter):
      "would be valid until \(notAfter), beyond its issuer \(issuer), which expires \(issuerNotAfter)"
    case .issuerUnavailable(let issuer): "its issuer \(issuer) has no usable certificate"
    case .compromisedRequest(let file): "\(file) holds a key that was revoked as compromised"
    case .keyInUse(let name): "its public key belongs to \(name)"
    case .subjectHeld(let name, let until):
      "\(name) holds an unexpired certificate with the same subject until \(until)"
    case .unrevocation(let owner, let serial, let until, _):
      "the certificate \(serial) of \(owner) is revoked and cannot be valid again; its Revocation must"
        + " stay until \(until)"
    case .reasonLightened(let owner, let from, let to):
      "the certificate of \(owner) is revoked for \(from.rawValue), which cannot become \(to.rawValue)"
    case .notOnHold(let owner, let reason):
      "the certificate of \(owner) is revoked for \(reason.rawValue); only certificateHold can be"
        + " released"
    case .unknownSerial(let issuer, let serial):
      "no unexpired certificate of \(issuer) has serial number \(serial)"
    case .otherOwner(let serial, let owner, let declared):
      "the certificate \(serial) belongs to \(owner), not to \(declared)"
    case .unknownIdentity(let name): "no certificate was ever issued for \(name)"
    case .futureTime(let time): "issuedBefore \(time) is in the future"
    case .rootRevocation(let name):
      "\(name) is a root, which no CRL can revoke"
    case .authorityKeyChanged(let from, let to):
      "its key is \(from), declared \(to.rawValue); an authority keeps its key"
    case .authoritySubjectChanged(let from, let to):
      "its subject is \(from), declared \(to); an authority keeps its subject"
    case .authorityIssuerChanged(let from, let to):
      "it was issued by \(from), declared issuer \(to); an authority keeps its issuer"
    case .proxyServerEnded(let server): "its server \(server) is revoked and gets no certificate"
    case .protected(let name): "\(name) was declared protected: true when it was last applied"
    case .rootConsent(let name): "\(name) is a root, which is never renewed unattended"
    case .limit(let name, let count, let limit):
      "\(count) \(name) in one run, the limit is \(limit)"
    case .emptied(let what, _): what.sentence
    case .policyChange(let change, let source, _):
      "policy \(change.name) is \(change.kind.rawValue), which no policy of \(source) permits"
    case .rewound(let commit):
      "the desired commit does not descend from \(commit), which was applied last"
    case .unsignedCommit(let id, let author, let subject, let reason):
      "commit \(id) by \(quoted(author)), \(quoted(subject)), \(reason)"
    case .unsignedFile(let path, let reason): "\(quoted(path)): \(reason)"
    case .historyCut(let id): "history ends at \(id), so who signed what came before is unknown"
    }
  }

  package var hint: String? {
    switch self {
    case .outlivesIssuer: "shorten the lifetime, or renew the issuer first"
    case .compromisedRequest: "commit a request that was made with a new key"
    case .subjectHeld(let name, _): "revoke \"\(name)\", wait, or declare another subject"
    case .unrevocation(let owner, _, _, let document):
      "put the Revocation of \"\(owner)\" back" + (document.map { ", which was \($0)" } ?? "")
    case .rootRevocation: "remove the root from trust bundles instead"
    case .authorityKeyChanged, .authoritySubjectChanged, .authorityIssuerChanged:
      "declare a new Authority beside it and move its identities"
    case .rootConsent: "allow it with --allow authorities=1"
    case .protected:
      "merge \"protected: false\" first, then this change; a revocation that cannot wait: "
        + Guard.allowing("protections", 1)
    case .limit(let name, let count, _): Guard.allowing(name, count)
    case .emptied(_, let count): Guard.allowing("emptied", count)
    case .policyChange(_, _, let count):
      "a policy in force must bind its file and name the kind Policy; or "
        + Guard.allowing("policies", count)
    case .rewound: Guard.allowing("rewinds", 1)
    case .unsignedCommit: "commit it again with git commit -S and a key that the host allows"
    case .unsignedFile: "have one who may sign it merge it, or approve it with a signed commit"
    case .historyCut: "clone with full history"
    default: nil
    }
  }

  /// Limits and protections are refusals by rule (exit code 3); the rest are errors of what is asked.
  package var isRefusal: Bool {
    switch self {
    case .limit, .protected, .rewound, .emptied, .policyChange, .unsignedCommit, .unsignedFile,
      .historyCut:
      true
    default: false
    }
  }

  /// Whether only the blocked change waits while the others go on: nothing that somebody could do to
  /// desired state in this merge caused it, or it cannot harm.
  package var holdsBackOnlyItself: Bool {
    switch self {
    case .compromisedRequest, .subjectHeld, .rootConsent: true
    default: false
    }
  }

  private static func allowing(_ name: String, _ count: Int) -> String {
    "allow it once with certwright apply --allow \(name)=\(count)"
  }
}
