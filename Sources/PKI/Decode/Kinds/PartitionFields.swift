/// `partitions` of an authority's `crl`, and the addresses of its distribution points.
enum PartitionFields {
  static let count = Field(
    "partitions", .integer(2...4096),
    "Into how many partitions the list is split besides the whole one; distributionPoints then hold"
      + " {partition} once each.", example: 64)

  /// Stands for the placeholder while the rest is checked as an address.
  private static let standIn = "certwright-partition-0000"

  /// An address of a CRL, in which the placeholder may stand.
  static let point = Shape<String>.scalar("an address that begins with \"http://\"") {
    text throws(ValueProblem) in
    guard text.contains(RevocationListSettings.placeholder) else {
      return try UniformResourceIdentifier.webAddress(text)
    }
    return try UniformResourceIdentifier.webAddress(
      text.replacing(RevocationListSettings.placeholder, with: standIn)
    ).replacing(standIn, with: RevocationListSettings.placeholder)
  }

  /// Reports what does not fit together.
  static func check(
    _ points: [Located<String>], partitions: Int?, _ decoder: inout MappingDecoder
  ) {
    let example = "as in \"http://crl.example.com/edge/{partition}.crl\""
    guard partitions != nil else {
      // A number that is wrong was reported; what it was meant for is clear.
      if decoder.has(count.name) { return }
      for point in points where point.value.contains(RevocationListSettings.placeholder) {
        decoder.findings.add(
          point.place, "\"{partition}\" means nothing without \"partitions\"",
          hint: "say into how many, as in \"partitions: 64\"")
      }
      return
    }
    if points.isEmpty {
      decoder.findings.add(
        decoder.place(of: "partitions"), "partitions need \"distributionPoints\"",
        hint: "say where each can be fetched, \(example)")
    }
    for point in points {
      if let problem = problem(with: point.value) {
        decoder.findings.add(point.place, problem, hint: "write it \(example)")
      }
    }
  }

  /// The address is also the path below which the partition is published, so it must be one that
  /// every file system and web server takes as it is. RFC 2585 section 3 asks for `.crl`.
  private static func problem(with point: String) -> String? {
    let count =
      point.split(
        separator: RevocationListSettings.placeholder, omittingEmptySubsequences: false
      ).count - 1
    guard count == 1 else {
      return count == 0
        ? "\"{partition}\" is missing: all partitions would have this address"
        : "\"{partition}\" stands there \(count) times"
    }
    let address = point.replacing(RevocationListSettings.placeholder, with: "0000")
    let parts = address.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
    guard let host = parts.first, !host.contains("["),
      point.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first == host
    else { return "\"{partition}\" stands in the host, or the host is an IPv6 address" }
    let path = parts.dropFirst()
    guard let file = path.last, file.hasSuffix(".crl"), file.utf8.count <= 200 else {
      return "the address of a partition does not end in \".crl\""
    }
    let isPlain = path.allSatisfy { part in
      !part.isEmpty && !part.hasPrefix(".") && part.utf8.count <= 200
        && part.utf8.allSatisfy { isPathByte($0) }
    }
    guard isPlain, !path.dropLast().contains(where: { $0.hasSuffix(".crl") }) else {
      return "the path of a partition's address has other characters than letters, digits and"
        + " \"-._~\", or a part that is empty, begins with a dot or ends in \".crl\" before the last"
    }
    return nil
  }

  private static func isPathByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~".utf8.contains(byte)
    }
  }
}
