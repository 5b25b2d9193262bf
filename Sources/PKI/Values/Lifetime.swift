/// A length of time in whole seconds, written as a number and a unit: `90d`.
package struct Lifetime: Hashable, Comparable, Sendable {
  package let seconds: Int

  package init(seconds: Int) {
    self.seconds = seconds
  }

  package static func days(_ days: Int) -> Lifetime {
    Lifetime(seconds: days * 86_400)
  }

  package static func < (left: Lifetime, right: Lifetime) -> Bool {
    left.seconds < right.seconds
  }

  package static func + (left: Lifetime, right: Lifetime) -> Lifetime {
    Lifetime(seconds: left.seconds + right.seconds)
  }

  /// Longest length that is accepted: a thousand years. Longer ones cannot be meant and would come
  /// near the last moment that X.509 can express.
  package static let longest = Lifetime.days(365_000)
}

extension Lifetime: CustomStringConvertible {
  private static let units: [(letter: Character, seconds: Int)] = [
    ("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
  ]

  /// Reads one number without leading zeros and one of the units `s m h d w`. Zero and anything
  /// above ``longest`` is refused.
  package init?(_ text: some StringProtocol) {
    guard let last = text.last, let unit = Self.units.first(where: { $0.letter == last }) else {
      return nil
    }
    let digits = text.dropLast()
    guard !digits.isEmpty, digits.first != "0", digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let count = Int(digits), count <= Self.longest.seconds / unit.seconds
    else { return nil }
    self.init(seconds: count * unit.seconds)
  }

  /// The canonical spelling: the largest of the units `d h m s` that gives a whole number. Weeks
  /// are read but not written, because people compare lifetimes in days.
  package var description: String {
    for unit in Self.units.dropFirst() where seconds % unit.seconds == 0 {
      return "\(seconds / unit.seconds)\(unit.letter)"
    }
    return "\(seconds)s"
  }
}
