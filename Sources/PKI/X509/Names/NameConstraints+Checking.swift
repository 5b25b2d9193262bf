/// A name that an authority may not certify.
package struct NameConstraintViolation: Hashable, Sendable, CustomStringConvertible {
  package enum Cause: Hashable, Sendable {
    /// No permitted subtree of the name's kind holds it.
    case notPermitted
    case excluded(by: String)
    /// A wildcard for which a name exists that is excluded.
    case couldMatchExcluded(String)
    /// OpenSSL cannot judge such a name and refuses it.
    case unsupportedSyntax
  }

  package let name: SubjectAlternativeName
  package let cause: Cause

  package var description: String {
    let kind =
      switch name.kind {
      case .dns: "DNS"
      case .ip: "IP"
      case .uri: "URI"
      case .email: "mail"
      }
    return switch cause {
    case .notPermitted: "\(kind) name \"\(name.value)\" is outside what the authority may certify"
    case .excluded(let base): "\(kind) name \"\(name.value)\" is excluded by \"\(base)\""
    case .couldMatchExcluded(let base):
      "wildcard \"\(name.value)\" could match names that \"\(base)\" excludes"
    case .unsupportedSyntax:
      "\(kind) name \"\(name.value)\" cannot be judged against name constraints"
    }
  }
}

extension NameConstraints {
  /// The names of a certificate that these constraints forbid (RFC 5280 section 4.2.1.10, as
  /// OpenSSL applies it). A constraint on one kind of name says nothing of the others.
  ///
  /// - Parameters:
  ///   - commonName: judged as a DNS name when it looks like one and there is no DNS name beside
  ///     it, because OpenSSL does so for end entities. Leave it out for authorities.
  ///   - emailAddresses: those of the subject, which count as mail names.
  package func violations(
    by names: [SubjectAlternativeName], commonName: String? = nil, emailAddresses: [String] = []
  ) -> [NameConstraintViolation] {
    var all = names + emailAddresses.map { SubjectAlternativeName(kind: .email, canonical: $0) }
    if let commonName, !names.contains(where: { $0.kind == .dns }),
      Self.looksLikeDNSName(commonName)
    {
      all.append(SubjectAlternativeName(kind: .dns, canonical: commonName.lowercased()))
    }
    return all.compactMap(violation)
  }

  private func violation(by name: SubjectAlternativeName) -> NameConstraintViolation? {
    let allowed = permitted.matchers(for: name.kind)
    let forbidden = excluded.matchers(for: name.kind)
    guard !(allowed.isEmpty && forbidden.isEmpty) else { return nil }
    func refuse(_ cause: NameConstraintViolation.Cause) -> NameConstraintViolation {
      NameConstraintViolation(name: name, cause: cause)
    }
    guard let subject = ConstrainedName(name) else { return refuse(.unsupportedSyntax) }
    if !allowed.isEmpty, !allowed.contains(where: { $0.holds(subject) }) {
      return refuse(.notPermitted)
    }
    for base in forbidden {
      if base.holds(subject) { return refuse(.excluded(by: base.text)) }
      if base.couldHoldMatch(ofWildcard: subject) { return refuse(.couldMatchExcluded(base.text)) }
    }
    return nil
  }

  /// Whether OpenSSL takes a common name for a DNS name: labels of letters, digits, `_` and inner
  /// `-`, and at least one dot. A wildcard does not look like one to it, but is judged here, since
  /// other clients match it.
  static func looksLikeDNSName(_ name: String) -> Bool {
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2 else { return false }
    return labels.enumerated().allSatisfy { index, label in
      if index == 0, label == "*" { return true }
      return !label.isEmpty && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy {
          (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
            || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }
  }
}
