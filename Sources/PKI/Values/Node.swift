/// One value of a YAML document with its place: what the decoder of desired state reads.
///
/// Comments and styles are gone, aliases are refused by the reader; what is left is the one
/// difference that matters in the YAML 1.2 core schema: whether a scalar was plain.
package indirect enum Node: Hashable, Sendable {
  case scalar(Scalar)
  case sequence([Node], Place)
  case mapping([Entry], Place)

  package struct Scalar: Hashable, Sendable {
    package let text: String
    /// Plain scalars can be numbers, booleans or null; quoted and block scalars are strings.
    package let isPlain: Bool
    package let place: Place

    package init(text: String, isPlain: Bool, place: Place) {
      self.text = text
      self.isPlain = isPlain
      self.place = place
    }
  }

  /// A key and its value. Keys are strings and occur once in their mapping.
  package struct Entry: Hashable, Sendable {
    package let key: Scalar
    package let value: Node

    package init(key: Scalar, value: Node) {
      self.key = key
      self.value = value
    }
  }

  package var place: Place {
    switch self {
    case .scalar(let scalar): scalar.place
    case .sequence(_, let place): place
    case .mapping(_, let place): place
    }
  }
}
