/// One thing that an apply would do, with all its reasons.
package struct Change: Hashable, Sendable {
  /// What is done; each has a sign and a word that begin its line in a plan.
  package enum Action: String, Hashable, Sendable, CaseIterable {
    case issue
    case renew
    case replace
    case revoke
    case retire
    case rename
    case `import`
    case publish
    case blocked

    package var sign: String {
      switch self {
      case .issue: "+"
      case .renew: "^"
      case .replace: "-/+"
      case .revoke: "-"
      case .retire: "."
      case .rename: ">"
      case .import: "<"
      case .publish: "~"
      case .blocked: "!"
      }
    }
  }

  /// What it is done to.
  package enum Subject: Hashable, Sendable {
    case authority(Name)
    case identity(Identity.Kind, Name)
    /// A name that is no longer declared.
    case formerIdentity(Name)
    case revocationList(Name)
    case trustBundle(Name)
    case proxy(Name)
    case policy(Name)
    /// The tree of desired state below `desired/`, or the README.
    case folder(String)
    case run

    /// The word that stands before the name.
    package var word: String {
      switch self {
      case .authority: "authority"
      case .identity(let kind, _): kind.rawValue.lowercased()
      case .formerIdentity: "identity"
      case .revocationList: "crl"
      case .trustBundle: "trust"
      case .proxy: "proxy"
      case .policy: "policy"
      case .folder: "folder"
      case .run: "run"
      }
    }

    package var name: String {
      switch self {
      case .authority(let name), .identity(_, let name), .formerIdentity(let name),
        .revocationList(let name), .trustBundle(let name), .proxy(let name), .policy(let name):
        name.text
      case .folder(let path): path
      case .run: "limits"
      }
    }
  }

  package enum Detail: Hashable, Sendable {
    /// Boxed: changes are passed around far more often than they are looked into.
    indirect case certificate(PlannedCertificate)
    case events([PlannedEvent])
    case revocationList(PlannedRevocationList)
    /// Published paths that will hold other bytes, or none.
    case paths([String])
    case blocked(Guard)
  }

  package let action: Action
  package let subject: Subject
  package let detail: Detail
  package let reasons: [Reason]
  /// What a published file is asked to say, where somebody's declaration changed it: the hash of
  /// that declaration. nil where it only follows from other changes, or from time.
  package let declaration: String?

  package init(
    _ action: Action, _ subject: Subject, _ detail: Detail, _ reasons: [Reason],
    declaration: String? = nil
  ) {
    self.declaration = declaration
    self.action = action
    self.subject = subject
    self.detail = detail
    self.reasons = reasons
  }
}

/// A certificate that is to be signed: everything but its serial number and a key that is yet to be
/// made.
package struct PlannedCertificate: Hashable, Sendable {
  package enum Key: Hashable, Sendable {
    case new(KeyAlgorithm)
    /// The key of the certificate that this one follows.
    case kept(PublicKey)
    case requested(PublicKey, file: String)

    package var algorithmName: String {
      switch self {
      case .new(let algorithm): algorithm.rawValue
      case .kept(let key), .requested(let key, _): key.algorithm.rawValue
      }
    }
  }

  package let owner: Name
  package let spec: CertificateSpec
  /// The authority that signs; for a root, itself.
  package let issuer: Name
  package let key: Key
  /// The earliest notBefore: after the certificate it follows, and not before a moment that a
  /// Revocation names.
  package let notBeforeFloor: Timestamp?
  /// The dates if it were signed at the plan's own time.
  package let validity: Validity
  package let renewAt: Timestamp
  package let follows: CertificateID?

  package init(
    owner: Name, spec: CertificateSpec, issuer: Name, key: Key, notBeforeFloor: Timestamp?,
    validity: Validity, renewAt: Timestamp, follows: CertificateID?
  ) {
    self.owner = owner
    self.spec = spec
    self.issuer = issuer
    self.key = key
    self.notBeforeFloor = notBeforeFloor
    self.validity = validity
    self.renewAt = renewAt
    self.follows = follows
  }

  package var isAuthority: Bool { spec.authority != nil }
  package var isSelfSigned: Bool { owner == issuer }
}

/// An event that is to be recorded for a certificate.
package struct PlannedEvent: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    case revoke(RevocationReason, cause: LedgerEvent.Cause)
    case release
    case retire
    case rename(to: Name)
  }

  package let id: CertificateID
  package let owner: Name
  package let publicKey: KeyID
  package let notAfter: Timestamp
  package let action: Action
  package let sequence: Int

  package init(
    _ certificate: IssuedCertificate, owner: Name, action: Action, sequence: Int
  ) {
    id = certificate.id
    self.owner = owner
    publicKey = certificate.facts.keyID
    notAfter = certificate.facts.notAfter
    self.action = action
    self.sequence = sequence
  }

  /// The event as it is recorded by a run that signs at a moment; a revocation takes effect at the
  /// thisUpdate of the CRL that carries it.
  package func recorded(at signing: Timestamp, revocationDate: Timestamp) -> LedgerEvent {
    let action: LedgerEvent.Action =
      switch self.action {
      case .revoke(let reason, let cause): .revoked(reason, date: revocationDate, cause: cause)
      case .release: .released
      case .retire: .retired
      case .rename(let name): .renamed(to: name)
      }
    return LedgerEvent(
      id: id, owner: owner, publicKey: publicKey, notAfter: notAfter, at: signing, action: action,
      sequence: sequence)
  }
}

/// A CRL that is to be signed. Its entries follow from the events recorded until then.
package struct PlannedRevocationList: Hashable, Sendable {
  package let authority: Name
  /// The key that signs; nil when this plan makes it.
  package let key: KeyID?
  package let number: Int
  package let lifetime: Lifetime
  package let thisUpdate: Timestamp
  /// The distribution points of each partition that is signed with it.
  package let partitions: [[String]]

  package init(
    authority: Name, key: KeyID?, number: Int, lifetime: Lifetime,
    thisUpdate: Timestamp, partitions: [[String]] = []
  ) {
    self.authority = authority
    self.key = key
    self.number = number
    self.lifetime = lifetime
    self.thisUpdate = thisUpdate
    self.partitions = partitions
  }

  package var nextUpdate: Timestamp {
    Timestamp(seconds: thisUpdate.seconds + lifetime.seconds - 1)
  }
}
