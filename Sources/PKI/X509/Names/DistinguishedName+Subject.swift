import SwiftASN1

extension DistinguishedName {
  /// Encodes a declared subject: one relative name per attribute in the order of the subject. The
  /// country is a PrintableString and the mail address an IA5String, as RFC 5280 appendix A.1
  /// defines them; all others are UTF8String (section 4.1.2.4).
  ///
  /// Written without X509's name, which fails on text that its string type cannot hold: a subject
  /// that lost an attribute would be worse than one that nobody can read back.
  package init(_ subject: Subject) {
    var serializer = DER.Serializer()
    serializer.appendConstructedNode(identifier: .sequence) { name in
      for attribute in subject.attributes {
        name.appendConstructedNode(identifier: .set) { relative in
          relative.appendConstructedNode(identifier: .sequence) { pair in
            pair.append(Self.type(of: attribute.field))
            pair.appendPrimitiveNode(identifier: Self.string(of: attribute.field)) {
              $0.append(contentsOf: attribute.value.utf8)
            }
          }
        }
      }
    }
    // The serializer's array has room for a kilobyte, and there may be many names.
    var der: [UInt8] = []
    der.reserveCapacity(serializer.serializedBytes.count)
    der.append(contentsOf: serializer.serializedBytes)
    self.init(der: der)
  }

  package static func type(of field: Subject.Field) -> OID {
    switch field {
    case .country: .country
    case .stateOrProvince: .stateOrProvince
    case .locality: .locality
    case .organization: .organization
    case .organizationalUnit: .organizationalUnit
    case .commonName: .commonName
    case .emailAddress: .emailAddress
    }
  }

  private static func string(of field: Subject.Field) -> ASN1Identifier {
    switch field {
    case .country: .printableString
    case .emailAddress: .ia5String
    case .stateOrProvince, .locality, .organization, .organizationalUnit, .commonName: .utf8String
    }
  }
}
