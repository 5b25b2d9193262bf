/// One entry where it stands: the serial as a range of the list's bytes, so that walking a million
/// entries makes no objects.
package struct RevocationEntryView: Hashable, Sendable {
  /// The magnitude of the serial number, without the zero byte that keeps it positive.
  package let serial: Range<Int>
  package let revocationDate: Timestamp
  package let reason: RevocationReason
  /// Whether the entry has a critical extension other than the known ones.
  package let hasUnknownCriticalExtension: Bool
}

extension RevocationListFacts {
  /// Hands out every entry in the order of the list until the closure answers false.
  package func forEachEntry(_ body: (RevocationEntryView) -> Bool) {
    var reader = DERReader(der).within(entriesRange)
    var dates = DateMemory()
    while !reader.isAtEnd {
      do {
        guard body(try RevocationEntryView(&reader, &dates)) else { return }
      } catch {
        // Every entry was read once before this value came to be.
        return
      }
    }
  }

  /// The entries as values, in the order of the list.
  package var entries: [RevocationEntry] {
    var entries: [RevocationEntry] = []
    entries.reserveCapacity(count)
    forEachEntry { view in
      if let serial = SerialNumber(in: der, at: view.serial) {
        entries.append(
          RevocationEntry(
            serial: serial, revocationDate: view.revocationDate, reason: view.reason))
      }
      return true
    }
    return entries
  }

  /// The entry of a serial number, found by walking the list.
  package func entry(for serial: SerialNumber) -> RevocationEntry? {
    var found: RevocationEntry?
    forEachEntry { view in
      guard der[view.serial].elementsEqual(serial.bytes) else { return true }
      found = RevocationEntry(
        serial: serial, revocationDate: view.revocationDate, reason: view.reason)
      return false
    }
    return found
  }
}

/// The latest date that was read: mass revocations repeat one date, and comparing 15 bytes is
/// cheaper than reading them.
struct DateMemory {
  var element: Range<Int> = 0..<0
  var time = Timestamp(seconds: 0)
}

extension RevocationEntryView {
  init(_ reader: inout DERReader, _ dates: inout DateMemory) throws(DERError) {
    var entry = try reader.readSequence("an entry of the list")
    let start = entry.position
    let content = try entry.readInteger("the serial number of an entry")
    guard let first = content.first, first < 0x80, content.count <= 20,
      content.count > 1 || first != 0
    else {
      throw DERError("the serial number of an entry is zero, negative or too long", at: start)
    }
    serial = (first == 0 ? content.startIndex + 1 : content.startIndex)..<content.endIndex
    revocationDate = try Self.readDate(&entry, &dates)
    (reason, hasUnknownCriticalExtension) = try Self.readExtensions(&entry)
    try entry.finish("an entry of the list")
  }

  private static func readDate(
    _ entry: inout DERReader, _ dates: inout DateMemory
  ) throws(DERError) -> Timestamp {
    let element = try entry.read()
    if entry.slice(element.range).elementsEqual(entry.slice(dates.element)) { return dates.time }
    guard let time = DERTime.timestamp(of: element, in: entry.bytes) else {
      throw DERError(
        "a revocationDate is not a time as RFC 5280 wants it", at: element.range.lowerBound)
    }
    dates = DateMemory(element: element.range, time: time)
    return time
  }

  /// crlEntryExtensions (RFC 5280 section 5.3): the reason, and whether there is something that a
  /// reader must know and this one does not.
  private static func readExtensions(
    _ entry: inout DERReader
  ) throws(DERError) -> (RevocationReason, Bool) {
    guard let element = try entry.readOptional(.sequence) else { return (.unspecified, false) }
    var list = entry.inside(element)
    guard !list.isAtEnd else {
      throw DERError("an entry has an empty list of extensions", at: element.range.lowerBound)
    }
    var reason: RevocationReason?
    var isUnknown = false
    while !list.isAtEnd {
      var one = try list.readSequence("an entry's extension")
      let type = try one.read(.objectIdentifier, "the type of an entry's extension")
      let isCritical = try one.readOptionalTrue("the criticality of an entry's extension")
      let value = try one.readOctetString("the value of an entry's extension")
      try one.finish("an entry's extension")
      guard one.slice(type.content).elementsEqual(OID.reasonCode.content) else {
        if isCritical { isUnknown = true }
        continue
      }
      guard reason == nil else {
        throw DERError("an entry has two reasons", at: element.range.lowerBound)
      }
      reason = try readReason(one.inside(value))
    }
    return (reason ?? .unspecified, isUnknown)
  }

  private static func readReason(_ reader: DERReader) throws(DERError) -> RevocationReason {
    var reader = reader
    let element = try reader.read(.enumerated, "a reasonCode")
    try reader.finish("a reasonCode")
    guard let code = try reader.integer(element, "a reasonCode").first,
      element.content.count == 1, let reason = RevocationReason(code: code)
    else { throw DERError("a reasonCode is unknown", at: element.range.lowerBound) }
    return reason
  }
}
