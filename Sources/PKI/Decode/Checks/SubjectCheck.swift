extension Check {
  /// Subjects tell owners apart: allow lists match issuer and subject, and issuers are found by
  /// their subject.
  static let subjects = Check { draft, findings in
    var authorities: [String: Authority] = [:]
    for authority in draft.declarations.authorities {
      let place = authority.fields["subject"] ?? authority.place
      if authority.subject.isEmpty {
        findings.add(place, "the subject of an authority must not be empty")
        continue
      }
      let key = authority.subject.comparisonKey
      if let first = authorities[key] {
        findings.add(
          place,
          "authority \(quoted(authority.name.text)) has the subject of \(quoted(first.name.text))",
          hint: "that is declared at \(first.fields["subject"] ?? first.place)")
      } else {
        authorities[key] = authority
      }
    }
    checkIdentities(draft, authorities, findings)
  }

  private struct Owner: Hashable {
    let issuer: Name
    let subject: String
  }

  private static func checkIdentities(
    _ draft: Draft, _ authorities: [String: Authority], _ findings: FindingCollector
  ) {
    var owners: [Owner: IdentityResolver.Resolved] = [:]
    owners.reserveCapacity(draft.identities.count)
    for resolved in draft.identities {
      let identity = resolved.identity
      // A server's certificate names nobody in an allow list, so its subject may be empty.
      if identity.subject.isEmpty, identity.kind == .server { continue }
      let subject = identity.subject.comparisonKey
      if let authority = authorities[subject] {
        findings.add(
          resolved.namePlace,
          "\(quoted(identity.name.text)) has the subject of authority \(quoted(authority.name.text))",
          hint: "that is declared at \(authority.fields["subject"] ?? authority.place)")
      }
      let owner = Owner(issuer: identity.issuer, subject: subject)
      guard let first = owners.updateValue(resolved, forKey: owner) else { continue }
      owners[owner] = first
      findings.add(
        resolved.namePlace,
        "\(quoted(identity.name.text)) and \(quoted(first.identity.name.text)) have one subject under"
          + " \(quoted(identity.issuer.text)), apart from upper and lower case",
        hint: "the other is declared at \(first.namePlace)")
    }
  }
}

extension Subject {
  /// Equal for subjects that differ in the case of letters alone.
  var comparisonKey: String {
    var key = ""
    for attribute in attributes {
      key += attribute.field.rawValue
      key += "="
      key += attribute.value
      key += "\n"
    }
    return key.lowercased()
  }
}
