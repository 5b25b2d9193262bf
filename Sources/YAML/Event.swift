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

  let kind: Kind
  let mark: Mark
  var anchor: String?
  var tag: String?
}
