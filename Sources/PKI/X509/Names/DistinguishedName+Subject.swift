extension DistinguishedName {
  /// Encodes a declared subject: one relative name per attribute in the order of the subject. The
  /// country is a PrintableString and the mail address an IA5String, as RFC 5280 appendix A.1
  /// defines them; all others are UTF8String (section 4.1.2.4).
  package init(_ subject: Subject) {
    var writer = DERWriter(capacity: 128)
    writer.sequence { writer in
      for attribute in subject.attributes {
        writer.constructed(.set) { writer in
          writer.sequence { writer in
            writer.objectIdentifier(Self.type(of: attribute.field))
            writer.primitive(Self.stringTag(of: attribute.field), attribute.value.utf8)
          }
        }
      }
    }
    self.init(der: writer.bytes)
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

  private static func stringTag(of field: Subject.Field) -> DERTag {
    switch field {
    case .country: .printableString
    case .emailAddress: .ia5String
    case .stateOrProvince, .locality, .organization, .organizationalUnit, .commonName: .utf8String
    }
  }
}
