/// One step of libyaml's parser, copied out of C memory.
struct Event {
  enum Kind {
    case streamStart
    case streamEnd
    case documentStart(hasTagDirectives: Bool)
    case documentEnd
    case alias(String)
    case scalar(text: String, style: Style)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
  }

  enum Style {
    case plain
    case doubleQuoted
    /// Single-quoted, literal or folded: the text is what stands in the file.
    case verbatim
  }

  /// What may stand before a value, and is never accepted.
  enum Property {
    case anchor(String)
    case tag(String)
  }

  let kind: Kind
  let mark: Mark
  var properties: [Property] = []
}
