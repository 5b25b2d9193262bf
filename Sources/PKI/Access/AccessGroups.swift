/// What becomes of one identity at every door where anything does. Doors that decide alike count as
/// one here.
struct AccessOutcomes {
  struct Key: Hashable {
    let kind: AccessChange.Kind
    let sources: [IPRange]?
    /// Renewals of one day are one sentence; gains are whenever they end.
    let day: String?
  }

  /// The doors that were open to it.
  var had: [Int] = []
  private(set) var doors: [Key: [Int]] = [:]
  private(set) var ends: [Key: Timestamp] = [:]

  mutating func add(
    _ kind: AccessChange.Kind, at door: Int, sources: [IPRange]?, until: Timestamp?
  ) {
    var day: String?
    if case .expires = kind { day = until?.date }
    let key = Key(kind: kind, sources: sources, day: day)
    doors[key, default: []].append(door)
    if let until { ends[key] = min(ends[key] ?? until, until) }
  }

  /// The same client is let in from other addresses.
  mutating func addMoved(from old: Admission, to new: Admission, at door: Int, until: Timestamp?) {
    let lost = old.sources(beyond: new)
    let gained = new.sources(beyond: old)
    if !lost.isEmpty { add(.loses(unlessUsing: nil), at: door, sources: lost, until: nil) }
    if !gained.isEmpty { add(.gains(with: .present), at: door, sources: gained, until: until) }
  }
}

/// Puts together those to whom the same happens.
struct AccessGroups {
  private struct Key: Hashable {
    let outcome: AccessOutcomes.Key
    let doors: [Int]
    /// The doors are all that it had.
    let isAll: Bool
  }

  private struct Group {
    var names: [Name] = []
    var first: Timestamp?
    var last: Timestamp?
  }

  private let places: AccessPlaces
  /// Doors that decide alike; the outcomes of an identity speak of their places here.
  private let all: [[AccessDoor]]
  private var groups: [Key: Group] = [:]

  init(places: AccessPlaces, doors: [[AccessDoor]]) {
    self.places = places
    all = doors
  }

  /// - Parameter name: nil is whoever has no certificate.
  mutating func add(_ name: Name?, _ outcomes: AccessOutcomes) {
    for (outcome, doors) in outcomes.doors {
      let key = Key(
        outcome: outcome, doors: doors,
        isAll: name != nil && isAll(outcome, doors, outcomes))
      var group = groups[key] ?? Group()
      if let name { group.names.append(name) }
      if let end = outcomes.ends[outcome] {
        group.first = min(group.first ?? end, end)
        group.last = max(group.last ?? end, end)
      }
      groups[key] = group
    }
  }

  private func isAll(
    _ outcome: AccessOutcomes.Key, _ doors: [Int], _ outcomes: AccessOutcomes
  ) -> Bool {
    guard doors == outcomes.had, outcome.sources == nil else { return false }
    switch outcome.kind {
    case .gains: return false
    // One door is better named, and who goes elsewhere has not lost everything.
    case .loses(nil): return doors.reduce(0) { $0 + all[$1].count } > 1 && outcomes.doors.count == 1
    case .loses, .expires: return true
    }
  }

  /// In no order.
  var changes: [AccessChange] {
    groups.map { key, group in
      let doors = key.doors.flatMap { all[$0] }.sorted()
      return AccessChange(
        who: group.names.isEmpty ? .anyone : .identities(group.names.sorted()),
        kind: key.outcome.kind, doors: doors, place: key.isAll ? nil : places.text(doors),
        sources: key.outcome.sources, until: group.first,
        isSameDay: group.first?.date == group.last?.date)
    }
  }
}

extension AccessChange {
  /// What ends at once comes first.
  var rank: Int {
    switch kind {
    case .loses(nil): 0
    case .loses: 1
    case .expires: 2
    case .gains: 3
    }
  }
}
