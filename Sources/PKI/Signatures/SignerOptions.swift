/// The options of a line of an allowed-signers file. Names ignore case, as in OpenSSH.
struct SignerOptions {
  private static let names = ["cert-authority", "namespaces", "valid-after", "valid-before"]

  private(set) var isAuthority = false
  private(set) var namespaces: SSHPatternList?
  private(set) var validAfter: Timestamp?
  private(set) var validBefore: Timestamp?
  private var seen: Set<String> = []

  mutating func set(_ word: String, _ value: String?) throws(ValueProblem) {
    let name = word.lowercased()
    guard Self.names.contains(name) else {
      throw ValueProblem(
        "\(quoted(word)) is neither an option nor a kind of key",
        hint: Suggestion.hint(for: name, in: Self.names, what: "options"))
    }
    guard seen.insert(name).inserted else { throw ValueProblem("\(name) stands twice") }
    guard (value == nil) == (name == "cert-authority") else {
      throw ValueProblem(
        value == nil ? "\(name) needs a value, as in \(name)=\"...\"" : "\(name) takes no value")
    }
    switch name {
    case "namespaces": namespaces = SSHPatternList(commaSeparated: value ?? "")
    case "valid-after": validAfter = try Self.time(value ?? "")
    case "valid-before": validBefore = try Self.time(value ?? "")
    default: isAuthority = true
    }
  }

  /// `YYYYMMDD` or `YYYYMMDDHHMM[SS]`, and `Z`. OpenSSH reads times without `Z` in the time zone of
  /// whoever runs it, which would make one file mean several things.
  private static func time(_ text: String) throws(ValueProblem) -> Timestamp {
    let digits = text.utf8.prefix { (48...57).contains($0) }.map { Int($0) - 48 }
    guard [8, 12, 14].contains(digits.count) else {
      throw ValueProblem(
        "\(quoted(text)) is not a time", hint: "write YYYYMMDDZ or YYYYMMDDHHMMSSZ")
    }
    let zone = text.dropFirst(digits.count).uppercased()
    guard zone == "Z" || zone == "UTC" else {
      throw ValueProblem(
        "\(quoted(text)) depends on the time zone of whoever reads it", hint: "end it with Z")
    }
    let padded = digits + [Int](repeating: 0, count: 14 - digits.count)
    let pairs = stride(from: 4, to: 14, by: 2).map { padded[$0] * 10 + padded[$0 + 1] }
    let civil = CivilTime(
      year: padded[..<4].reduce(0) { $0 * 10 + $1 }, month: pairs[0], day: pairs[1],
      hour: pairs[2], minute: pairs[3], second: pairs[4])
    guard civil.isValid else { throw ValueProblem("\(quoted(text)) is a time that does not exist") }
    return Timestamp(civil)
  }
}
