import SwiftASN1

// What certificates and lists are made of, beside the types of swift-certificates.

extension DER.Serializer {
  mutating func append(_ oid: OID) {
    appendPrimitiveNode(identifier: .objectIdentifier) { $0.append(contentsOf: oid.content) }
  }

  /// A moment that X.509 cannot express becomes the nearest one that it can; the lint refuses those
  /// before anything is signed.
  mutating func append(_ time: Timestamp) throws {
    let civil = DERTime.expressible(time)
    guard civil.year >= 2050 else {
      return try serialize(
        UTCTime(
          year: civil.year, month: civil.month, day: civil.day, hours: civil.hour,
          minutes: civil.minute, seconds: civil.second))
    }
    try serialize(
      GeneralizedTime(
        year: civil.year, month: civil.month, day: civil.day, hours: civil.hour,
        minutes: civil.minute, seconds: civil.second, fractionalSeconds: 0))
  }
}

extension ASN1Identifier {
  static func context(_ number: UInt) -> ASN1Identifier {
    ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
  }
}

extension ASN1ObjectIdentifier {
  /// Goes through the encoding: the initializers that take numbers multiply the first one without
  /// a check and trap when it is large.
  init(_ oid: OID) throws {
    var serializer = DER.Serializer()
    serializer.append(oid)
    try self.init(derEncoded: serializer.serializedBytes)
  }
}
