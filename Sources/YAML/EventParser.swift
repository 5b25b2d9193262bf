internal import CLibYAML

/// Owns one `yaml_parser_t` and a copy of the bytes that it reads.
///
/// The parser lives on the heap because libyaml keeps a pointer to it as the handle of its own
/// reader. The bytes are copied so that no caller has to keep them alive.
@safe struct EventParser: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutablePointer<UInt8>

  /// - Parameter bytes: valid UTF-8 without a byte order mark.
  /// - Throws: when there is no memory.
  init(_ bytes: ArraySlice<UInt8>) throws(SyntaxProblem) {
    unsafe parser = .allocate(capacity: 1)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      unsafe parser.deallocate()
      throw SyntaxProblem(
        problem: "out of memory", context: nil, mark: Mark(line: 0, column: 0), contextMark: nil)
    }
    // libyaml insists on a pointer, for an empty text too.
    unsafe input = .allocate(capacity: max(1, bytes.count))
    let storage = unsafe UnsafeMutableBufferPointer(start: input, count: bytes.count)
    _ = unsafe storage.initialize(fromContentsOf: bytes)
    // Without a fixed encoding libyaml would guess, and read UTF-16.
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input, bytes.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  /// The next event. Must not be called again after `streamEnd` or an error.
  mutating func next() throws(SyntaxProblem) -> Event {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw problem() }
    defer { unsafe yaml_event_delete(&event) }
    return unsafe Event(event)
  }

  private func problem() -> SyntaxProblem {
    let mark = unsafe parser.pointee.problem_mark
    let contextMark = unsafe parser.pointee.context_mark
    let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) }
    let error = unsafe parser.pointee.error
    let text = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
    // The reader sets no problem mark, and running out of memory sets nothing at all.
    let isLocated = error == YAML_SCANNER_ERROR || error == YAML_PARSER_ERROR
    return unsafe SyntaxProblem(
      problem: text ?? "out of memory", context: context,
      mark: Mark(isLocated ? mark : parser.pointee.mark),
      contextMark: context == nil ? nil : Mark(contextMark))
  }
}

extension Event {
  /// Copies everything that is needed out of C memory.
  fileprivate init(_ event: yaml_event_t) {
    mark = unsafe Mark(event.start_mark)
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: kind = .streamStart
    case YAML_DOCUMENT_START_EVENT:
      let directives = unsafe event.data.document_start.tag_directives
      kind = unsafe .documentStart(hasTagDirectives: directives.start != directives.end)
    case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
    case YAML_ALIAS_EVENT: kind = unsafe .alias(Self.text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      kind = unsafe .scalar(
        text: String(decoding: bytes, as: UTF8.self), style: Style(scalar.style))
      unsafe addProperties(scalar.anchor, scalar.tag)
    case YAML_SEQUENCE_START_EVENT:
      kind = .sequenceStart
      let start = unsafe event.data.sequence_start
      unsafe addProperties(start.anchor, start.tag)
    case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      kind = .mappingStart
      let start = unsafe event.data.mapping_start
      unsafe addProperties(start.anchor, start.tag)
    case YAML_MAPPING_END_EVENT: kind = .mappingEnd
    // libyaml answers "no event" for ever once it has ended: the end is the safe reading of that.
    default: kind = .streamEnd
    }
  }

  private mutating func addProperties(
    _ anchor: UnsafeMutablePointer<yaml_char_t>?, _ tag: UnsafeMutablePointer<yaml_char_t>?
  ) {
    if let anchor = unsafe Self.text(anchor) { properties.append(.anchor(anchor)) }
    if let tag = unsafe Self.text(tag) { properties.append(.tag(tag)) }
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    unsafe pointer.map { unsafe String(cString: $0) }
  }
}

extension Event.Style {
  fileprivate init(_ style: yaml_scalar_style_t) {
    switch style {
    case YAML_PLAIN_SCALAR_STYLE: self = .plain
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: self = .doubleQuoted
    default: self = .verbatim
    }
  }
}
