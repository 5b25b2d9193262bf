/// What an authority asks of the subjects that it certifies, as the `policy` section of an OpenSSL
/// CA does. A field without a rule may not occur.
package struct SubjectRules: Hashable, Sendable {
  package enum Rule: String, Hashable, Sendable, CaseIterable {
    /// The field must be there and equal the authority's own.
    case match
    /// The field must be there.
    case supplied
    /// The field may be there.
    case optional
  }

  package let rules: [Subject.Field: Rule]

  package init(_ rules: [Subject.Field: Rule]) {
    self.rules = rules
  }

  /// The widely copied `policy_strict`, with the locality that it forgets.
  package static let strict = SubjectRules([
    .country: .match, .stateOrProvince: .match, .locality: .optional, .organization: .match,
    .organizationalUnit: .optional, .commonName: .supplied, .emailAddress: .optional,
  ])

  /// The widely copied `policy_loose`.
  package static let loose = SubjectRules([
    .country: .optional, .stateOrProvince: .optional, .locality: .optional,
    .organization: .optional, .organizationalUnit: .optional, .commonName: .supplied,
    .emailAddress: .optional,
  ])
}
