/// The times of certificates and lists: UTCTime until 2049 and GeneralizedTime from 2050, in Zulu
/// and whole seconds (RFC 5280 section 4.1.2.5).
package enum DERTime {
  /// Reads the next element as a time in the one form that RFC 5280 allows for its year.
  package static func read(
    _ reader: inout DERReader, _ what: String
  ) throws(DERError) -> Timestamp {
    let element = try reader.read()
    guard let time = timestamp(of: element, in: reader.bytes) else {
      throw DERError("\(what) is not a time as RFC 5280 wants it", at: element.range.lowerBound)
    }
    return time
  }

  /// Works on the bytes alone, because a revocation list has a million of these.
  package static func timestamp(of element: DERElement, in bytes: [UInt8]) -> Timestamp? {
    let content = element.content
    let yearDigits: Int
    switch element.tag {
    case DERTag.utcTime.byte: yearDigits = 2
    case DERTag.generalizedTime.byte: yearDigits = 4
    default: return nil
    }
    guard content.count == yearDigits + 11, content.upperBound <= bytes.count,
      bytes[content.upperBound - 1] == UInt8(ascii: "Z")
    else { return nil }
    var digits = content.lowerBound
    func number(_ count: Int) -> Int? {
      var value = 0
      for index in digits..<digits + count {
        guard (48...57).contains(bytes[index]) else { return nil }
        value = value * 10 + Int(bytes[index] - 48)
      }
      digits += count
      return value
    }
    guard let written = number(yearDigits), let month = number(2), let day = number(2),
      let hour = number(2), let minute = number(2), let second = number(2)
    else { return nil }
    // Two digits mean 1950 to 2049; four digits are for what two cannot say, from 2050.
    let year = yearDigits == 4 ? written : written + (written >= 50 ? 1900 : 2000)
    guard yearDigits == 2 || year >= 2050 else { return nil }
    let civil = CivilTime(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    return civil.isValid ? Timestamp(civil) : nil
  }

  /// The nearest moment that X.509 can express.
  static func expressible(_ time: Timestamp) -> CivilTime {
    let least = Timestamp(CivilTime(year: 1950, month: 1, day: 1))
    return min(max(time, least), .endOfTime).civil
  }

  /// Appends a whole element. A moment that X.509 cannot express becomes the nearest one that it
  /// can; the lint refuses those before anything is signed.
  package static func append(_ time: Timestamp, to bytes: inout [UInt8]) {
    let civil = expressible(time)
    let isLong = civil.year >= 2050
    bytes.append(isLong ? DERTag.generalizedTime.byte : DERTag.utcTime.byte)
    bytes.append(isLong ? 15 : 13)
    if isLong { appendTwoDigits(civil.year / 100, to: &bytes) }
    for part in [civil.year % 100, civil.month, civil.day, civil.hour, civil.minute, civil.second] {
      appendTwoDigits(part, to: &bytes)
    }
    bytes.append(UInt8(ascii: "Z"))
  }

  private static func appendTwoDigits(_ number: Int, to bytes: inout [UInt8]) {
    bytes.append(UInt8(truncatingIfNeeded: 48 + number / 10 % 10))
    bytes.append(UInt8(truncatingIfNeeded: 48 + number % 10))
  }
}
