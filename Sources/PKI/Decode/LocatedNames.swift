/// A list of names with the place of each. Lists may hold thousands, and thousands of proxies have
/// one, so a place takes a line and a column only.
struct LocatedNames: Hashable, Sendable {
  private struct Position: Hashable {
    let line: UInt32
    let column: UInt32
  }

  let list: NameList
  private let file: String
  private let positions: [Position]

  init(_ names: [Located<Name>]) {
    list = NameList(names.map(\.value))
    file = names.first?.place.file ?? ""
    positions = names.map {
      Position(
        line: UInt32(truncatingIfNeeded: $0.place.line),
        column: UInt32(truncatingIfNeeded: $0.place.column))
    }
  }

  private init(_ list: NameList, placedAs other: LocatedNames) {
    self.list = list
    file = other.file
    positions = other.positions
  }

  /// The same places of an equal list.
  func sharing(_ lists: inout Set<NameList>) -> LocatedNames {
    LocatedNames(lists.insert(list).memberAfterInsert, placedAs: self)
  }

  /// Where the first name stands; nil when there is none.
  var place: Place? { positions.isEmpty ? nil : place(of: 0) }

  func place(of index: Int) -> Place {
    Place(
      file: file, line: Int(positions[index].line), column: Int(positions[index].column))
  }
}

extension Shape where Value == LocatedNames {
  /// A list of names, each at most once.
  static var names: Shape { Shape<[Located<Name>]>.list(of: .name).map(LocatedNames.init) }
}
