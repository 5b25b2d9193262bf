extension CertificateLint {
  /// Upper bounds in characters (RFC 5280 appendix A.1).
  private static let bounds: [(type: OID, characters: Int)] = [
    (.commonName, 64), (.organization, 64), (.organizationalUnit, 64), (.locality, 128),
    (.stateOrProvince, 128), (.emailAddress, 255), (.serialNumber, 64), (.title, 64),
  ]

  static let subjectRules: [Rule] = [
    Rule(name: "subject-is-a-name", source: "RFC 5280 4.1.2.6") { candidate in
      do {
        _ = try DistinguishedName(parsing: candidate.spec.subject.der)
        return []
      } catch {
        return ["the subject is no distinguished name: \(error)"]
      }
    },
    Rule(name: "subject-is-there", source: "RFC 5280 4.1.2.6") { candidate in
      let spec = candidate.spec
      guard spec.subject.isEmpty else { return [] }
      if spec.authority != nil { return ["an authority has an empty subject"] }
      return spec.alternativeNames.isEmpty ? ["there is no name at all"] : []
    },
    Rule(name: "subject-fits-its-bounds", source: "RFC 5280 A.1") { candidate in
      candidate.subjectAttributes.compactMap { attribute in
        let length = attribute.value.unicodeScalars.count
        if length == 0 { return "the subject's \(attribute.shortName) is empty" }
        guard let bound = bounds.first(where: { $0.type == attribute.type }),
          length > bound.characters
        else { return nil }
        return "the subject's \(attribute.shortName) has \(length) characters, "
          + "more than \(bound.characters)"
      }
    },
    Rule(name: "country-is-two-letters", source: "RFC 5280 A.1") { candidate in
      candidate.subjectAttributes.filter { $0.type == .country }.map(\.value).compactMap {
        country in
        country.utf8.count == 2 && country.utf8.allSatisfy { (65...90).contains($0) }
          ? nil : "the country \"\(country)\" is not two capital letters"
      }
    },
    Rule(name: "names-have-no-controls", source: "RFC 5280 4.1.2.4") { candidate in
      candidate.subjectAttributes.filter { NameText.hasControlCharacter($0.value) }
        .map { "the subject's \($0.shortName) has a control character" }
    },
  ]

  static let alternativeNameRules: [Rule] = [
    Rule(name: "names-are-well-formed", source: "RFC 5280 4.2.1.6") { candidate in
      candidate.spec.alternativeNames.compactMap { name in
        problem(in: name).map { "the \(name.kind.rawValue) name \"\(name.value)\" \($0)" }
      }
    },
    Rule(name: "names-occur-once", source: "RFC 5280 4.2.1.6") { candidate in
      let names = candidate.spec.alternativeNames
      guard Set(names).count != names.count else { return [] }
      return ["an alternative name occurs twice"]
    },
    Rule(name: "servers-have-names", source: "BR 7.1.2.7.12") { candidate in
      candidate.spec.extendedKeyUsage.contains(.serverAuth)
        && candidate.spec.alternativeNames.isEmpty
        ? ["a server has no alternative name"] : []
    },
  ]

  /// What is wrong with an alternative name, as the end of a sentence.
  private static func problem(in name: SubjectAlternativeName) -> String? {
    switch name.kind {
    case .dns: return NameText.problem(inDNSName: name.value, allowsWildcard: true)
    case .ip:
      guard let address = IPAddress(name.value) else { return "is no address" }
      return address.description == name.value ? nil : "is not in canonical form"
    case .uri: return problem(inURI: name.value)
    case .email:
      let parts = name.value.split(separator: "@", omittingEmptySubsequences: false)
      guard NameText.isVisibleASCII(name.value), parts.count == 2, !parts[0].isEmpty,
        !parts[1].isEmpty
      else { return "is no mailbox in ASCII" }
      return NameText.problem(inDNSName: parts[1].lowercased(), allowsWildcard: false)
    }
  }

  /// A scheme and something after it (RFC 3986 section 3), in visible ASCII.
  static func problem(inURI uri: String) -> String? {
    guard NameText.isVisibleASCII(uri) else { return "has characters other than visible ASCII" }
    guard let colon = uri.firstIndex(of: ":"), colon != uri.startIndex,
      uri.index(after: colon) != uri.endIndex,
      uri[..<colon].utf8.allSatisfy({
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
          || "+-.".utf8.contains($0)
      }),
      let first = uri.utf8.first, !(48...57).contains(first)
    else { return "is no absolute URI" }
    return nil
  }
}
