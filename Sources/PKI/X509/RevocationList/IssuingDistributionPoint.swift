/// issuingDistributionPoint of a list that speaks only of the certificates that name it (RFC 5280
/// section 5.2.5): distributionPoint with a fullName, and nothing else.
package enum IssuingDistributionPoint {
  /// The value: the names byte for byte as cRLDistributionPoints has them, because relying parties
  /// compare them so.
  package static func der(_ points: [String]) -> [UInt8] {
    let names = points.flatMap { point in
      wrap(.uri, Array(point.utf8))
    }
    return wrap(
      .sequence, wrap(.constructedContext(0), wrap(.constructedContext(0), names)))
  }

  /// The names of a value of that form; nil where it says anything else, as that the list has only
  /// some reasons.
  package static func points(in der: [UInt8]) -> [String]? {
    guard var reader = try? DERReader.open(der, .sequence, "issuingDistributionPoint"),
      var point = inside(&reader), var names = inside(&point), !names.isAtEnd
    else { return nil }
    var points: [String] = []
    while !names.isAtEnd {
      guard let name = try? names.read(.uri, "a name of issuingDistributionPoint"),
        let text = String(validating: names.slice(name.content), as: UTF8.self)
      else { return nil }
      points.append(text)
    }
    return points
  }

  /// The only element there.
  private static func inside(_ reader: inout DERReader) -> DERReader? {
    guard let element = try? reader.read(.constructedContext(0), "distributionPoint"),
      reader.isAtEnd
    else { return nil }
    return reader.inside(element)
  }

  private static func wrap(_ tag: DERTag, _ content: [UInt8]) -> [UInt8] {
    DERHeader(tag, length: content.count).bytes + content
  }
}

extension DERTag {
  /// uniformResourceIdentifier of a GeneralName.
  fileprivate static let uri = DERTag(byte: 0x86)
}

extension RevocationListFacts {
  /// The distribution points of a partition; nil for every other list.
  package var partitionPoints: [String]? {
    issuingDistributionPoint.flatMap { IssuingDistributionPoint.points(in: $0) }
  }
}
