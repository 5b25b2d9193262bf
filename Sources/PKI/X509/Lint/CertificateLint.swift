/// The rules that know what a certificate is meant to be. OpenSSL cannot be its own judge: with
/// `-x509_strict` it passes a leaf with CA:TRUE, a serial of 21 octets, control characters in names
/// and a notAfter beyond the issuer's.
package enum CertificateLint {
  /// One rule: its name, where it comes from, and what it finds wrong, as sentences.
  struct Rule: Sendable {
    let name: String
    let source: String
    let check: @Sendable (Candidate) -> [String]
  }

  /// A certificate before it is signed. What depends on the moment or on the issuer is absent
  /// while only the specification is judged.
  struct Candidate: Sendable {
    let spec: CertificateSpec
    /// Read once: five rules look at them.
    let subjectAttributes: [NameAttribute]
    let signing: Signing?

    init(spec: CertificateSpec, signing: Signing?) {
      self.spec = spec
      subjectAttributes = spec.subject.attributes
      self.signing = signing
    }

    struct Signing: Sendable {
      let serial: SerialNumber
      let notBefore: Timestamp
      let publicKey: PublicKey
      let issuer: CertificateIssuer
      /// Nil for a root, which is its own issuer.
      let path: IssuerPath?
    }
  }

  /// Every rule there is.
  static let rules: [Rule] =
    serialAndDateRules + subjectRules + alternativeNameRules + extensionRules + pathRules

  static func violations(in candidate: Candidate) -> [LintViolation] {
    rules.flatMap { rule in
      rule.check(candidate).map {
        LintViolation(rule: rule.name, source: rule.source, message: $0)
      }
    }
  }
}

/// One thing in which a certificate or a list would break its profile.
package struct LintViolation: Hashable, Sendable, CustomStringConvertible {
  /// The rule's name, as in `leaf-is-no-authority`.
  package let rule: String
  /// The section of the RFC or of the Baseline Requirements that asks for it.
  package let source: String
  /// A sentence in lower case without a full stop; values stand in quotes.
  package let message: String

  package init(rule: String, source: String, message: String) {
    self.rule = rule
    self.source = source
    self.message = message
  }

  package var description: String { "\(message) (\(source))" }
}

/// Why something was not given the permit to be signed: all reasons, never the first alone.
package struct LintError: Error, Hashable, Sendable, CustomStringConvertible {
  package let violations: [LintViolation]

  package init(_ violations: [LintViolation]) {
    self.violations = violations
  }

  package var description: String {
    violations.map(\.description).joined(separator: "; ")
  }
}

extension CertificateSpec {
  /// What the profile forbids in this specification by itself, whoever signs it and when: the part
  /// of the lint that a plan can run.
  package var profileViolations: [LintViolation] {
    CertificateLint.violations(in: .init(spec: self, signing: nil))
  }
}
