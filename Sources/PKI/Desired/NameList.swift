/// A declared list of names, as in `allow: [a, b]`.
///
/// Many proxies often let the same thousands of identities in, so lists are compared and looked up
/// by a hash that is taken once.
package struct NameList: Hashable, Sendable {
  package let names: [Name]
  private let hash: Int

  package init(_ names: [Name]) {
    self.names = names
    hash = names.hashValue
  }

  package static func == (left: NameList, right: NameList) -> Bool {
    left.hash == right.hash && left.names == right.names
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

extension NameList: RandomAccessCollection {
  package var startIndex: Int { names.startIndex }
  package var endIndex: Int { names.endIndex }
  package subscript(index: Int) -> Name { names[index] }
}

extension NameList: ExpressibleByArrayLiteral {
  package init(arrayLiteral names: Name...) { self.init(names) }
}
