/// A moment, in whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// The only notion of time in the core, and always passed in: X.509 and CRLs know no smaller unit
/// (RFC 5280 section 4.1.2.5), and a clock that the core could read would make a plan impure.
package struct Timestamp: Hashable, Comparable, Sendable {
  package let seconds: Int

  package init(seconds: Int) {
    self.seconds = seconds
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.seconds < right.seconds
  }

  package static func + (time: Timestamp, lifetime: Lifetime) -> Timestamp {
    Timestamp(seconds: time.seconds + lifetime.seconds)
  }

  package static func - (time: Timestamp, lifetime: Lifetime) -> Timestamp {
    Timestamp(seconds: time.seconds - lifetime.seconds)
  }

  /// The last moment that X.509 can express (RFC 5280 section 4.1.2.5): 9999-12-31T23:59:59Z.
  package static let endOfTime = Timestamp(seconds: 253_402_300_799)
}

// MARK: - The civil calendar

/// A date and time of day in UTC, in the proleptic Gregorian calendar.
package struct CivilTime: Hashable, Sendable {
  package var year: Int
  package var month: Int
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int

  package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// Whether the fields name a moment that exists, for years 1 to 9999.
  package var isValid: Bool {
    guard (1...9999).contains(year), (1...12).contains(month) else { return false }
    return (1...CivilTime.daysInMonth(month, year)).contains(day)
      && (0...23).contains(hour) && (0...59).contains(minute) && (0...59).contains(second)
  }

  private static func daysInMonth(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Timestamp {
  /// The moment that a valid civil time names.
  ///
  /// Days are counted in eras of 400 years that begin on 1 March, so that the leap day is the last
  /// of its year and no table is needed.
  package init(_ civil: CivilTime) {
    let year = civil.month <= 2 ? civil.year - 1 : civil.year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let monthFromMarch = (civil.month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + civil.day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    self.init(seconds: days * 86_400 + civil.hour * 3_600 + civil.minute * 60 + civil.second)
  }

  package var civil: CivilTime {
    let (days, secondOfDay) = flooredDivision(seconds, 86_400)
    let shifted = days + 719_468
    let (era, dayOfEra) = flooredDivision(shifted, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return CivilTime(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, hour: secondOfDay / 3_600,
      minute: secondOfDay / 60 % 60, second: secondOfDay % 60)
  }
}

private func flooredDivision(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
  let remainder = (value % divisor + divisor) % divisor
  return ((value - remainder) / divisor, remainder)
}

// MARK: - Text

extension Timestamp: CustomStringConvertible {
  /// Reads RFC 3339 in UTC with whole seconds, as in `2026-11-23T15:04:05Z`, or a date alone,
  /// which is its first second. Nothing else: offsets and fractions invite two spellings of one
  /// moment.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10 || bytes.count == 20 else { return nil }
    let pattern = Array("0000-00-00T00:00:00Z".utf8)
    for (byte, expected) in zip(bytes, pattern) {
      let fits = expected == UInt8(ascii: "0") ? (48...57).contains(byte) : byte == expected
      guard fits else { return nil }
    }
    func number(_ range: Range<Int>) -> Int {
      bytes[range].reduce(0) { $0 * 10 + Int($1 - 48) }
    }
    let withTime = bytes.count == 20
    let civil = CivilTime(
      year: number(0..<4), month: number(5..<7), day: number(8..<10),
      hour: withTime ? number(11..<13) : 0, minute: withTime ? number(14..<16) : 0,
      second: withTime ? number(17..<19) : 0)
    guard civil.isValid else { return nil }
    self.init(civil)
  }

  /// RFC 3339, as in `2026-11-23T15:04:05Z`.
  package var description: String {
    let civil = civil
    return
      "\(padded(civil.year, 4))-\(padded(civil.month))-\(padded(civil.day))"
      + "T\(padded(civil.hour)):\(padded(civil.minute)):\(padded(civil.second))Z"
  }

  /// The UTC day, as in `2026-11-23`.
  package var date: String {
    String(description.prefix(10))
  }

  /// The UTC day as the ledger's folders spell it, as in `20261123`.
  package var compactDay: String {
    let civil = civil
    return padded(civil.year, 4) + padded(civil.month) + padded(civil.day)
  }

  /// Reads `compactDay`: the first second of that day.
  package init?(compactDay text: some StringProtocol) {
    guard text.utf8.count == 8, let number = Int(text), number > 0 else { return nil }
    let civil = CivilTime(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    guard civil.isValid else { return nil }
    self.init(civil)
  }
}

private func padded(_ number: Int, _ width: Int = 2) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
