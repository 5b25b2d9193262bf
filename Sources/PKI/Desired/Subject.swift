/// A declared subject: the fields of a distinguished name that certwright writes, each at most once
/// but for the organizational unit.
package struct Subject: Hashable, Sendable {
  /// The fields in the order in which they are encoded: from the country down to the person.
  package enum Field: String, Hashable, Sendable, CaseIterable {
    case country
    case stateOrProvince
    case locality
    case organization
    case organizationalUnit
    case commonName
    case emailAddress
  }

  package struct Attribute: Hashable, Sendable {
    package let field: Field
    package let value: String

    package init(_ field: Field, _ value: String) {
      self.field = field
      self.value = value
    }
  }

  /// In encoding order.
  package let attributes: [Attribute]

  package init(_ attributes: [Attribute]) {
    self.attributes = Field.allCases.flatMap { field in
      attributes.filter { $0.field == field }
    }
  }

  package var isEmpty: Bool { attributes.isEmpty }

  package var commonName: String? { values(of: .commonName).first }

  package func values(of field: Field) -> [String] {
    attributes.filter { $0.field == field }.map(\.value)
  }
}
